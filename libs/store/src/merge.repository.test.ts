import { beforeAll, beforeEach, expect, it } from 'vitest';
import { emptyDatabase, forEachDatabase } from '../../../test/support/databases.js';
import { type Database, type Reported, type StillToReport, Store } from './index.js';

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
    await store.writeBacks.keepReported('other', await stillToReport());
  });

  const keep = (keys: readonly string[], within = store): Promise<void> =>
    within.writeBacks.keepToReport(
      { accountId: 'default', connectionId: 'other' },
      keys.map((key) => ({ key, toReport: TOLD })),
    );
  const note = (survivors: readonly string[]): Promise<void> =>
    store.merges.note(
      'one',
      survivors.map((survivor) => ({ key: `${survivor} loser`, survivor })),
    );
  const stillToReport = (): Promise<readonly StillToReport[]> =>
    store.writeBacks.toReport('other', { after: '', limit: 10 });
  const toReport = async (): Promise<readonly string[]> => (await stillToReport()).map(({ key }) => key);

  /** Until a statement waits for what another transaction holds; on the embedded database none runs beside another. */
  async function untilOneWaits({ dataSource, kind }: Database): Promise<void> {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while (kind === 'server' && (await dataSource.query<unknown[]>(waiting)).length === 0);
  }

  it('merges are noted while a run of another connection changes the links of their survivors, in any order', async () => {
    let noted: Promise<void> | undefined;
    await store.transaction(async (tx) => {
      await keep(['id:S3'], tx);
      noted = note(SURVIVORS);
      noted.catch(() => undefined);
      await untilOneWaits(database);
      await keep(['id:S4', 'id:S2', 'id:S1'], tx);
    });
    await noted;
    expect(await toReport()).toEqual(SURVIVORS);
  });

  it('a survivor that is being told when its merge is noted is told again', async () => {
    await keep(['id:S1', 'id:S2']);
    const telling = await stillToReport();
    await store.writeBacks.beginReport('other', ['id:S1', 'id:S2']);
    await note(['id:S2']);
    await store.writeBacks.keepReported('other', telling);
    expect(await toReport()).toEqual(['id:S2']);
    await store.writeBacks.keepReported('other', await stillToReport());
    await note(['id:S2']);
    expect(await toReport()).toEqual([]);
  });

  it('a survivor that refuses what it is told while its merge is noted is told again what it held before', async () => {
    await keep(['id:S1', 'id:S2']);
    const telling = await stillToReport();
    await store.writeBacks.beginReport('other', ['id:S1', 'id:S2']);
    await note(['id:S2']);
    await store.writeBacks.keepAsBefore('other', telling);
    expect((await stillToReport()).map(({ key, reported }) => [key, reported])).toEqual([
      ['id:S1', TOLD],
      ['id:S2', null],
    ]);
  });
});
