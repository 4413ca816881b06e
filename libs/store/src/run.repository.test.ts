import { beforeAll, beforeEach, expect, it } from 'vitest';
import { readyRow, runWith, TIME } from '../../../test/builders/rows.js';
import { emptyDatabase, forEachDatabase } from '../../../test/support/databases.js';
import { type Database, hasEnded, Store } from './index.js';

forEachDatabase((openFresh) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await openFresh();
    store = new Store(database.dataSource.manager);
  });
  beforeEach(() => emptyDatabase(database));

  it('a run is asked for once, however often it is inserted', async () => {
    const run = await runWith(store, []);
    const { id, accountId, connectionId, kind, settings, settingsHash } = run;
    const again = { id, accountId, connectionId, kind, settings, settingsHash, requestedAt: TIME };
    expect(await store.runs.insert(again)).toBe(false);
    expect(await store.runs.open()).toMatchObject([{ id, state: 'reading' }]);
  });

  it('a move from where the run no longer stands changes nothing', async () => {
    const run = await runWith(store, []);
    const stale = await store.runs.find(run.id);
    await store.runs.move(run, 'delivering');
    expect(stale && (await store.runs.move(stale, 'reporting'))).toBe(false);
    expect(await store.runs.find(run.id)).toMatchObject({ state: 'delivering' });
  });

  it('an illegal move is refused, and the run stays where it is', async () => {
    const run = await runWith(store, []);
    await expect(store.runs.move(run, 'completed')).rejects.toMatchObject({ code: 'illegal_move' });
    expect(await store.runs.find(run.id)).toMatchObject({ state: 'reading' });
  });

  it('a run that goes on no longer says why it waited', async () => {
    const run = await runWith(store, []);
    const reason = { code: 'unreachable', message: 'Out of reach.', fix: 'Wait.' };
    await store.runs.move(run, 'waiting', {
      waiting: { from: 'reading', reason, needsPerson: false, checkAt: TIME.toISOString() },
    });
    expect(await store.runs.find(run.id)).toMatchObject({ state: 'waiting', waiting: { reason } });
    await store.runs.move(run, 'reading');
    expect(await store.runs.find(run.id)).toMatchObject({ state: 'reading', waiting: null });
  });

  it('open runs come in the order in which they were asked for, ended ones not at all', async () => {
    const [first, second, third] = [await runWith(store, []), await runWith(store, []), await runWith(store, [])];
    await store.runs.move(second, 'reporting');
    await store.runs.move(second, 'failed', { endedAt: TIME });
    expect((await store.runs.open()).map((run) => run.id)).toEqual([first.id, third.id]);
    expect([first, second].map(hasEnded)).toEqual([false, true]);
    expect((await store.runs.list(2)).map((run) => run.id)).toEqual([third.id, second.id]);
  });

  it('a run is found by the beginning of its id, in either case, and by nothing else', async () => {
    const run = await runWith(store, []);
    expect(await store.runs.findByPrefix(run.id.slice(0, 8).toUpperCase())).toHaveLength(1);
    for (const wrong of ['', '%', 'nonsense', `${run.id.slice(0, 8)}%`]) {
      expect(await store.runs.findByPrefix(wrong)).toEqual([]);
    }
  });

  it('failures of concurrent answers are all counted', async () => {
    const run = await runWith(store, []);
    await Promise.all([1, 2, 3].map((failures) => store.runs.countFailures(run.id, failures)));
    expect(await store.runs.find(run.id)).toMatchObject({ failures: 6 });
  });

  it('notes with values that a database refuses are kept all the same', async () => {
    const run = await runWith(store, []);
    await store.runs.note(run, {
      input: { fields: ['na\0me', '\ud800'], warnings: [] },
      cursor: { at: '\0' },
    });
    expect(await store.runs.find(run.id)).toMatchObject({
      input: { fields: ['na\ufffdme', '\ufffd'] },
      cursor: { at: '\ufffd' },
    });
  });

  it('a cursor may be any JSON, and becomes the connection’s only with the run', async () => {
    for (const cursor of ['text', 7, ['a', 1], { at: '2026', nested: { list: [] } }]) {
      await emptyDatabase(database);
      const run = await runWith(store, [], 'pass');
      await store.runs.note(run, { cursor });
      expect(await store.accounts.cursor('drop')).toBeUndefined();
      const stored = await store.runs.find(run.id);
      if (stored) await store.accounts.complete(stored, TIME);
      expect(await store.accounts.cursor('drop')).toEqual(cursor);
    }
  });

  it('a file’s place in itself never becomes the connection’s', async () => {
    const run = await runWith(store, []);
    await store.runs.note(run, { cursor: { row: 7 } });
    await store.accounts.complete(run, TIME);
    expect(await store.accounts.cursor('drop')).toBeUndefined();
  });

  it('a page of rows stored twice is stored once', async () => {
    const run = await runWith(store, [readyRow(1), readyRow(2)]);
    await store.rows.insert(run.id, [readyRow(2), readyRow(3)]);
    expect(await store.rows.totals(run.id)).toMatchObject({ ready: 3, failed: 0 });
  });

  it('rows come in pages of their order, from any row on and of any states', async () => {
    const run = await runWith(
      store,
      [3, 1, 2, 11, 10].map((number) => readyRow(number)),
    );
    await store.rows.insert(run.id, [{ number: 4, state: 'failed', raw: {} }]);
    const numbers = async (...query: Parameters<typeof store.rows.page>): Promise<readonly number[]> =>
      (await store.rows.page(...query)).map((row) => row.number);
    expect(await numbers(run.id, { after: 0, limit: 4 })).toEqual([1, 2, 3, 4]);
    expect(await numbers(run.id, { after: 4, limit: 4 })).toEqual([10, 11]);
    expect(await numbers(run.id, { after: 0, limit: 9, states: ['failed'] })).toEqual([4]);
    expect(await store.rows.moveAll(run.id, 'ready', 'not processed', 2)).toBe(2);
    expect(await numbers(run.id, { after: 0, limit: 9, states: ['not processed'] })).toEqual([1, 2]);
  });
});
