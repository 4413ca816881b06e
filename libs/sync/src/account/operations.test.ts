import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Command } from '@cloudtalk-sync/cloudtalk';
import { type Database, Store } from '@cloudtalk-sync/store';
import { type CloudTalkSandbox, startCloudTalkSandbox } from '../../../../apps/sandbox/src/index.js';
import { readyRow, runWith } from '../../../../test/builders/rows.js';
import { emptyDatabase, forEachDatabase } from '../../../../test/support/databases.js';
import { WakingClock } from '../../../../test/support/waking-clock.js';
import { BatchSender } from '../delivery/batch-sender.js';
import { candidates } from '../delivery/candidate.js';
import { KnownContacts } from '../delivery/known-contacts.js';
import type { SyncAccount, World } from '../world.js';
import { openDesk } from './account-desk.js';
import type { Operations } from './operations.js';

/** A wait as long as this is for the budget; milliseconds. */
const LONG = 15_000;
/** Long enough for anything a test waits for on a busy machine; milliseconds. */
const DEADLINE = 30_000;

forEachDatabase((openFresh) => {
  let database: Database;
  let sandbox: CloudTalkSandbox;
  let clock: WakingClock;
  let warnings: string[];
  let stopping: AbortController;

  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    clock = new WakingClock('2026-05-04T08:00:00.000Z');
    sandbox = await startCloudTalkSandbox({ operationsPerMinute: 60, clock: clock.now });
    warnings = [];
    stopping = new AbortController();
  });
  afterEach(async () => {
    stopping.abort();
    await sandbox.close();
  });

  /** The world and the account of every process that works with this database. */
  function surroundings(): { readonly world: World; readonly account: SyncAccount } {
    const store = new Store(database.dataSource.manager);
    const silent = (): void => undefined;
    const warn = (_: object, message: string): void => void warnings.push(message);
    const world: World = { store, clock, log: { info: silent, warn, error: silent }, ring: silent };
    const account: SyncAccount = {
      id: 'default',
      baseUrl: sandbox.url,
      accessKeyId: 'sandbox-key',
      accessKeySecret: 'sandbox-secret',
      defaultCountry: 'SK',
      operationsPerMinute: 60,
      share: 0.8,
      requestTimeout: 10_000,
      settle: 60_000,
      directoryMaxAge: 3_600_000,
    };
    return { world, account };
  }

  /** The operations of one more process. */
  async function openProcess(): Promise<Operations> {
    const { world, account } = surroundings();
    await world.store.accounts.register('default', []);
    return (await openDesk(world, account, randomUUID(), false, () => undefined)).operations;
  }

  const read = (operations: Operations): Promise<unknown> =>
    operations.read('check', null, (client) => client.countries(), stopping.signal);

  /** A read that is expected to be still waiting when the test ends. */
  function begin(operations: Operations): void {
    read(operations).catch(() => undefined);
  }

  async function untilWaiting(count: number): Promise<void> {
    const begun = Date.now();
    while (clock.waiting < count || clock.longestWait < LONG) {
      if (Date.now() - begun > DEADLINE) throw new Error(`${clock.waiting} wait, ${clock.longestWait} ms at most.`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Nobody can note an operation until what is returned is called. */
  async function lockOperations(): Promise<() => Promise<void>> {
    let unlock = (): void => undefined;
    let held: Promise<unknown> = Promise.resolve();
    await new Promise<void>((resolve) => {
      held = database.dataSource.transaction(async (manager) => {
        await manager.query('LOCK TABLE operations IN SHARE ROW EXCLUSIVE MODE');
        resolve();
        await new Promise<void>((end) => (unlock = end));
      });
    });
    return async () => {
      unlock();
      await held;
    };
  }

  it('a 429 of one process holds up another that was open before', async () => {
    const [one, other] = [await openProcess(), await openProcess()];
    await read(one);
    sandbox.useUp(0);
    begin(other);
    await untilWaiting(1);
    clock.putTo('2026-05-04T08:00:05.000Z');
    begin(one);
    await untilWaiting(2);
    expect(sandbox.operations.map(({ status }) => status)).toEqual([200, 429]);
  });

  it('what one process sends counts for another', async () => {
    const [one, other] = [await openProcess(), await openProcess()];
    for (let sent = 0; sent < 24; sent += 1) await read(one);
    clock.putTo('2026-05-04T08:00:05.000Z');
    for (let sent = 0; sent < 24; sent += 1) await read(other);
    clock.putTo('2026-05-04T08:00:10.000Z');
    begin(one);
    await untilWaiting(1);
    expect(sandbox.operations).toHaveLength(48);
  });

  it('a process that begins knows how little the others have left', async () => {
    const first = await openProcess();
    await read(first);
    sandbox.useUp(20);
    for (let left = 20; left > 12; left -= 1) await read(first);
    begin(await openProcess());
    await untilWaiting(1);
    expect(Math.min(...sandbox.operations.map(({ remaining }) => remaining ?? 60))).toBe(12);
  });

  it('two that ask for the last place together do not both get it', async () => {
    const operations = await openProcess();
    for (let sent = 0; sent < 47; sent += 1) await read(operations);
    const [one, other] = [read(operations), read(operations)];
    other.catch(() => undefined);
    await one;
    await untilWaiting(1);
    expect(sandbox.operations).toHaveLength(48);
  });

  it('a read that waits for the database does not leave when an answer has forbidden it meanwhile', async () => {
    const operations = await openProcess();
    const store = new Store(database.dataSource.manager);
    await read(operations);
    const place = await operations.allowed(stopping.signal);
    const probe = await operations.spend(store, place, { runId: null, kind: 'check' });
    sandbox.fault({ kind: 'slow', delay: 1_000 });
    sandbox.useUp(12);
    begin(operations);
    await expect.poll(() => sandbox.operations.length).toBe(2);
    const release = await lockOperations();
    begin(operations);
    await expect.poll(() => operations.leave(probe), { timeout: DEADLINE }).toBe(false);
    await release();
    await untilWaiting(1);
    expect(sandbox.operations).toHaveLength(2);
    expect((await store.accounts.budget('default', new Date(0))).spent).toHaveLength(3);
  });

  it('a batch that an answer has forbidden meanwhile is not sent, and its rows are ready as before', async () => {
    const operations = await openProcess();
    const { world, account } = surroundings();
    const { store } = world;
    const run = await runWith(store, [readyRow(1)]);
    const place = await operations.allowed(stopping.signal, 1);
    sandbox.useUp(13);
    await read(operations);
    const { value: candidate } = await candidates(store, [run], world.clock.now()).next();
    if (!candidate) throw new Error('The row is no candidate.');
    const command: Command = { action: 'add_contact', command_id: `${run.id}.1.1`, data: { name: 'Jana' } };
    const planned = { candidate, claims: candidate.claims, attempt: 1, command };
    await new BatchSender(world, account, randomUUID(), operations, new KnownContacts()).send([planned], place);
    expect(sandbox.operations.map(({ commands }) => commands)).toEqual([0]);
    expect(await store.deliveries.readyRows(run.id, 0, 10)).toMatchObject([{ number: 1 }]);
    expect(await store.deliveries.holders('default', candidate.claims, world.clock.now())).toEqual([]);
    expect((await store.accounts.budget('default', new Date(0))).spent).toHaveLength(1);
  });

  it('what could not be noted keeps no place', async () => {
    const operations = await openProcess();
    for (let sent = 0; sent < 47; sent += 1) await read(operations);
    await database.dataSource.query('ALTER TABLE operations ADD CONSTRAINT full_disk CHECK (false) NOT VALID');
    try {
      await expect(read(operations)).rejects.toThrow('full_disk');
    } finally {
      await database.dataSource.query('ALTER TABLE operations DROP CONSTRAINT full_disk');
    }
    begin(operations);
    await expect.poll(() => sandbox.operations.length, { timeout: LONG }).toBe(48);
  });

  it('an answer is not lost because what it says of the limit cannot be stored', async () => {
    const operations = await openProcess();
    const place = await operations.allowed(stopping.signal, 1);
    await operations.spend(new Store(database.dataSource.manager), place, { runId: null, kind: 'bulk', commands: 1 });
    sandbox.useUp(1);
    await database.dataSource.query(`ALTER TABLE accounts ADD CONSTRAINT full_disk CHECK (rate = '{}')`);
    try {
      const data = { name: 'Jana', ContactNumber: [{ public_number: '+421905000001' }] };
      const result = await operations.send(place, [{ action: 'add_contact', command_id: 'one', data }]);
      expect(result).toMatchObject({ kind: 'answered' });
      expect(warnings).toEqual([expect.stringContaining('could not be stored')]);
    } finally {
      await database.dataSource.query('ALTER TABLE accounts DROP CONSTRAINT full_disk');
    }
  });
});
