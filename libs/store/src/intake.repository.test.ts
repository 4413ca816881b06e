import { type Database, type NewRow, RowPage, type RunEntity, type RunKind, Store } from '@cloudtalk-sync/store';
import type { EntityManager } from 'typeorm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { phoneOf } from '../../../test/builders/csv.js';
import { readyRow, runWith, TIME } from '../../../test/builders/rows.js';
import { emptyDatabase, forEachDatabase } from '../../../test/support/databases.js';

forEachDatabase((openFresh) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await openFresh();
    store = new Store(database.dataSource.manager);
  });
  beforeEach(() => emptyDatabase(database));

  const accept = async (...rows: readonly NewRow[]): Promise<void> => {
    await store.accounts.register('default', [{ id: 'drop', connector: 'folder' }]);
    const acceptances = rows.map(({ number, linkKey, contact, fingerprint }) => ({
      ...{ accountId: 'default', connectionId: 'drop', key: linkKey ?? '', contactId: 70 + number },
      ...{ accepted: contact ?? {}, fingerprint: fingerprint ?? '' },
    }));
    await store.links.accept(acceptances, TIME);
  };
  /** Makes so many queries, and then none. */
  const killedAfter = (queries: number): EntityManager => {
    const { manager } = database.dataSource;
    let left = queries;
    const query = (...given: Parameters<typeof manager.query>) =>
      left-- > 0 ? manager.query(...given) : Promise.reject(new Error('killed'));
    return { query } as unknown as EntityManager;
  };
  const storeRows = async (run: RunEntity, rows: readonly NewRow[]): Promise<RunEntity> => {
    const page = new RowPage();
    for (const row of rows) page.add(row);
    await store.intake.storePage(run, { rows: page, cursor: rows.length, failures: 0, refusals: [] });
    return run;
  };
  const stored = async (rows: readonly NewRow[], kind: RunKind = 'file'): Promise<RunEntity> =>
    storeRows(await runWith(store, [], kind), rows);
  const states = async (run: RunEntity): Promise<readonly unknown[]> =>
    (await store.rows.page(run.id, { after: 0, limit: 1000 })).map(({ state, contactId }) => [state, contactId]);
  const compare = async (run: RunEntity, identified = false): Promise<void> => {
    for await (const changed of store.intake.compareWithLinks(run, identified))
      expect(changed).toBeGreaterThanOrEqual(0);
  };
  const end = (run: RunEntity): Promise<unknown> =>
    database.dataSource.query('UPDATE runs SET ended_at = now() WHERE id = $1', [run.id]);

  const [one, two] = [readyRow(1), readyRow(2)];
  const changed = readyRow(2, { phones: [phoneOf(2)], title: 'New' });

  describe('a page of rows', () => {
    it('has what was accepted just so as unchanged from the first moment', async () => {
      await accept(one, two);
      const run = await stored([one, changed]);
      expect(run).toMatchObject({ rowsRead: 2, cursor: 2 });
      expect(await states(run)).toEqual([
        ['unchanged', 71],
        ['ready', null],
      ]);
    });

    it('is stored once', async () => {
      const run = await stored([one]);
      await expect(storeRows(run, [one])).rejects.toThrow();
      expect(await states(run)).toEqual([['ready', null]]);
    });

    it('is dropped with what it counted and refused, but not with what had been refused before', async () => {
      const refused = [readyRow(1, { recordId: 'A' }), readyRow(2, { recordId: 'B' })].map(
        (row) => ({ ...row, state: 'failed', isKnown: row.number === 1 }) as const,
      );
      const run = await runWith(store, [], 'pass');
      const [known, fresh] = refused.map(({ linkKey = '', fingerprint = '' }) => ({
        ...{ accountId: 'default', connectionId: 'drop', key: linkKey, fingerprint, issues: [] },
      }));
      if (!known || !fresh) throw new Error('Two rows were refused.');
      await store.links.refuse([known]);
      const rows = new RowPage();
      for (const row of refused) rows.add(row);
      const stop = { code: 'too_many_failures', message: 'Too many.', fix: 'Correct them.' };
      await store.intake.storePage(run, { rows, cursor: 2, failures: 1, refusals: [fresh], stop });
      await store.intake.dropRows(run);
      for (const dropped of [run, await store.runs.find(run.id)])
        expect(dropped).toMatchObject({ cursor: null, rowsRead: 0, failures: 0, error: null });
      expect(await states(run)).toEqual([]);
      const links = await store.links.ofKeys('drop', [known.key, fresh.key]);
      expect(links.get(known.key)?.refusedFingerprint).toBe(known.fingerprint);
      expect(links.get(fresh.key)?.refusedFingerprint).toBeNull();
    });

    it('leaves no place behind its rows when a drop of them is killed half way', async () => {
      const run = await runWith(store, [], 'pass');
      const rows = Array.from({ length: 10_500 }, (_, index) => readyRow(index + 1, { recordId: `R${index}` }));
      await storeRows(run, rows);
      await expect(new Store(killedAfter(1)).intake.dropRows(run)).rejects.toThrow('killed');
      expect(await store.runs.find(run.id)).toMatchObject({ rowsRead: 500, cursor: null });
    });

    it('is compared later in a retry, which first leaves out older rows', async () => {
      await accept(one);
      expect(await states(await stored([one], 'retry'))).toEqual([['ready', null]]);
    });

    it.each([
      ['the record with an id that is not among that', true, ['unchanged', 71]],
      ['no record without one, since its contact may be', false, ['ready', null]],
    ] as const)(
      'is compared, while an earlier run of the connection has something left to send, for %s',
      async (_which, identified, outcome) => {
        const named = (row: NewRow): NewRow =>
          identified ? { ...row, recordId: `R${row.number}`, linkKey: `id:R${row.number}` } : row;
        const both = [named(one), named(two)];
        await accept(...both);
        const earlier = await stored([named(changed)]);
        await store.runs.note(earlier, { intake: 'done' });
        const run = await stored(both);
        expect(await states(run)).toEqual(Array(2).fill(['ready', null]));
        await compare(run, identified);
        expect(await states(run)).toEqual([outcome, ['ready', null]]);
        await end(earlier);
        await compare(run, identified);
        expect(await states(run)).toEqual([
          ['unchanged', 71],
          ['unchanged', 72],
        ]);
      },
    );

    it('is not compared at all while an earlier run is still read, but for previews', async () => {
      await accept(one);
      await stored([changed], 'preview');
      const earlier = await stored([changed]);
      const run = await stored([one]);
      await compare(run);
      expect(await states(run)).toEqual([['ready', null]]);
      await end(earlier);
      expect(await states(await stored([one], 'preview'))).toEqual([['ready', null]]);
      await end(run);
      expect(await states(await stored([one]))).toEqual([['unchanged', 71]]);
    });
  });

  describe('repetitions', () => {
    it('make rows that are unchanged by themselves ready again, as parts of one record', async () => {
      await accept(one, two);
      const run = await stored([one, two, readyRow(3, { phones: [phoneOf(1)], title: 'New' })]);
      await store.intake.findRepetitions(run);
      expect(await states(run)).toEqual([
        ['ready', null],
        ['unchanged', 72],
        ['ready', null],
      ]);
      expect((await store.rows.some(run.id, [3]))[0]?.foldedInto).toBe(1);
    });

    it('leave a stopped run as it is', async () => {
      await accept(one);
      const run = await stored([one, { ...one, number: 2 }]);
      await store.runs.note(run, { error: { code: 'too_many_failures', message: 'Too many.', fix: 'Mend them.' } });
      expect(await store.intake.findRepetitions(run)).toBe(0);
      expect(await states(run)).toEqual(Array(2).fill(['unchanged', 71]));
    });

    it.each([
      ['of records', `'r' || n`, () => store.intake.reopenRepeated.bind(store.intake)],
      ['of contacts', 'NULL', () => store.intake.findRepetitions.bind(store.intake)],
    ])('%s are found in a run that is newer than its statistics, however large it is', async (_what, id, find) => {
      await runWith(store, [one]);
      await database.dataSource.query('ANALYZE rows');
      const run = await runWith(store, []);
      await database.dataSource.query(
        `INSERT INTO rows (run_id, number, state, record_id, link_key, raw, contact)
         SELECT $1, n, CASE n % 2 WHEN 0 THEN 'ready' ELSE 'unchanged' END, ${id}, 'k' || same, '{}',
           jsonb_build_object('phones', jsonb_build_array('+' || same))
         FROM (SELECT n, CASE n WHEN 9 THEN 8 ELSE n END AS same FROM generate_series(1, 20000) AS n) AS numbers`,
        [run.id],
      );
      await find()({ ...run, rowsRead: 20_000 });
      expect(await store.rows.totals(run.id)).toMatchObject({ ready: 10_001, unchanged: 9_999 });
      expect((await store.rows.some(run.id, [9]))[0]?.state).toBe('ready');
    });
  });
});
