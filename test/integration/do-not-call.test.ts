import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncConnection } from '@cloudtalk-sync/sync';
import { describe, expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

const REPORT = { status: 'Status', code: 'Code', message: 'Message', contactId: 'Contact' };

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
  });

  describe('a person who must not be called', () => {
    const mapping = { ...CRM_MAPPING, tags: [{ value: 'crm' }, 'Campaign'] };

    it('is not pushed, with the reason, and is pushed when that ends', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['OptOut', 'NoCall'], then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), NoCall: false, OptOut: 'no' });
      const run = await shop.pass();
      expect(run).toMatchObject({ status: 'completed', totals: { created: 1, skipped: 1 } });
      expect((await shop.reasons(run.id))[0]).toBe('Not to be called: NoCall is set. Nothing was sent.');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: false });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
    });

    it.each<readonly ['skip' | 'untag', string, object, object]>([
      ['skip', 'is kept out', {}, { skipped: 2 }],
      ['skip', 'would fail', { Phone: '12' }, { skipped: 2 }],
      ['untag', 'fails', { Phone: '12' }, { skipped: 1, failed: 1 }],
    ])(
      '(%s) is not pushed by what an import read of it before, where its last version %s',
      async (then, _how, more, totals) => {
        shop.crm.writesBack = true;
        await shop.restart({ mapping, report: REPORT, doNotCall: { fields: ['NoCall'], then } });
        shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
        shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', NoCall: true, ...more });
        const [preview] = await shop.workshop.untilEnded(await shop.workshop.engine.requestPreview('drop'));
        const run = await shop.pass();
        expect([preview, run]).toMatchObject([{ totals }, { totals, operations: 0 }]);
        expect(shop.contacts()).toEqual([]);
        const [status] = Object.keys(totals).slice(-1);
        expect(shop.crm.written).toMatchObject([{ recordId: 'A', status, contactId: '' }]);
        expect((await shop.reasons(run.id))[0]).toContain('was read again later in this import');
      },
    );

    it('goes in as it was read last, when it may be called again while an import reads', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'skip' } });
      for (const NoCall of [false, true, false]) shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1, skipped: 1 } });
    });

    it('loses the campaign tags that it was given before, and keeps all others', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      const [ann] = shop.contacts();
      shop.workshop.sandbox.edit(ann?.id ?? 0, {
        ContactsTag: [...(ann?.tags ?? []), 'vip'].map((name) => ({ name })),
      });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', NoCall: true });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
      expect(shop.contacts()[0]?.tags).toEqual(['vip']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', NoCall: true, Other: 1 });
      expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 }, operations: 0 });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring', 'vip']);
    });

    it.each<readonly [string, string, string[] | undefined, readonly string[]]>([
      ['spring', 'alone', ['spr*'], ['crm']],
      ['spring', 'beside a change of another', ['spr*'], ['crm']],
      ['all', 'alone', undefined, []],
      ['all', 'beside a change of another', undefined, []],
    ])(
      'keeps other records of its contact from bringing tags (%s) until it may be called, which is read %s',
      async (_which, how, campaignTags, left) => {
        await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag', campaignTags } });
        const put = (id: string, more: object) =>
          shop.crm.put(id, { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', ...more });
        put('A', { NoCall: true });
        await shop.pass();
        put('B', {});
        await shop.pass();
        put('C', { Title: 'Boss' });
        await shop.pass();
        put('B', { Title: 'Head' });
        await shop.pass();
        expect(shop.contacts()).toMatchObject([{ title: 'Head', tags: left }]);
        if (how !== 'alone') put('B', { Title: 'Chief' });
        put('A', { NoCall: false });
        await shop.pass();
        expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
      },
    );

    it('gives the tags back to a record of its contact that is read before it, and unchanged', async () => {
      const settings: Partial<SyncConnection> = { mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } };
      await shop.restart(settings);
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      await shop.pass();
      expect(shop.contacts()).toMatchObject([{ tags: [] }]);
      shop.crm.erase('A');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.restart({ ...settings, mapping: { ...mapping, company: 'Company' } });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 2 } });
      expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
    });

    it('gives the tags back to another record of its contact when it ends, with the next reading of everything', async () => {
      const settings: Partial<SyncConnection> = { mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } };
      await shop.restart(settings);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: false });
      await shop.pass();
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com', Campaign: 'spring' });
      await shop.pass();
      for (const Mail of ['ann@example.com', '']) {
        shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(2), Mail });
        await shop.pass();
      }
      expect(shop.contacts()).toMatchObject([{ tags: ['crm', 'spring'] }]);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual([]);
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.erase('A');
      shop.crm.erase('C');
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(2) });
      await shop.restart({ ...settings, mapping: { ...mapping, company: 'Company' } });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1, unchanged: 1 } });
      expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
      await shop.restart(settings);
      expect(await shop.pass()).toMatchObject({ totals: { unchanged: 2 }, operations: 0 });
    });

    it('gives the tags back to another record of its contact that had ended before it, and is back', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: false });
      await shop.pass();
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual([]);
      for (const id of ['B', 'A']) {
        shop.crm.end(id, { how: 'deleted' });
        await shop.pass();
      }
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual(['crm']);
    });

    it('gives the tags of a record that it was once imported with back to that when it may be called again', async () => {
      const settings: Partial<SyncConnection> = { mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } };
      await shop.restart(settings);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1, merged: 1 } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      await shop.pass();
      expect(shop.contacts()).toMatchObject([{ tags: [] }]);
      shop.crm.erase('A');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: false });
      for (const field of ['Company', 'Firm']) {
        await shop.restart({ ...settings, mapping: { ...mapping, company: field } });
        await shop.pass();
      }
      expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
    });

    it('gives the tags back to records that were folded in their first import', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } });
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1, merged: 1 } });
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.erase('A');
      await shop.restart({ mapping: { ...mapping, company: 'Company' } });
      await shop.pass();
      expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
    });

    it('keeps the tags that are no campaign of the list', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag', campaignTags: ['spr*'] } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', NoCall: 1 });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual(['crm']);
    });

    it('is found in a suppression file by number or e-mail, however it is written there', async () => {
      const file = join(shop.workshop.folder, 'suppressed.csv');
      await writeFile(file, '\uFEFFwho;value\nAnn;0901 000 001\nBen;BEN@Example.com\n');
      await shop.restart({ mapping, doNotCall: { file, then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: '+421901000001' });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), Mail: 'ben@example.com' });
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3), Mail: 'cat@example.com' });
      expect(await shop.pass()).toMatchObject({ totals: { skipped: 2, created: 1 } });
    });

    it('loses the campaign with the next import when a suppression file is changed, and is given it back', async () => {
      const file = join(shop.workshop.folder, 'suppressed.csv');
      await writeFile(file, `${phoneOf(9)}\n`);
      await shop.restart({ mapping, doNotCall: { file, then: 'untag' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
      await writeFile(file, `${phoneOf(9)}\n${phoneOf(1)}\n`);
      expect(await shop.pass()).toMatchObject({ rows: 1, totals: { updated: 1 } });
      expect(shop.contacts()[0]?.tags).toEqual([]);
      expect(await shop.pass()).toMatchObject({ rows: 0 });
      await writeFile(file, `${phoneOf(9)}\n`);
      expect(await shop.pass()).toMatchObject({ rows: 1, totals: { updated: 1 } });
      expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
    });

    it('is told of when a suppression file is changed, and pushed when it is changed back', async () => {
      const file = join(shop.workshop.folder, 'suppressed.csv');
      shop.crm.writesBack = true;
      await writeFile(file, `${phoneOf(2)}\n`);
      await shop.restart({ mapping, report: REPORT, doNotCall: { file, then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      await shop.pass();
      expect(shop.contacts().map(({ name }) => name)).toEqual(['Ann']);
      shop.crm.written.splice(0);
      await writeFile(file, `${phoneOf(1)}\n`);
      expect(await shop.pass()).toMatchObject({ rows: 2, totals: { skipped: 1, created: 1 } });
      expect(shop.contacts().map(({ name }) => name)).toEqual(['Ann', 'Ben']);
      expect(shop.crm.written.map(({ recordId, status }) => [recordId, status])).toEqual([
        ['A', 'skipped'],
        ['B', 'imported'],
      ]);
      expect(shop.crm.written[0]?.message).toContain(`stands in ${file}`);
    });

    it('stops the import in front of a suppression file that cannot be read', async () => {
      const file = join(shop.workshop.folder, 'missing.csv');
      await shop.restart({ mapping, doNotCall: { file, then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      const [id = ''] = await shop.workshop.operator.pass('drop');
      await expect
        .poll(async () => (await shop.workshop.operator.run(id))?.waiting, { timeout: 30_000 })
        .toMatchObject({ code: 'suppression_unreadable', needsPerson: true });
      expect(shop.contacts()).toEqual([]);
      await writeFile(file, 'phone\n+421901000009\n');
    });
  });
});
