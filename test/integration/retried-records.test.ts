import type { RunView, SyncConnection } from '@cloudtalk-sync/sync';
import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
  });

  /** A pass in which CloudTalk refuses the record A of number 1. */
  async function refusedPass(more: object = {}): Promise<RunView> {
    shop.crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Title: 'Old', ...more });
    shop.workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0, fields: { name: ['No.'] } });
    return shop.pass();
  }
  async function retry(run: RunView, code?: string): Promise<RunView> {
    const [retried] = await shop.workshop.untilEnded([await shop.workshop.operator.retry(run.id, code)]);
    if (!retried) throw new Error('There is no retry.');
    return retried;
  }

  it('are left out when a later one with the same contact has gone in', async () => {
    const first = await refusedPass();
    shop.crm.put('B', { Name: 'Jana', Phone: phoneOf(1), Title: 'New' });
    await shop.pass();
    expect(await retry(first)).toMatchObject({ totals: { skipped: 1 } });
    expect(shop.workshop.sandbox.contacts()).toMatchObject([{ title: 'New' }]);
  });

  it('are left out when one of the many passes since has brought their contact', async () => {
    const first = await refusedPass();
    shop.crm.put('X', { Name: 'Xena', Phone: phoneOf(7) });
    await shop.pass();
    shop.crm.put('B', { Name: 'Jana', Phone: phoneOf(1), Title: 'New' });
    const later = await shop.pass();
    shop.crm.put('Y', { Name: 'Yvona', Phone: phoneOf(8) });
    await shop.pass();
    const retried = await retry(first);
    const [row] = await shop.workshop.store.rows.page(retried.id, { after: 0, limit: 1 });
    expect(row).toMatchObject({
      state: 'skipped',
      reason: `Left out: a later row of the same contact came in with the import ${later.id.slice(0, 8)}.`,
    });
  });

  it('go in when a later one with the same contact was unchanged', async () => {
    shop.crm.put('B', { Name: 'Jana', Phone: phoneOf(1), Title: 'Older' });
    await shop.pass();
    const refused = await refusedPass();
    shop.crm.put('B', { Name: 'Jana', Phone: phoneOf(1), Title: 'Older' });
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 } });
    expect(await retry(refused)).toMatchObject({ totals: { updated: 1 } });
    expect(shop.workshop.sandbox.contacts()).toMatchObject([{ title: 'Old' }]);
  });

  it('are left out when they say that a record is no more which is back since, though that has failed', async () => {
    await shop.restart({ onDelete: 'delete' });
    shop.crm.put('A', { Name: 'Jana', Phone: phoneOf(1) });
    await shop.pass();
    shop.crm.end('A', { how: 'deleted' });
    shop.workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0, fields: { name: ['No.'] } });
    const refused = await shop.pass();
    shop.crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Mail: 'nonsense' });
    expect([refused, await shop.pass()]).toMatchObject([{ totals: { failed: 1 } }, { totals: { failed: 1 } }]);
    expect(await retry(refused)).toMatchObject({ totals: { skipped: 1 } });
    expect(shop.contacts()).toMatchObject([{ name: 'Jana' }]);
  });

  it('go in although the record with the same number has ended since', async () => {
    shop.crm.put('B', { Name: 'Jana', Phone: phoneOf(1), Title: 'Older' });
    await shop.pass();
    const refused = await refusedPass();
    shop.crm.end('B', { how: 'deleted' });
    await shop.pass();
    expect(await retry(refused)).toMatchObject({ totals: { updated: 1 } });
  });

  it('are left out when their record must not be called any more, and say so', async () => {
    await shop.restart({ doNotCall: { fields: ['NoCall'], then: 'skip' } });
    const first = await refusedPass();
    shop.crm.put('A', { Name: 'Jana', Phone: phoneOf(1), NoCall: true });
    expect(await shop.pass()).toMatchObject({ totals: { skipped: 1 } });
    const retried = await retry(first);
    expect(retried).toMatchObject({ totals: { skipped: 1, created: 0 } });
    expect(shop.workshop.sandbox.contacts()).toEqual([]);
    const [row] = await shop.workshop.operator.rows(retried.id, 1);
    expect(row?.reason).toContain('NoCall');
  });

  it.each<readonly [string, object, number]>([
    ['failed', { Phone: '12' }, 1000],
    ['was left over when its import was stopped', {}, 1],
  ])('are left out when a newer version, which must not be called, %s', async (_how, more, stopAfterFailures) => {
    const mapping = { ...CRM_MAPPING, tags: ['Campaign'] };
    await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' }, stopAfterFailures });
    const first = await refusedPass({ Campaign: 'spring' });
    shop.crm.put('X', { Name: 'Xena', Phone: '34' });
    shop.crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Campaign: 'spring', NoCall: true, ...more });
    const later = await shop.pass();
    const retried = await retry(first);
    expect(retried).toMatchObject({ totals: { skipped: 1 } });
    expect(shop.contacts()).toEqual([]);
    expect((await shop.reasons(retried.id))[0]).toContain(
      `did not go in; to bring that in, retry the import ${later.id.slice(0, 8)}.`,
    );
  });

  it('are left out for the last of several newer versions', async () => {
    const first = await refusedPass();
    for (const Mail of ['no', 'nonsense']) {
      shop.crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Mail });
      await shop.pass();
    }
    shop.crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Title: 'New' });
    const last = await shop.pass();
    const [reason] = await shop.reasons((await retry(first)).id);
    expect(reason).toBe(`Left out: a later row of the same record came in with the import ${last.id.slice(0, 8)}.`);
  });

  it('go in when the same version was read again, and failed again', async () => {
    const first = await refusedPass();
    shop.crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Title: 'Old' });
    expect(await shop.pass()).toMatchObject({ totals: { failed: 1 } });
    expect(await retry(first)).toMatchObject({ totals: { created: 1 } });
  });

  it.each<readonly [string, object, object]>([
    ['must not be called', { NoCall: true }, { skipped: 1 }],
    ['came in', { Mail: 'a@example.com', Title: 'New' }, { created: 1 }],
    ['failed', { Phone: '12' }, { failed: 1 }],
  ])('go in, and are told to the CRM, when the record is again as they say after a version that %s', async (...row) => {
    const [, between, totals] = row;
    shop.crm.writesBack = true;
    await shop.restart({ report: { status: 'Status' }, doNotCall: { fields: ['NoCall'], then: 'skip' } });
    const fields = { Name: 'Jana', Phone: phoneOf(1), Mail: 'nonsense', Title: 'Old' };
    shop.crm.put('A', fields);
    const first = await shop.pass();
    shop.crm.put('A', { ...fields, ...between });
    const second = await shop.pass();
    shop.crm.put('A', fields);
    const third = await shop.pass();
    expect([first, second, third]).toMatchObject([{ totals: { failed: 1 } }, { totals }, { totals: { failed: 1 } }]);
    await shop.restart({ mapping: { name: 'Name', phone: 'Phone', title: 'Title' } });
    await retry(first);
    expect(shop.contacts()).toMatchObject([{ name: 'Jana', title: 'Old' }]);
    expect(shop.crm.written.at(-1)).toMatchObject({ recordId: 'A', status: 'imported' });
  });

  it('go in when an import read the record otherwise, and then as they say', async () => {
    shop.crm.put('A', { Name: 'Jana', Phone: '12' });
    const first = await shop.pass();
    for (const Phone of [phoneOf(1), '12']) shop.crm.put('A', { Name: 'Jana', Phone });
    expect(await shop.pass()).toMatchObject({ totals: { skipped: 1, failed: 1 } });
    await shop.restart({ mapping: { name: 'Name', phone: { from: 'Phone', lookup: { 12: phoneOf(2) } } } });
    expect(await retry(first)).toMatchObject({ totals: { created: 1 } });
  });

  it.each([
    ['was read once', false],
    ['was read again since', true],
  ] as const)('say that a newer version is in the retry, too, or in which import, when it %s', async (_how, again) => {
    const newer = { Name: 'Jane', Phone: phoneOf(1), Mail: 'nonsense' };
    shop.crm.put('A', { Name: 'Jana', Phone: '12' });
    shop.crm.put('A', newer);
    const run = await shop.pass();
    if (again) shop.crm.put('A', newer);
    const last = again ? await shop.pass() : run;
    await shop.restart({ mapping: { name: 'Name', phone: { from: 'Phone', lookup: {}, default: phoneOf(1) } } });
    const [ofCode] = await shop.reasons((await retry(run, 'phone_too_short')).id);
    expect(ofCode).toContain(`did not go in; to bring that in, retry the import ${last.id.slice(0, 8)}.`);
    expect(await shop.reasons((await retry(run)).id)).toEqual([
      'Left out: a newer version of the record is in this retry, too.',
      null,
    ]);
    expect(shop.contacts()).toMatchObject([{ name: 'Jane' }]);
  });

  it.each([
    ['deleted', { how: 'deleted' }],
    ['merged', { how: 'merged', into: 'B' }],
  ] as const)('are left out when their record was %s since', async (_how, gone) => {
    await shop.restart({ onDelete: 'delete' });
    shop.crm.put('B', { Name: 'Beata', Phone: phoneOf(2) });
    await shop.pass();
    const first = await refusedPass();
    shop.crm.end('A', gone);
    expect(await shop.pass()).toMatchObject({ totals: { skipped: 1 } });
    expect(await retry(first)).toMatchObject({ totals: { skipped: 1, created: 0 } });
    expect(shop.workshop.sandbox.contacts()).toMatchObject([{ name: 'Beata' }]);
  });

  it.each<readonly [string, string, Partial<SyncConnection>]>([
    ['whether they may be called', 'NoCall', { doNotCall: { fields: ['NoCall'], then: 'skip' } }],
    ['for a number', 'Mobile, Fax', { mapping: { ...CRM_MAPPING, phone: ['Mobile', 'Phone', 'Fax'] } }],
    ['for what an empty field clears', 'Job', { mapping: { ...CRM_MAPPING, title: { from: 'Job', clear: true } } }],
  ])('are not tried again when nobody asked then %s', async (_what, fields, connection) => {
    const first = await refusedPass();
    await shop.restart(connection);
    await expect(shop.workshop.operator.retry(first.id, undefined)).rejects.toThrow(`was read without ${fields}, `);
  });
});
