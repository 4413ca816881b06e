import { beforeAll, beforeEach, expect, it } from 'vitest';
import { emptyDatabase, forEachDatabase } from '../../../test/support/databases.js';
import { type Database, type Reported, Store } from './index.js';

const TOLD: Reported = { status: 'imported', code: '', message: '', contactId: '1', fields: '' };
const SURVIVORS = ['id:S1', 'id:S2', 'id:S3', 'id:S4'];

forEachDatabase((openFresh) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await openFresh();
    store = new Store(database.dataSource.manager);
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    await store.accounts.register('default', [
      { id: 'one', connector: 'salesforce' },
      { id: 'other', connector: 'salesforce' },
    ]);
    await keep(SURVIVORS);
    await store.writeBacks.keepReported('other', SURVIVORS);
  });

  const keep = (keys: readonly string[], within = store): Promise<void> =>
    within.writeBacks.keepToReport(
      { accountId: 'default', connectionId: 'other' },
      keys.map((key) => ({ key, toReport: TOLD })),
    );
  const toReport = async (): Promise<readonly string[]> =>
    (await store.writeBacks.toReport('other', { after: '', limit: 10 })).map(({ key }) => key);

  /** Until a statement waits for what another transaction holds; on the embedded database none runs beside another. */
  async function untilOneWaits({ dataSource, kind }: Database): Promise<void> {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while (kind === 'server' && (await dataSource.query<unknown[]>(waiting)).length === 0);
  }

  it('merges are noted while a run of another connection changes the links of their survivors, in any order', async () => {
    let noted: Promise<void> | undefined;
    await store.transaction(async (tx) => {
      await keep(['id:S3'], tx);
      noted = store.merges.note(
        'one',
        SURVIVORS.map((survivor) => ({ key: `${survivor} loser`, survivor })),
      );
      noted.catch(() => undefined);
      await untilOneWaits(database);
      await keep(['id:S4', 'id:S2', 'id:S1'], tx);
    });
    await noted;
    expect(await toReport()).toEqual(SURVIVORS);
  });
});
