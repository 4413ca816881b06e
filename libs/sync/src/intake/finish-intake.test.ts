import { type Database, type NewRow, type RowEntity, type RunEntity, Store } from '@cloudtalk-sync/store';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { phoneOf } from '../../../../test/builders/csv.js';
import { readyRow, runWith, TIME } from '../../../../test/builders/rows.js';
import { emptyDatabase, forEachDatabase } from '../../../../test/support/databases.js';
import { finishIntake } from './finish-intake.js';

const never = new AbortController().signal;

/** A signal that asks to stop at the `nth` time it is looked at, as a crash at that place would. */
function stopAt(nth: number): AbortSignal {
  let looks = 0;
  return Object.assign(new AbortController().signal, {
    throwIfAborted: () => {
      looks += 1;
      if (looks === nth) throw new Error('crash');
    },
  });
}

/** Repetitions by number, by e-mail, over a chain, and a row of its own. */
const REPEATING: readonly NewRow[] = [
  readyRow(1, { name: 'First', phones: [phoneOf(1)], emails: ['a@example.com'], title: 'One', tags: ['x'] }),
  readyRow(2, { name: 'Alone', phones: [phoneOf(9)] }),
  readyRow(3, { name: 'Second', phones: [phoneOf(1), phoneOf(2)], title: 'Two' }),
  readyRow(4, { name: 'Third', phones: [phoneOf(2)], emails: ['b@example.com'], tags: ['y'] }),
  readyRow(5, { name: 'Fourth', emails: ['B@example.com'] }),
];

