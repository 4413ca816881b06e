import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../libs/connector-kit/src/index.js';
import { CONNECTORS } from '../../libs/connectors/src/index.js';
import { type Database, type RunEntity, Store } from '../../libs/store/src/index.js';
import { type AccountDesk, openDesk } from '../../libs/sync/src/account/account-desk.js';
import { finishIntake } from '../../libs/sync/src/intake/finish-intake.js';
import { readRun } from '../../libs/sync/src/intake/read-run.js';
import { settingsHash, settingsOf } from '../../libs/sync/src/settings.js';
import type { SyncAccount, SyncConnection, World } from '../../libs/sync/src/world.js';

/** An account that is never asked: the files of the benchmark have neither agents nor attributes. */
const ACCOUNT: SyncAccount = {
  id: 'default',
  baseUrl: 'http://127.0.0.1:9',
  accessKeyId: 'bench',
  accessKeySecret: 'bench',
  defaultCountry: 'SK',
  operationsPerMinute: 60,
  share: 1,
  requestTimeout: 30_000,
  settle: 60_000,
  directoryMaxAge: 3_600_000,
};

const silent = (): void => undefined;

/** The engine's intake over one database and one drop folder. */
export class IntakeBench {
  readonly #store: Store;
  readonly #world: World;

  private constructor(
    private readonly database: Database,
    private readonly folder: string,
    private readonly connection: SyncConnection,
    private readonly desk: AccountDesk,
    world: World,
  ) {
    this.#world = world;
    this.#store = world.store;
  }

  /** The database must be empty and is left to the caller to close. */
  static async open(database: Database, folder: string): Promise<IntakeBench> {
    const store = new Store(database.dataSource.manager);
    const world: World = {
      store,
      clock: systemClock,
      log: { info: silent, warn: silent, error: silent },
      ring: silent,
    };
    const connector = CONNECTORS.find(({ type }) => type === 'folder');
    if (!connector) throw new Error('There is no folder connector.');
    mkdirSync(join(folder, 'processing'), { recursive: true });
    await store.accounts.register(ACCOUNT.id, [{ id: 'drop', connector: 'folder' }]);
    const connection: SyncConnection = {
      id: 'drop',
      accountId: ACCOUNT.id,
      connector,
      options: connector.optionsSchema.parse({ path: folder }),
      unknownColumns: 'warn',
      maxFileSize: 8_388_608,
      stopAfterFailures: 1_000_000_000,
      lists: { numbers: 'union', emails: 'union', tags: 'add', attributes: 'managed' },
      report: {},
      fullReadAfter: null,
      onDelete: 'keep',
      onMerge: 'relink',
    };
    const desk = await openDesk(world, ACCOUNT, randomUUID(), true, silent);
    return new IntakeBench(database, folder, connection, desk, world);
  }

  /** Asks for a run; with `input` its file lies claimed in the drop. */
  async request(input?: string): Promise<RunEntity> {
    const id = randomUUID();
    if (input !== undefined) copyFileSync(input, join(this.folder, 'processing', `${id}__contacts.csv`));
    const settings = settingsOf(this.connection, ACCOUNT);
    const own = { accountId: ACCOUNT.id, connectionId: 'drop', settings, settingsHash: settingsHash(settings) };
    await this.#store.runs.insert({
      id,
      kind: 'file',
      requestedAt: new Date(),
      input: { name: 'contacts.csv', warnings: [] },
      ...own,
    });
    const run = await this.#store.runs.find(id);
    if (!run) throw new Error('The run was not inserted.');
    return run;
  }

  /** All of an import up to its first batch: read, map, validate, fingerprint, store, compare, fold. */
  async take(run: RunEntity): Promise<void> {
    await readRun(this.#world, run, this.connection, this.desk, AbortSignal.timeout(600_000));
    if (run.state !== 'delivering') throw new Error(`The intake ended as ${run.state}: ${JSON.stringify(run.error)}`);
  }

  /** Only the steps after the reading, for rows that are stored already. */
  async finish(run: RunEntity): Promise<void> {
    await finishIntake(this.#store, run, AbortSignal.timeout(600_000));
  }

  totals(run: RunEntity): Promise<Record<string, number>> {
    return this.#store.rows.totals(run.id);
  }

  /** Leaves the links as they are when CloudTalk has accepted every ready row of the run, and the run ended. */
  async accept(run: RunEntity): Promise<void> {
    await this.query(
      `INSERT INTO links (account_id, connection_id, key, contact_id, accepted, accepted_fingerprint, accepted_at)
       SELECT DISTINCT ON (link_key) $2, 'drop', link_key, number, contact, fingerprint, now()
       FROM rows WHERE run_id = $1 AND state = 'ready' ORDER BY link_key, number`,
      [run.id, ACCOUNT.id],
    );
    await this.query(`UPDATE runs SET state = 'completed', ended_at = now() WHERE id = $1`, [run.id]);
  }

  /** Stores rows of a run as the reading leaves them; one in ten repeats the number of an earlier one. */
  async invent(run: RunEntity, count: number): Promise<void> {
    await this.query(
      `INSERT INTO rows (run_id, number, state, link_key, raw, contact, fingerprint)
       SELECT $1, n, 'ready', 'phone:+' || id, '{}', jsonb_build_object('name', 'Contact ' || n, 'attributes', '{}'::jsonb,
         'phones', jsonb_build_array('+' || id), 'emails', '[]'::jsonb, 'tags', '[]'::jsonb), 'f' || n
       FROM (SELECT n, 421900000000 + (CASE WHEN n % 10 = 0 THEN n / 2 | 1 ELSE n END) AS id
             FROM generate_series(1, $2::int) AS n) AS contacts`,
      [run.id, count],
    );
    await this.#store.runs.move(run, 'reading', { rowsRead: count });
    await this.query('ANALYZE rows', []);
  }

  /** Forgets all runs and links, and writes down what the database still holds back. */
  async clear(): Promise<void> {
    await this.query('TRUNCATE rows, links, runs CASCADE', []);
    await this.query('CHECKPOINT', []);
  }

  private query(sql: string, parameters: readonly unknown[]): Promise<unknown> {
    return this.database.dataSource.query(sql, [...parameters]);
  }
}
