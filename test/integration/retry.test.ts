import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '@cloudtalk-sync/store';
import type { RunView, SyncConnection } from '@cloudtalk-sync/sync';
import { csv, phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, openCrmWorkshop } from '../support/crm-workshop.js';
import { emptyDatabase, forEachDatabase } from '../support/databases.js';
import { Workshop } from '../support/workshop.js';

forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;
  let connection: Partial<SyncConnection>;

  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    connection = {};
    workshop = await Workshop.open(database, { connection });
  });
  afterEach(async () => {
    await workshop.close();
    expect(workshop.errors).toEqual([]);
  });

  const importOne = async (...lines: readonly string[]): Promise<RunView> => {
    await workshop.drop('contacts.csv', csv(...lines));
    const [run] = await workshop.import();
    if (!run) throw new Error('The file made no run.');
    return run;
  };
  const retry = async (run: RunView, code?: string): Promise<RunView> => {
    const [retried] = await workshop.untilEnded([await workshop.operator.retry(run.id, code)]);
    if (!retried) throw new Error('The retry is gone.');
    return retried;
  };
  const reconfigure = async (changes: Partial<SyncConnection>): Promise<void> => {
    await workshop.stop();
    Object.assign(connection, changes);
    await workshop.start();
  };
  const reportOf = async (run: RunView, ending: string): Promise<string> => {
    const place = run.reports.find((report) => report.endsWith(ending));
    return place === undefined ? '' : readFile(place, 'utf8');
  };
  const names = (): readonly string[] => workshop.sandbox.contacts().map(({ name }) => name);

  describe('the retry of a file', () => {
    it('maps the failed rows as they were stored by the mapping of today, with reports of its own', async () => {
      const first = await importOne(
        'name,phone,mobile',
        `Ann,${phoneOf(1)},`,
        `Ben,12,${phoneOf(2)}`,
        `Cat,${phoneOf(3)},`,
        'Dan,13,14',
      );
      expect(first).toMatchObject({ totals: { created: 2, failed: 2 }, retryOf: null });
      await reconfigure({ mapping: { name: 'name', phone: 'mobile' } });
      const second = await retry(first);
      expect(second).toMatchObject({
        kind: 'retry',
        retryOf: first.id,
        input: 'contacts.csv',
        status: 'completed with failures',
        rows: 2,
        totals: { created: 1, failed: 1, unchanged: 0 },
      });
      expect(names()).toEqual(['Ann', 'Cat', 'Ben']);
      expect((await reportOf(second, '.result.csv')).split('\n').slice(0, 3)).toEqual([
        'row,line,outcome,contact_id,code,message',
        '2,3,created,1003,,',
        '4,5,failed,,phone_too_short,"""14"" has too few digits for a phone number in Slovakia: 2, where 6, 7 or 9 are needed."',
      ]);
      expect(await reportOf(second, '.errors.csv')).toContain('Dan,13,14,4,phone_too_short');
      expect(
        second.reports.every((place) => place.includes(`reports/contacts.`) && place.includes(second.id.slice(0, 8))),
      ).toBe(true);
      expect(JSON.parse(await reportOf(second, '.receipt.json'))).toMatchObject({
        runId: second.id,
        kind: 'retry',
        input: { name: 'contacts.csv' },
        rows: 2,
        balanced: true,
        sameContentAs: null,
      });
      expect(await workshop.files('done_with_errors')).toHaveLength(1);
      expect(await workshop.operator.failedRows(second.id, 10)).toMatchObject([{ row: 4, line: 5 }]);
    });

    it('takes only the rows with the code that is asked for', async () => {
      const first = await importOne('name,phone,email', 'Ann,12,', 'Ben,,nobody', `Cat,13,nobody`);
      const second = await retry(first, 'invalid_email');
      expect(second).toMatchObject({ rows: 2, totals: { failed: 2 } });
      expect(await workshop.operator.failedRows(second.id, 10)).toMatchObject([{ row: 2 }, { row: 3 }]);
    });

    it('sends again what CloudTalk refused, and says unchanged of what has gone in since', async () => {
      workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0, times: 2, fields: { name: ['No.'] } });
      const first = await importOne('name,phone', `Ann,${phoneOf(1)}`);
      expect(first).toMatchObject({ totals: { failed: 1 } });
      const second = await retry(first);
      expect(second).toMatchObject({ totals: { failed: 1 }, operations: 1 });
      expect(await retry(second)).toMatchObject({ retryOf: second.id, totals: { created: 1 } });
      expect(await retry(first)).toMatchObject({ totals: { unchanged: 1 }, operations: 0 });
      expect(names()).toEqual(['Ann']);
    });

    it('keeps the row of the file through the retry of a retry', async () => {
      const first = await importOne('name,phone', `Ann,${phoneOf(1)}`, 'Ben,12', 'Cat,13');
      const third = await retry(await retry(first));
      expect(await workshop.operator.failedRows(third.id, 10)).toMatchObject([
        { row: 2, line: 3 },
        { row: 3, line: 4 },
      ]);
      expect(await reportOf(third, '.result.csv')).toContain('\n2,3,failed,');
    });

    it('leaves a damaged row failed in the same words', async () => {
      const first = await importOne('name,phone', 'Ann', `Ben,${phoneOf(2)},left over`);
      const second = await retry(first);
      expect(second).toMatchObject({ totals: { failed: 2 } });
      expect(await workshop.operator.failedRows(second.id, 10)).toEqual(
        await workshop.operator.failedRows(first.id, 10),
      );
    });

    it('of a stopped import sends the rest, and does not stop at the same failures again', async () => {
      await reconfigure({ stopAfterFailures: 2 });
      const first = await importOne('name,phone', 'Ann,12', 'Ben', `Cat,${phoneOf(3)}`, 'Damaged', `Dan,${phoneOf(4)}`);
      expect(first).toMatchObject({ status: 'stopped', totals: { failed: 2, 'not processed': 3 } });
      expect((await reportOf(first, '.result.csv')).match(/not_processed/g)).toHaveLength(3);
      const second = await retry(first);
      expect(second).toMatchObject({
        status: 'completed with failures',
        rows: 5,
        totals: { failed: 3, created: 2, 'not processed': 0 },
      });
      expect(names()).toEqual(['Cat', 'Dan']);
      expect(await workshop.operator.failedRows(second.id, 10)).toMatchObject([
        { row: 1 },
        { row: 2 },
        { row: 4, issues: [{ field: 'row', message: 'The row has only 1 cell, but the header has 2 columns.' }] },
      ]);
    });

    it('goes on behind the rows that it had stored when it was killed', async () => {
      const first = await importOne('name,phone', 'Ann,12', 'Ben,13', 'Cat,14');
      await workshop.stop();
      const original = await workshop.store.runs.find(first.id);
      if (!original) throw new Error('The run is gone.');
      const { accountId, connectionId, input, settings, settingsHash, requestedAt } = original;
      const id = randomUUID();
      const common = { accountId, connectionId, settings, settingsHash, requestedAt, ...(input ? { input } : {}) };
      await workshop.store.runs.insert({ ...common, id, kind: 'retry', retryOf: first.id });
      const run = await workshop.store.runs.find(id);
      if (!run) throw new Error('The retry is gone.');
      await workshop.store.runs.move(run, 'reading', { cursor: { row: 1 }, rowsRead: 1, failures: 0 });
      await workshop.store.rows.insert(id, [
        { number: 1, originRow: 1, line: 2, state: 'failed', raw: { name: 'Ann' } },
      ]);
      await workshop.start();
      expect(await workshop.untilEnded([id])).toMatchObject([{ rows: 3, totals: { failed: 3 } }]);
      expect((await workshop.operator.failedRows(id, 10)).map(({ row }) => row)).toEqual([1, 2, 3]);
    });
  });

  describe('an older version of a record', () => {
    const mapping = { name: 'name', phone: 'phone', email: 'mail' };

    it('is left out when a later file has brought a newer one', async () => {
      await reconfigure({ mapping });
      const first = await importOne('name,phone,mail,other', `Old,${phoneOf(1)},bad,`, `Ben,${phoneOf(2)},bad,`);
      const later = await importOne('name,phone,mail', `New,${phoneOf(1)},new@example.com`);
      await reconfigure({ mapping: { ...mapping, email: 'other' } });
      const second = await retry(first);
      expect(second).toMatchObject({ status: 'completed', totals: { skipped: 1, created: 1, updated: 0 } });
      expect(names()).toEqual(['New', 'Ben']);
      expect(await reportOf(second, '.result.csv')).toContain(
        `1,2,skipped,,,Left out: a later row of the same record came in with the import ${later.id.slice(0, 8)}.`,
      );
      expect(JSON.parse(await reportOf(second, '.receipt.json'))).toMatchObject({ rows: 2, balanced: true });
    });

    it('is left out when a later row of the same file went in, but goes in over an earlier one', async () => {
      await reconfigure({ mapping });
      const first = await importOne(
        'name,phone,mail,other',
        `A older,${phoneOf(1)},bad,`,
        `A newer,${phoneOf(1)},,`,
        `B older,${phoneOf(2)},,`,
        `B newer,${phoneOf(2)},bad,`,
      );
      expect(first).toMatchObject({ totals: { created: 2, failed: 2 } });
      await reconfigure({ mapping: { ...mapping, email: 'other' } });
      expect(await retry(first)).toMatchObject({ totals: { skipped: 1, updated: 1 } });
      expect(names()).toEqual(['A newer', 'B newer']);
    });

    it.each([
      ['another first number', `${phoneOf(2)}:${phoneOf(1)},`, `${phoneOf(1)},`],
      ['only an e-mail of the contact', ',j@example.com', `${phoneOf(1)},j@example.com`],
    ])('is left out when a newer one came in with %s, whether it has ended or not', async (_what, newer, older) => {
      const header = 'name,phone,email,title';
      workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0 });
      const first = await importOne(header, `Jana,${older},Old`);
      const later = await importOne(header, `Jana,${newer},New`);
      expect(await retry(first)).toMatchObject({ totals: { skipped: 1 }, operations: 0 });
      await importOne(header, `Jana,${newer},Newer`);
      workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0 });
      const second = await importOne(header, `Jana,${older},Refused`);
      workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk' });
      await workshop.drop('waits.csv', csv(header, `Jana,${newer},Newest`));
      const waiting = await workshop.engine.requestPass('drop');
      await workshop.until(waiting, (run) => run.status === 'waiting');
      const again = await workshop.operator.retry(second.id);
      await workshop.until([again], (run) => run.status !== 'requested' && run.status !== 'reading');
      await workshop.stop();
      await workshop.start();
      const [, retried] = await workshop.untilEnded([...waiting, again]);
      expect(retried).toMatchObject({ totals: { skipped: 1 }, operations: 0 });
      expect(workshop.sandbox.contacts()).toMatchObject([{ title: 'Newest' }]);
      expect(later).toMatchObject({ totals: { created: 1 } });
    });

    it('is left out when a newer one of the same contact, with another first number, was unchanged', async () => {
      const header = 'name,phone,title';
      const newer = `Jana,${phoneOf(2)}:${phoneOf(1)},New`;
      await importOne(header, newer);
      workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0 });
      const first = await importOne(header, `Jana,${phoneOf(1)},Old`, `Karl,${phoneOf(9)},`);
      expect(await importOne(header, newer)).toMatchObject({ totals: { unchanged: 1 } });
      expect(await retry(first)).toMatchObject({ totals: { skipped: 1 } });
      expect(workshop.sandbox.contacts().map(({ title }) => title)).toEqual(['New', '']);
    });

    it('takes its place from the file it came with, also when its retry came later', async () => {
      await reconfigure({ mapping });
      const first = await importOne('name,phone,mail', `Older,${phoneOf(1)},bad`);
      const second = await importOne('name,phone,mail', `Newer,${phoneOf(1)},bad`);
      await reconfigure({ mapping: { name: 'name', phone: 'phone' } });
      expect(await retry(first)).toMatchObject({ totals: { created: 1 } });
      expect(await retry(second)).toMatchObject({ totals: { updated: 1 } });
      expect(await retry(first)).toMatchObject({ totals: { skipped: 1 } });
      expect(names()).toEqual(['Newer']);
    });
  });

  describe('a retry is refused, in a sentence,', () => {
    const refusal = (run: RunView, code?: string): Promise<unknown> =>
      workshop.operator.retry(run.id, code).catch((error: unknown) => error);

    it('of an import without failed rows, or without rows of that code', async () => {
      const whole = await importOne('name,phone', `Ann,${phoneOf(1)}`);
      expect(await refusal(whole)).toMatchObject({
        code: 'retry_refused',
        message: expect.stringMatching(/No row of the import .* failed/),
      });
      const broken = await importOne('name,phone', 'Ben,12');
      expect(await refusal(broken, 'nope')).toMatchObject({
        message: expect.stringMatching(/failed with the code 'nope'/),
      });
    });

    it('of an import that has not ended', async () => {
      workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk', times: 1000 });
      await workshop.drop('contacts.csv', csv('name,phone', `Ann,${phoneOf(1)}`, 'Ben,12'));
      const ids = await workshop.engine.requestPass('drop');
      const [waiting] = await workshop.until(ids, (run) => run.status === 'waiting');
      if (!waiting) throw new Error('The run is gone.');
      expect(await refusal(waiting)).toMatchObject({ message: expect.stringMatching(/has not ended: it is waiting/) });
    });

    it('of an import that is being tried again already', async () => {
      const first = await importOne('name,phone,mobile', `Ann,12,${phoneOf(1)}`);
      await reconfigure({ mapping: { name: 'name', phone: 'mobile' } });
      workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk', times: 1000 });
      const id = await workshop.operator.retry(first.id);
      await workshop.until([id], (run) => run.status === 'waiting');
      expect(await refusal(first)).toMatchObject({
        message: expect.stringMatching(new RegExp(`again already, as ${id.slice(0, 8)}`)),
      });
    });
  });

  it('the causes of failures are grouped by field, code and value, the biggest first, the rest summed up', async () => {
    workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0, fields: { name: ['No.'] } });
    const run = await importOne(
      'name,phone,email',
      `Refused,${phoneOf(1)},`,
      ...Array.from({ length: 3 }, (_, index) => `Same ${index},12,nobody`),
      'Damaged',
      'Damaged too',
      'Once,13,',
      'Twice,14,',
    );
    const causes = await workshop.operator.causes(run.id);
    expect(causes.top.map(({ field, code, value, rows, firstRow }) => [field, code, value, rows, firstRow])).toEqual([
      ['email', 'invalid_email', 'nobody', 3, 2],
      ['phone', 'phone_too_short', '12', 3, 2],
      ['row', 'invalid_value', null, 2, 5],
      ['name', 'invalid_value', 'Refused', 1, 1],
      ['phone', 'phone_too_short', '13', 1, 7],
      ['phone', 'phone_too_short', '14', 1, 8],
    ]);
    expect(causes.top[1]).toMatchObject({
      message: '"12" has too few digits for a phone number in Slovakia: 2, where 6, 7 or 9 are needed.',
      fix: 'Write the number in international form, for example +421903123456.',
    });
    expect(causes.others).toEqual([]);
    const { top, others } = await workshop.store.causes.of(run.id, 3);
    expect(top).toEqual(causes.top.slice(0, 3));
    expect(others).toEqual([
      { field: 'phone', code: 'phone_too_short', causes: 2, rows: 2 },
      { field: 'name', code: 'invalid_value', causes: 1, rows: 1 },
    ]);
  });
});

forEachDatabase((openFresh) => {
  it('the retry of a CRM’s pass reads nothing from the CRM and leaves its place and settings alone', async () => {
    const shop = await openCrmWorkshop(await openFresh());
    try {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: '12' });
      const first = await shop.pass();
      const phone = { from: 'Phone', lookup: { [phoneOf(1)]: phoneOf(7), 12: phoneOf(2) } };
      await shop.restart({ mapping: { ...CRM_MAPPING, phone } });
      const id = await shop.workshop.operator.retry(first.id);
      expect(await shop.workshop.untilEnded([id])).toMatchObject([{ rows: 1, input: null, totals: { created: 1 } }]);
      expect(shop.crm.readings).toEqual([0]);
      expect(shop.crm.reports[1]).toMatchObject({
        run: { kind: 'retry' },
        outcomes: [{ recordId: 'B', origin: { row: 2 } }],
      });
      expect(await shop.pass()).toMatchObject({ rows: 2, totals: { updated: 1, unchanged: 1 } });
      expect(shop.crm.readings).toEqual([0, 0]);
    } finally {
      await shop.workshop.close();
    }
    expect(shop.workshop.errors).toEqual([]);
  });
});