forEachDatabase((openFresh) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await openFresh();
    store = new Store(database.dataSource.manager);
  });
  beforeEach(() => emptyDatabase(database));

  const rows = (run: RunEntity): Promise<readonly RowEntity[]> => store.rows.page(run.id, { after: 0, limit: 10_000 });
  const states = async (run: RunEntity): Promise<readonly string[]> => (await rows(run)).map((row) => row.state);
  const accepted = (row: NewRow, contactId: number) => ({
    accountId: 'default',
    connectionId: 'drop',
    key: row.linkKey ?? '',
    contactId,
    accepted: row.contact ?? {},
    fingerprint: row.fingerprint ?? '',
  });

  describe('when all records are read', () => {
    it('rows of one contact fold into the first, over any chain, with the union of the lists and the newest rest', async () => {
      const run = await runWith(store, REPEATING);
      await finishIntake(store, run, never);
      expect(run).toMatchObject({ state: 'delivering', intake: 'done' });
      const [first, ...others] = await rows(run);
      expect(first).toMatchObject({ state: 'ready', linkKey: `phone:${phoneOf(1)}` });
      expect(first?.contact).toEqual({
        name: 'Fourth',
        title: 'Two',
        phones: [phoneOf(1), phoneOf(2)],
        emails: ['a@example.com', 'b@example.com'],
        tags: ['x', 'y'],
        attributes: {},
      });
      expect(others.map(({ state, foldedInto }) => [state, foldedInto])).toEqual([
        ['ready', null],
        ['folded', 1],
        ['folded', 1],
        ['folded', 1],
      ]);
    });

    it('a number counts before an e-mail', async () => {
      const run = await runWith(store, [
        readyRow(1, { emails: ['a@example.com'] }),
        readyRow(2, { phones: [phoneOf(2)] }),
        readyRow(3, { phones: [phoneOf(2)], emails: ['a@example.com'] }),
      ]);
      await finishIntake(store, run, never);
      expect((await rows(run)).map((row) => row.foldedInto)).toEqual([null, null, 2]);
    });

    it.each([
      ...[1, 2, 3, 4, 5].map((place) => ({ place, how: 'step by step', together: 0 })),
      ...[1, 2, 3, 4].map((place) => ({ place, how: 'all at once', together: 1000 })),
    ])('a crash at place $place of steps taken $how changes nothing of the result', async ({ place, together }) => {
      const whole = await runWith(store, REPEATING);
      await finishIntake(store, whole, never, together);
      const broken = await runWith(store, REPEATING);
      await expect(finishIntake(store, broken, stopAt(place), together)).rejects.toThrow('crash');
      const again = await store.runs.find(broken.id);
      if (!again) throw new Error('The run is gone.');
      if (together > 0) expect(await states(again)).toEqual(REPEATING.map(() => 'ready'));
      await finishIntake(store, again, never, together);
      const facts = async (run: RunEntity): Promise<unknown> =>
        (await rows(run)).map(({ number, state, contact, fingerprint, linkKey, foldedInto }) => {
          return { number, state, contact, fingerprint, linkKey, foldedInto };
        });
      expect(await facts(again)).toEqual(await facts(whole));
    });

    it('more repetitions than fit into one transaction fold into one row all the same', async () => {
      const many = Array.from({ length: 2500 }, (_, index) =>
        readyRow(index + 1, { name: `N${index}`, phones: [phoneOf(1)], emails: [`m${index}@example.com`] }),
      );
      const run = await runWith(store, many);
      await finishIntake(store, run, never);
      expect(await store.rows.totals(run.id)).toMatchObject({ ready: 1, folded: 2499 });
      expect((await store.rows.some(run.id, [1]))[0]?.contact).toMatchObject({ name: 'N2499' });
      expect((await store.rows.some(run.id, [1]))[0]?.contact?.emails).toHaveLength(2500);
    });

    it('what was accepted just so is unchanged with its contact, what was refused just so fails with its issues', async () => {
      const [one, two, three] = [readyRow(1), readyRow(2), readyRow(3)];
      const run = await runWith(store, [one, two, three]);
      const issue = { field: 'name', code: 'too_long' as const, value: '', message: 'Too long.', fix: 'Shorten it.' };
      await store.links.accept([accepted(one, 71), accepted({ ...three, fingerprint: 'older' }, 73)], TIME);
      await store.links.refuse([{ ...accepted(two, 0), issues: [issue] }]);
      await finishIntake(store, run, never);
      expect(await rows(run)).toMatchObject([
        { state: 'unchanged', contactId: 71, issues: [] },
        { state: 'failed', contactId: null, issues: [issue] },
        { state: 'ready' },
      ]);
      expect(run.failures).toBe(0);
    });

    it('what is accepted again as it was before a refusal is unchanged', async () => {
      const row = readyRow(1, { recordId: 'A' });
      const run = await runWith(store, [row]);
      await store.links.accept([accepted(row, 71)], TIME);
      await store.links.refuse([{ ...accepted({ ...row, fingerprint: 'worse' }, 0), issues: [] }]);
      await finishIntake(store, run, never);
      expect(await rows(run)).toMatchObject([{ state: 'unchanged', contactId: 71 }]);
    });

    it.each([
      ['pass', 'skipped'],
      ['file', 'ready'],
    ] as const)(
      'what a %s read of a record before its last version, which was refused just so, is %s',
      async (kind, first) => {
        const last = readyRow(2, { recordId: 'A', title: 'Worse' });
        const run = await runWith(store, [readyRow(1, { recordId: 'A' }), last], kind);
        await store.runs.note(run, { reads: kind === 'pass' ? 'changes' : null });
        await store.links.refuse([{ ...accepted(last, 0), issues: [] }]);
        await finishIntake(store, run, never);
        expect(await states(run)).toEqual([first, 'failed']);
      },
    );

    it('a record with an id is compared before it could fold, a record without one after', async () => {
      const known = readyRow(1, { recordId: 'A', phones: [phoneOf(1)] });
      const run = await runWith(store, [known, readyRow(2, { recordId: 'B', phones: [phoneOf(1)], title: 'New' })]);
      await store.links.accept([accepted(known, 71)], TIME);
      await finishIntake(store, run, never);
      expect(await states(run)).toEqual(['unchanged', 'ready']);

      const plain = readyRow(1, { phones: [phoneOf(5)] });
      const file = await runWith(store, [plain, readyRow(2, { phones: [phoneOf(5)], title: 'New' })]);
      await store.links.accept([accepted(plain, 72)], TIME);
      await finishIntake(store, file, never);
      expect(await states(file)).toEqual(['ready', 'folded']);
    });

    it('links of another connection do not count', async () => {
      const row = readyRow(1);
      const run = await runWith(store, [row]);
      await store.accounts.register('default', [{ id: 'other', connector: 'folder' }]);
      await store.links.accept([{ ...accepted(row, 71), connectionId: 'other' }], TIME);
      await finishIntake(store, run, never);
      expect(await states(run)).toEqual(['ready']);
    });
  });

  describe('the end of a folded row', () => {
    it.each([
      ['created', 'merged'],
      ['updated', 'merged'],
      ['unchanged', 'unchanged'],
      ['failed', 'failed'],
      ['not processed', 'not processed'],
    ] as const)('is, when its row is %s, %s', async (end, folded) => {
      const run = await runWith(store, REPEATING);
      await finishIntake(store, run, never);
      await database.dataSource.query(
        `UPDATE rows SET state = $2, contact_id = CASE WHEN $2 IN ('failed', 'not processed') THEN NULL ELSE 71 END
         WHERE run_id = $1 AND number = 1`,
        [run.id, end],
      );
      await store.intake.linkFolded(run, TIME);
      await store.intake.settleFolded(run);
      expect((await states(run)).slice(2)).toEqual([folded, folded, folded]);
      const contacts = (await rows(run)).slice(2).map((row) => row.contactId);
      expect(contacts).toEqual(Array(3).fill(end === 'failed' || end === 'not processed' ? null : 71));
    });
  });
});
