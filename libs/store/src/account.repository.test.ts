import { beforeAll, beforeEach, expect, it } from 'vitest';
import { phoneOf } from '../../../test/builders/csv.js';
import { readyRow, runWith, TIME, validContact } from '../../../test/builders/rows.js';
import { emptyDatabase, forEachDatabase } from '../../../test/support/databases.js';
import { type Database, type NewOperation, Store } from './index.js';

const later = (ms: number): Date => new Date(TIME.getTime() + ms);

forEachDatabase((openFresh) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await openFresh();
    store = new Store(database.dataSource.manager);
  });
  beforeEach(async () => {
    await emptyDatabase(database);
  });

  const read = (ms: number, learned?: object): NewOperation => ({
    accountId: 'default',
    runId: null,
    kind: 'show',
    cost: 1,
    at: later(ms),
    ...(learned && { learned }),
  });

  it('an operation takes along what was learned; what is not learned anew stays', async () => {
    await store.accounts.register('default', []);
    await store.accounts.spend(read(0));
    expect((await store.accounts.budget('default', TIME)).rate).toEqual({});
    await store.accounts.spend(read(1, { reading: { remaining: 59 }, price: { perCommand: true } }));
    await store.accounts.spend(read(2, { reading: { remaining: 58 } }));
    await store.accounts.learn('default', { throttle: { until: 5 } });
    expect((await store.accounts.budget('default', TIME)).rate).toEqual({
      reading: { remaining: 58 },
      price: { perCommand: true },
      throttle: { until: 5 },
    });
  });

  it('what is learned with an operation that is rolled back is not kept', async () => {
    await store.accounts.register('default', []);
    const rolledBack = store.transaction(async (tx) => {
      await tx.accounts.spend(read(0, { reading: { remaining: 59 } }));
      throw new Error('The batch cannot leave.');
    });
    await expect(rolledBack).rejects.toThrow('cannot leave');
    expect(await store.accounts.budget('default', later(-1))).toEqual({ rate: {}, spent: [] });
  });

  it('the budget knows the requests since a time, in their order, with their commands', async () => {
    await store.accounts.register('default', []);
    await store.accounts.register('other', []);
    await store.accounts.spend({ ...read(2_000), kind: 'bulk', commands: 10, cost: 10 });
    await store.accounts.spend(read(1_000));
    await store.accounts.spend(read(0));
    await store.accounts.spend({ ...read(1_500), accountId: 'other' });
    expect(await store.accounts.budget('default', TIME)).toEqual({
      rate: {},
      spent: [
        { at: later(1_000), commands: 0 },
        { at: later(2_000), commands: 10 },
      ],
    });
  });

  it('a run looks at each contact once that the directory matches, and at linked ones whose lists change', async () => {
    const emails = ['Ann@example.com'];
    const run = await runWith(store, [
      readyRow(1),
      readyRow(2, { phones: [phoneOf(2)], emails }),
      readyRow(3, { recordId: 'unchanged' }),
      readyRow(4, { recordId: 'tagged', tags: ['new'] }),
      readyRow(5, { emails: ['Eve@example.com'] }),
    ]);
    const accepted = (number: number, recordId: string) => ({
      accountId: 'default',
      connectionId: 'drop',
      key: `id:${recordId}`,
      contactId: number,
      accepted: validContact(number),
      fingerprint: 'before',
    });
    await store.links.accept([accepted(3, 'unchanged'), accepted(4, 'tagged')], TIME);
    expect(await store.accounts.outlook(run.id)).toEqual({ rows: 5, identities: 4, shows: 1 });
    const entries = [
      { kind: 'phone', value: phoneOf(2), contactId: 2 },
      { kind: 'email', value: 'ann@example.com', contactId: 2 },
      { kind: 'phone', value: phoneOf(3), contactId: 3 },
      { kind: 'email', value: 'eve@example.com', contactId: 5 },
    ] as const;
    await store.directory.see('default', entries, TIME);
    expect(await store.accounts.outlook(run.id)).toEqual({ rows: 5, identities: 4, shows: 3 });
    await store.deliveries.searchEach(run.id);
    expect(await store.accounts.outlook(run.id)).toMatchObject({ identities: 0 });
  });

  it('a record that is back after a merge is looked for, since its link names the contact of the other one', async () => {
    const run = await runWith(store, [
      readyRow(1, { recordId: 'back' }),
      readyRow(2, { recordId: 'undeleted' }),
      { ...readyRow(3, { recordId: 'ends again' }), gone: { how: 'merged', into: 'other' } },
    ]);
    const ended = { back: 'merged', undeleted: 'deleted', 'ends again': 'merged' } as const;
    for (const [number, [id, how]] of Object.entries(ended).entries()) {
      const link = { accountId: 'default', connectionId: 'drop', key: `id:${id}` };
      const accepted = validContact(number + 1);
      await store.links.accept([{ ...link, contactId: number + 1, accepted, fingerprint: 'before' }], TIME);
      await store.links.keepGone([{ ...link, contactId: null, gone: { how }, endTag: null }]);
      if (id === 'back') await store.links.relink(link, 7);
    }
    expect(await store.accounts.outlook(run.id)).toMatchObject({ rows: 3, identities: 1 });
    await store.deliveries.searchEach(run.id);
    const rows = await store.rows.page(run.id, { after: 0, limit: 10 });
    expect(rows.map(({ searchFirst }) => searchFirst)).toEqual([true, false, false]);
  });
});
