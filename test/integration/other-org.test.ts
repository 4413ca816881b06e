import type { Database } from '@cloudtalk-sync/store';
import type { RunView, SyncConnection } from '@cloudtalk-sync/sync';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../apps/sandbox/src/hubspot/server.js';
import { ConnectionOrg1764900000000 } from '../../libs/store/src/migrations/1764900000000-connection-org.js';
import { hubspot } from '../../libs/connectors/src/hubspot/hubspot.js';
import { phoneOf } from '../builders/csv.js';
import { emptyDatabase, forEachDatabase } from '../support/databases.js';
import { Workshop } from '../support/workshop.js';

const REPORT = { status: 'ct_status', contactId: 'ct_id' };
const WRONG = 'The access token belongs to HubSpot portal 2222, but this connection was read from portal 1111 before';

/** In the two portals the same id is another person: Ann in ours, Zoe in the other one. */
forEachDatabase((openFresh) => {
  let database: Database;
  let ours: HubSpotSandbox;
  let other: HubSpotSandbox;
  let shop: Workshop;
  let connection: Partial<SyncConnection> & { options: unknown };

  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    ours = await startHubSpotSandbox({ portalId: 1111 });
    other = await startHubSpotSandbox({ portalId: 2222 });
    for (const crm of [ours, other]) for (const name of Object.values(REPORT)) crm.addProperty(name, 'string');
    const ann = ours.put({ firstname: 'Ann', phone: phoneOf(1) });
    expect(other.put({ firstname: 'Zoe', phone: phoneOf(9) })).toBe(ann);
  });
  afterEach(async () => {
    await shop.close();
    await ours.close();
    await other.close();
    expect(shop.errors).toEqual([]);
  });

  const optionsAt = ({ url }: HubSpotSandbox) =>
    hubspot.optionsSchema.parse({ accessToken: 'sandbox-token', basePath: url });

  async function open(crm: HubSpotSandbox, settings: Partial<SyncConnection> = {}): Promise<void> {
    const mapping = { name: 'firstname', phone: 'phone' };
    connection = { connector: hubspot, options: optionsAt(crm), mapping, report: REPORT, ...settings };
    shop = await Workshop.open(database, { connection });
  }

  async function turnTo(crm: HubSpotSandbox): Promise<void> {
    await shop.stop();
    connection.options = optionsAt(crm);
    await shop.start();
  }

  async function waitingPass(): Promise<RunView | undefined> {
    const [run] = await shop.until(await shop.engine.requestPass('drop'), ({ status }) => status === 'waiting');
    return run;
  }

  const refuseNext = (index: number): void =>
    shop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index, fields: { name: ['No.'] } });
  const names = (): readonly string[] => shop.sandbox.contacts().map(({ name }) => name);
  const told = (crm: HubSpotSandbox) => crm.records().map(({ properties }) => properties['ct_status'] ?? null);

  it('a connection whose first import was stopped is not read from another portal', async () => {
    ours.put({ firstname: 'Ben', phone: phoneOf(2) });
    await open(ours, { stopAfterFailures: 1 });
    refuseNext(1);
    expect(await shop.import()).toMatchObject([{ status: 'stopped' }]);
    await turnTo(other);
    expect(await waitingPass()).toMatchObject({ waiting: { code: 'other_portal', needsPerson: true }, rows: 0 });
    expect(names()).toEqual(['Ann']);
  });

  it('an upgrade knows the portal from the cursor of the connection, before it has one from that of its last import', async () => {
    const { dataSource } = database;
    const upgrade = async () => {
      const migration = new ConnectionOrg1764900000000();
      const runner = dataSource.createQueryRunner();
      await migration.down(runner);
      await migration.up(runner);
      await runner.release();
      return (await shop.store.accounts.connection('drop'))?.org;
    };
    await open(ours, { stopAfterFailures: 1 });
    refuseNext(0);
    await shop.import();
    await dataSource.query(`UPDATE runs SET cursor = cursor || '{"portal": "1111"}'`);
    expect(await upgrade()).toBe('1111');
    await shop.import();
    await dataSource.query(`UPDATE cursors SET cursor = cursor || '{"portal": "1111"}'`);
    await dataSource.query(`UPDATE runs SET cursor = cursor || '{"portal": "2222"}'`);
    expect(await upgrade()).toBe('1111');
    expect(await shop.import()).toMatchObject([{ rows: 1 }]);
  });

  it('a retry writes nothing onto the records of another portal, and their own are told when its keys are back', async () => {
    await open(ours);
    refuseNext(0);
    const [first] = await shop.import();
    await turnTo(other);
    const [retried] = await shop.untilEnded([await shop.operator.retry(first?.id ?? '')]);
    expect(retried?.writeBack).toMatchObject({ written: 0, failed: 1, causes: [{ code: 'other_portal' }] });
    expect(told(other)).toEqual([null]);
    await turnTo(ours);
    await shop.import();
    expect(told(ours)).toEqual(['imported']);
  });

  it('a check names the other portal, and nothing makes properties in it', async () => {
    await open(ours);
    await shop.import();
    await turnTo(other);
    const { findings, reachable } = await shop.operator.check('drop');
    expect(findings).toMatchObject([{ place: 'source', message: expect.stringContaining(WRONG) as string }]);
    expect(reachable).toBe(true);
    await expect(shop.operator.setup('drop')).rejects.toThrow(WRONG);
  });

  it('a portal that was only looked at, or that gave no record, is not remembered', async () => {
    ours.records().forEach(({ id }) => ours.erase(id));
    await open(other);
    await shop.untilEnded(await shop.operator.preview('drop'));
    await turnTo(ours);
    expect(await shop.import()).toMatchObject([{ status: 'completed', rows: 0 }]);
    await turnTo(other);
    expect(await shop.import()).toMatchObject([{ status: 'completed', rows: 1 }]);
    expect(names()).toEqual(['Zoe']);
  });
});
