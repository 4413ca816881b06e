import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { readyRow, runWith, TIME } from '../../../test/builders/rows.js';
import { emptyDatabase, forEachDatabase } from '../../../test/support/databases.js';
import type { Claim, NewBatch } from './delivery.repository.js';
import type { RunEntity } from './entities/run.entity.js';
import { type Database, Store } from './index.js';

const LATER = new Date(TIME.getTime() + 60_000);

forEachDatabase((openFresh) => {
  let database: Database;
  let store: Store;
  let run: RunEntity;

  beforeAll(async () => {
    database = await openFresh();
    store = new Store(database.dataSource.manager);
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    run = await runWith(store, [readyRow(1), readyRow(2), readyRow(3)]);
  });

  const claim = (rowNumber: number, value: string, runId = run.id): Claim => ({
    kind: 'phone',
    value,
    runId,
    rowNumber,
  });

  function batch(rowNumbers: readonly number[], claims: readonly Claim[], owner: string = randomUUID()): NewBatch {
    return {
      id: randomUUID(),
      accountId: 'default',
      owner,
      leaseUntil: LATER,
      sentAt: TIME,
      claims,
      commands: rowNumbers.map((rowNumber) => ({
        id: `${run.id}.${rowNumber}.${randomUUID()}`,
        runId: run.id,
        rowNumber,
        attempt: 1,
        action: 'add_contact',
        contactId: null,
        data: { name: 'Ann' },
      })),
    };
  }
  const begin = (made: NewBatch): Promise<void> => store.transaction((tx) => tx.deliveries.begin(made));
  const states = async (): Promise<readonly string[]> =>
    (await store.rows.page(run.id, { after: 0, limit: 10 })).map((row) => row.state);

  it('a batch on the way has its rows sending, counted, and their contacts claimed', async () => {
    await begin(batch([1, 2], [claim(1, '+1'), claim(2, '+2')]));
    expect(await states()).toEqual(['sending', 'sending', 'ready']);
    expect(await store.deliveries.holders('default', [claim(3, '+2')], TIME)).toEqual([claim(2, '+2')]);
    expect((await store.rows.some(run.id, [1]))[0]?.attempts).toBe(1);
  });

  it('a batch with a row that is not ready, or a contact that another row holds, is not begun at all', async () => {
    await begin(batch([1], [claim(1, '+1')]));
    await expect(begin(batch([1, 2], [claim(2, '+2')]))).rejects.toThrow(/no longer ready/);
    await expect(begin(batch([3], [claim(3, '+3'), claim(3, '+1')]))).rejects.toThrow(/claimed by another row/);
    expect(await states()).toEqual(['sending', 'ready', 'ready']);
    expect(await store.deliveries.holders('default', [claim(3, '+3')], TIME)).toEqual([]);
  });

  it('two runs cannot hold one number, whichever row they hold it for', async () => {
    const other = await runWith(store, [readyRow(1)]);
    await begin(batch([1], [claim(1, '+1')]));
    const begun = begin({ ...batch([], [claim(1, '+1', other.id)]) });
    await expect(begun).rejects.toThrow(/claimed by another row/);
  });

  const pause = (): Promise<void> =>
    store.deliveries.change([{ runId: run.id, rowNumber: 1, from: 'sending', to: 'ready', notBefore: LATER }], []);

  it('a row may claim again what it kept in its pause', async () => {
    await begin(batch([1], [claim(1, '+1')]));
    await pause();
    expect(await store.deliveries.holders('default', [claim(2, '+1')], TIME)).toEqual([claim(1, '+1')]);
    await begin(batch([1], [claim(1, '+1'), claim(1, '+9')]));
    expect(await states()).toEqual(['sending', 'ready', 'ready']);
  });

  it('what a row kept in its pause another may claim after it, and not before', async () => {
    await begin(batch([1], [claim(1, '+1')]));
    await pause();
    await expect(begin(batch([2], [claim(2, '+1')]))).rejects.toThrow(/claimed by another row/);
    expect(await store.deliveries.holders('default', [claim(3, '+1')], LATER)).toEqual([]);
    await begin({ ...batch([2], [claim(2, '+1')]), sentAt: LATER });
    expect(await store.deliveries.holders('default', [claim(3, '+1')], LATER)).toEqual([claim(2, '+1')]);
  });

  it.each([
    ['created', true],
    ['failed', true],
    ['ready', true],
    ['in doubt', false],
  ] as const)('a row that becomes %s lets its claims go: %s', async (to, released) => {
    await begin(batch([1], [claim(1, '+1')]));
    await store.deliveries.change([{ runId: run.id, rowNumber: 1, from: 'sending', to }], []);
    expect(await store.deliveries.holders('default', [claim(2, '+1')], TIME)).toHaveLength(released ? 0 : 1);
  });

  it('an answer for a row that is no longer on the way stores nothing', async () => {
    const answer = store.transaction((tx) =>
      tx.deliveries.change(
        [
          { runId: run.id, rowNumber: 1, from: 'ready', to: 'unchanged' },
          { runId: run.id, rowNumber: 2, from: 'sending', to: 'created' },
        ],
        [],
      ),
    );
    await expect(answer).rejects.toThrow(/no longer where/);
    expect(await states()).toEqual(['ready', 'ready', 'ready']);
  });

  it('an illegal move stores nothing', async () => {
    const change = store.deliveries.change([{ runId: run.id, rowNumber: 1, from: 'ready', to: 'merged' }], []);
    await expect(change).rejects.toMatchObject({ code: 'illegal_move' });
    expect(await states()).toEqual(['ready', 'ready', 'ready']);
  });

  it('a batch whose lease has run out is taken over once, and its old owner may store nothing any more', async () => {
    const sent = batch([1], [claim(1, '+1')], randomUUID());
    const heir = randomUUID();
    await begin(sent);
    expect(await store.deliveries.takeOverOrphans('default', heir, TIME, false)).toEqual([]);
    const afterwards = new Date(LATER.getTime() + 1);
    expect(await store.deliveries.takeOverOrphans('default', heir, afterwards, false)).toEqual([sent.id]);
    expect(await store.deliveries.takeOverOrphans('default', randomUUID(), afterwards, false)).toEqual([]);
    expect(await store.deliveries.end(sent.id, sent.owner, afterwards)).toBe(false);
    expect(await store.deliveries.end(sent.id, heir, afterwards)).toBe(true);
    expect(await store.deliveries.end(sent.id, heir, afterwards)).toBe(false);
  });

  it('where no other process can live, a batch is taken over at once', async () => {
    const sent = batch([1], []);
    await begin(sent);
    expect(await store.deliveries.takeOverOrphans('default', randomUUID(), TIME, true)).toEqual([sent.id]);
  });

  it('a look-up is due at its time and not before, and every doubt of a row is counted', async () => {
    const sent = batch([1], []);
    await begin(sent);
    const id = sent.commands[0]?.id ?? '';
    await store.deliveries.change(
      [{ runId: run.id, rowNumber: 1, from: 'sending', to: 'in doubt' }],
      [{ id, state: 'in doubt', lookUpAt: LATER }],
    );
    expect(await store.commands.dueLookUps('default', TIME, 10)).toEqual([]);
    expect(await store.commands.dueLookUps('default', LATER, 10)).toMatchObject([{ id, rowNumber: 1, sentAt: TIME }]);
    await store.deliveries.change([], [{ id, state: 'done' }]);
    expect(await store.commands.dueLookUps('default', LATER, 10)).toEqual([]);
    expect(await store.commands.doubts(run.id, 1)).toBe(1);
    expect(await store.commands.doubts(run.id, 2)).toBe(0);
  });
});
