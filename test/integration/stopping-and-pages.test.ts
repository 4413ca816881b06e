import { describe, expect, it } from 'vitest';
import type { DoNotCall } from '@cloudtalk-sync/mapping';
import type { Database } from '@cloudtalk-sync/store';
import { contactsCsv, csv, phoneOf } from '../builders/csv.js';
import { readyRow, runWith } from '../builders/rows.js';
import { CRM_MAPPING, type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { useDatabase, Workshop, type WorkshopOptions } from '../support/workshop.js';

forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;

  useDatabase(
    openFresh,
    () => workshop,
    (given) => {
      database = given;
    },
  );

  const bulkRequests = (): number => workshop.sandbox.operations.filter(({ commands }) => commands > 0).length;

  describe('a file with too many failures', () => {
    const open = async (stopAfterFailures: number): Promise<void> => {
      workshop = await Workshop.open(database, { connection: { stopAfterFailures } });
    };

    it('is not sent at all when they were found while reading, and is read to its end', async () => {
      await open(1000);
      const bad = Array.from({ length: 1100 }, (_, index) => `Bad ${index},12,`);
      await workshop.drop('c.csv', contactsCsv(50) + csv(...bad) + csv(`Good,${phoneOf(900)},`));
      const [run] = await workshop.import();
      expect(run).toMatchObject({
        status: 'stopped',
        error: { code: 'too_many_failures' },
        rows: 1151,
        totals: { failed: 1000, 'not processed': 151, created: 0 },
      });
      expect(workshop.sandbox.contacts()).toEqual([]);
      expect(bulkRequests()).toBe(0);
      expect(JSON.parse(await workshop.report('.receipt.json'))).toMatchObject({ rows: 1151, balanced: true });
      const errors = await workshop.report('.errors.csv');
      expect(errors.trimEnd().split('\n')).toHaveLength(1 + 1151);
      expect(errors).toContain(`Good,${phoneOf(900)}`);
    });

    it('goes in whole, less its failures, when they stay one below the limit', async () => {
      await open(3);
      await workshop.drop('c.csv', csv('name,phone', 'Bad,12', `Good,${phoneOf(1)}`, 'Bad,13'));
      expect(await workshop.import()).toMatchObject([
        { status: 'completed with failures', totals: { failed: 2, created: 1 } },
      ]);
    });

    it('is sent no further when CloudTalk refuses them', async () => {
      await open(10);
      workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0, times: 1000 });
      await workshop.drop('c.csv', contactsCsv(300));
      const [run] = await workshop.import();
      expect(run).toMatchObject({
        status: 'stopped',
        rows: 300,
        totals: { failed: 10, created: 90, 'not processed': 200 },
      });
      expect(workshop.sandbox.contacts()).toHaveLength(90);
      expect(bulkRequests()).toBe(10);
      expect(JSON.parse(await workshop.report('.receipt.json'))).toMatchObject({ rows: 300, balanced: true });
      expect((await workshop.report('.errors.csv')).trimEnd().split('\n')).toHaveLength(1 + 210);
    });

    it('is not sent any more when the last failure comes to light while its next batch is made up', async () => {
      const onlySlovakia = [{ id: 1, name: 'Slovakia', country_code: 'SK', iso3: 'SVK', calling_code: '421' }];
      workshop = await Workshop.open(database, {
        sandbox: { countries: onlySlovakia },
        connection: { stopAfterFailures: 2 },
      });
      const rows = ['SK', 'SK', 'CZ', 'SK', 'CZ', 'SK'].map((country, number) => `N,${phoneOf(number)},${country}`);
      await workshop.drop('c.csv', csv('name,phone,country', ...rows));
      expect(await workshop.import()).toMatchObject([
        { status: 'stopped', totals: { failed: 2, created: 0, 'not processed': 4 } },
      ]);
      expect(bulkRequests()).toBe(0);
    });

    it('is sent no further when CloudTalk refuses most of its first hundred rows, one of which is there twice', async () => {
      workshop = await Workshop.open(database, { connection: { stopAtFailureShare: 0.9 } });
      workshop.sandbox.fault({ kind: 'refuse request', match: 'bulk', times: Infinity });
      const [header = '', first = '', ...rest] = contactsCsv(150).trimEnd().split('\n');
      await workshop.drop('c.csv', csv(header, first, first, ...rest));
      const [run] = await workshop.import();
      expect(run).toMatchObject({ status: 'stopped', error: { code: 'too_many_failures' }, rows: 151 });
      expect(run?.totals['not processed']).toBeGreaterThan(30);
    });

    it('is sent no further as soon as most of its first hundred rows have failed, whatever becomes of the others', async () => {
      workshop = await Workshop.open(database, { connection: { stopAtFailureShare: 0.5 } });
      const agentOf = (index: number): string => (index < 60 ? 'nobody@example.com' : '');
      const rows = [...Array(300).keys()].map((index) => `P${index},${phoneOf(index)},${agentOf(index)}`);
      workshop.sandbox.fault({ kind: 'omit command', match: 'bulk', index: 9, applied: true, times: 1 });
      await workshop.drop('c.csv', csv('name,phone,favorite_agent', ...rows));
      const [run] = await workshop.import();
      expect(run).toMatchObject({ status: 'stopped', error: { code: 'too_many_failures' } });
      expect(run?.totals['not processed']).toBeGreaterThan(230);
    });

    it('is not stopped by the last of its rows, since nothing is left over', async () => {
      workshop = await Workshop.open(database, { connection: { stopAtFailureShare: 0.1 } });
      workshop.sandbox.fault({ kind: 'refuse request', match: 'bulk', skip: 9, times: Infinity });
      await workshop.drop('c.csv', contactsCsv(100));
      expect(await workshop.import()).toMatchObject([{ status: 'completed with failures', totals: { failed: 10 } }]);
    });

    it('does not count what unchanged rows were refused for before as a share of the first hundred', async () => {
      workshop = await Workshop.open(database, { connection: { stopAtFailureShare: 0.9 } });
      const refused = contactsCsv(95);
      workshop.sandbox.fault({ kind: 'refuse request', match: 'bulk', times: 10_000 });
      await workshop.drop('a.csv', refused);
      expect(await workshop.import()).toMatchObject([{ totals: { failed: 95 } }]);
      workshop.sandbox.calm();
      workshop.sandbox.fault({ kind: 'refuse request', match: 'bulk', skip: 2, times: 4 });
      await workshop.drop('b.csv', refused + csv(...[...Array(60).keys()].map((n) => `New ${n},${phoneOf(200 + n)},`)));
      expect(await workshop.import()).toMatchObject([
        { status: 'completed with failures', totals: { failed: 96, created: 59, 'not processed': 0 } },
      ]);
    });

    it('does not count what an unchanged row was refused for in the file before', async () => {
      await open(3);
      workshop.sandbox.fault({ kind: 'refuse request', match: 'bulk', times: 3 });
      const refused = contactsCsv(2);
      await workshop.drop('a.csv', refused);
      await workshop.drop('b.csv', refused + csv('Bad,12,', `Good,${phoneOf(50)},`));
      expect(await workshop.import()).toMatchObject([
        { status: 'completed with failures', totals: { failed: 2 } },
        { status: 'completed with failures', totals: { failed: 3, created: 1 } },
      ]);
    });

    it('lets rows that went into a row that was not sent share its end', async () => {
      await open(1);
      await workshop.drop('c.csv', csv('name,phone', `A,${phoneOf(1)}`, `B,${phoneOf(1)}`, 'Bad,12'));
      expect(await workshop.import()).toMatchObject([
        { status: 'stopped', totals: { failed: 1, 'not processed': 2, merged: 0 } },
      ]);
    });

    it('does not stop the files beside it', async () => {
      await open(2);
      await workshop.drop('a.csv', csv('name,phone', 'Bad,12', 'Bad,13', `A,${phoneOf(1)}`));
      await workshop.drop('b.csv', csv('name,phone', 'Bad,12', `B,${phoneOf(2)}`));
      expect(await workshop.import()).toMatchObject([
        { status: 'stopped', totals: { failed: 2, 'not processed': 1 } },
        { status: 'completed with failures', totals: { failed: 1, created: 1 } },
      ]);
    });
  });

  describe('a CRM', () => {
    let shop: CrmWorkshop;
    const open = async (options: WorkshopOptions = {}): Promise<void> => {
      shop = await openCrmWorkshop(database, options);
      workshop = shop.workshop;
    };
    const putMany = (count: number, phone: (number: number) => string = phoneOf): void => {
      for (let number = 0; number < count; number += 1) {
        shop.crm.put(`R${number}`, { Name: `N ${number}`, Phone: phone(number) });
      }
    };

    it('with too many failures is read no further than the page in which they were', async () => {
      await open();
      putMany(3500, (number) => (number < 500 || number >= 1700 ? phoneOf(number) : '12'));
      const run = await shop.pass();
      expect(run).toMatchObject({
        status: 'stopped',
        rows: 2000,
        totals: { failed: 1000, 'not processed': 1000, created: 0 },
      });
      expect(shop.crm.handedOut).toBe(2000);
      expect(shop.workshop.sandbox.contacts()).toEqual([]);
    });

    it('with a wrong mapping is stopped after a hundred records, though the hundredth is skipped', async () => {
      const doNotCall: DoNotCall = { fields: ['Quiet'], then: 'skip' };
      await open({ connection: { stopAtFailureShare: 0.9, doNotCall } });
      putMany(150, () => '12');
      shop.crm.changes.splice(99, 1, { id: 'R99', fields: { Name: 'N', Phone: '12', Quiet: true } });
      expect(await shop.pass()).toMatchObject({
        status: 'stopped',
        totals: { failed: 99, skipped: 1, 'not processed': 50 },
      });
    });

    it.each([999, 1000, 1001, 2500])('of %i records is stored and sent whole', async (count) => {
      await open();
      putMany(count);
      expect(await shop.pass()).toMatchObject({ status: 'completed', rows: count, totals: { created: count } });
      expect(workshop.sandbox.contacts()).toHaveLength(count);
      expect(bulkRequests()).toBe(Math.ceil(count / 10));
      expect(await workshop.store.accounts.cursor('drop')).toEqual({ position: count });
    });

    it('is read on from the last whole page after the engine was stopped in the middle of the next', async () => {
      await open();
      putMany(2500);
      shop.crm.blockAt = 1700;
      const ids = await workshop.engine.requestPass('drop');
      await workshop.until(ids, (run) => run.rows === 1000 && shop.crm.handedOut === 1700);
      expect(await workshop.store.accounts.cursor('drop')).toBeUndefined();
      shop.crm.blockAt = undefined;
      await shop.restart();
      expect(await workshop.untilEnded(ids)).toMatchObject([{ rows: 2500, totals: { created: 2500 } }]);
      expect(shop.crm.readings).toEqual([0, 1000]);
      const rows = await workshop.store.rows.page(ids[0] ?? '', { after: 0, limit: 3000 });
      expect(rows.map((row) => row.recordId)).toEqual(shop.crm.changes.map((record) => record.id));
    });

    it('begins anew, without what it had read, when the place where the engine was stopped cannot be read', async () => {
      await open({ connection: { stopAfterFailures: 600 } });
      putMany(1100, (number) => (number % 2 === 0 ? '12' : phoneOf(number)));
      shop.crm.blockAt = 1050;
      const ids = await workshop.engine.requestPass('drop');
      await workshop.until(ids, (run) => run.rows === 1000 && shop.crm.handedOut === 1050);
      await workshop.stop();
      await workshop.database.dataSource.query(`UPDATE runs SET cursor = '{"of": "another version"}'`);
      shop.crm.blockAt = undefined;
      await workshop.start();
      expect(await workshop.untilEnded(ids)).toMatchObject([
        { status: 'completed with failures', rows: 1100, totals: { failed: 550, created: 550, merged: 0 } },
      ]);
      expect(await workshop.store.runs.find(ids[0] ?? '')).toMatchObject({ failures: 550 });
      expect(workshop.sandbox.contacts()).toHaveLength(550);
      expect(shop.crm.readings).toEqual([0, 0]);
    });

    it('that was stopped by failures is read no further when the engine died before it could say so', async () => {
      await open();
      putMany(3000);
      await workshop.stop();
      const settings = { mapping: CRM_MAPPING, tag: null, defaultCountry: 'SK', unknownColumns: 'warn' };
      const run = await runWith(workshop.store, [readyRow(1)], 'pass', { ...settings, stopAfterFailures: 1000 });
      await workshop.store.runs.note(run, {
        cursor: { position: 1 },
        error: { code: 'too_many_failures', message: 'Too many.', fix: 'Correct them.' },
      });
      await workshop.start();
      expect(await workshop.untilEnded([run.id])).toMatchObject([{ status: 'stopped', rows: 1 }]);
      expect(shop.crm.handedOut).toBe(0);
    });
  });
});
