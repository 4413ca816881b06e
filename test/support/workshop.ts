import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Clock, systemClock } from '../../libs/connector-kit/src/index.js';
import { CONNECTORS } from '../../libs/connectors/src/index.js';
import { InProcessQueue } from '../../libs/queue/src/index.js';
import { type Database, Store } from '../../libs/store/src/index.js';
import {
  Engine,
  LocalOperator,
  type RunView,
  type SyncAccount,
  type SyncConnection,
} from '../../libs/sync/src/index.js';
import {
  type CloudTalkSandbox,
  type CloudTalkSandboxOptions,
  startCloudTalkSandbox,
} from '../../apps/sandbox/src/index.js';

import { emptyDatabase, type OpenFresh } from './databases.js';

export interface WorkshopOptions {
  readonly sandbox?: CloudTalkSandboxOptions;
  readonly account?: Partial<SyncAccount>;
  readonly connection?: Partial<SyncConnection>;
  /** Options of the folder besides its path. */
  readonly folder?: { readonly idColumn: string };
  /** Further connections, each like the first but for what stands here. */
  readonly others?: readonly (Partial<SyncConnection> & { readonly id: string })[];
  readonly clock?: Clock;
}

/** Long enough for anything a test waits for on a busy machine, in milliseconds. */
const DEADLINE = 90_000;

/** A drop folder, a stand-in CloudTalk and an engine between them, in one process: the main job without its processes. */
export class Workshop {
  #engine: Engine | undefined;
  readonly errors: unknown[] = [];

  private constructor(
    readonly store: Store,
    readonly database: Database,
    readonly sandbox: CloudTalkSandbox,
    readonly folder: string,
    private readonly options: WorkshopOptions,
  ) {}

  /** The database must be empty and is left to the caller to close. */
  static async open(database: Database, options: WorkshopOptions = {}): Promise<Workshop> {
    const sandbox = await startCloudTalkSandbox({ operationsPerMinute: 100_000, ...options.sandbox });
    const folder = await mkdtemp(join(tmpdir(), 'drop-'));
    await mkdir(join(folder, 'inbox'));
    const workshop = new Workshop(new Store(database.dataSource.manager), database, sandbox, folder, options);
    await workshop.start();
    return workshop;
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error('The engine is stopped.');
    return this.#engine;
  }

  get operator(): LocalOperator {
    return new LocalOperator(this.engine, this.store);
  }

  async start(): Promise<void> {
    const folderConnector = CONNECTORS.find((connector) => connector.type === 'folder');
    if (!folderConnector) throw new Error('There is no folder connector.');
    const first: SyncConnection = {
      id: 'drop',
      accountId: 'default',
      connector: folderConnector,
      options: folderConnector.optionsSchema.parse({ path: this.folder, ...this.options.folder }),
      unknownColumns: 'warn',
      maxFileSize: 8_388_608,
      stopAfterFailures: 1000,
      lists: { numbers: 'union', emails: 'union', tags: 'add', attributes: 'managed' },
      report: {},
      fullReadAfter: null,
      onDelete: 'keep',
      onMerge: 'relink',
    };
    const others = (this.options.others ?? []).map((other) => ({ ...first, ...this.options.connection, ...other }));
    this.#engine = new Engine({
      store: this.store,
      queue: new InProcessQueue({ onError: (error) => this.errors.push(error) }),
      log: { info: () => undefined, warn: () => undefined, error: (facts) => this.errors.push(facts) },
      exclusive: this.database.kind === 'embedded',
      ...(this.options.clock ? { clock: this.options.clock } : {}),
      accounts: [
        {
          id: 'default',
          baseUrl: this.sandbox.url,
          accessKeyId: 'sandbox-key',
          accessKeySecret: 'sandbox-secret',
          defaultCountry: 'SK',
          operationsPerMinute: 100_000,
          share: 1,
          requestTimeout: 600,
          settle: 900,
          directoryMaxAge: 3_600_000,
          ...this.options.account,
        },
      ],
      connections: [{ ...first, ...this.options.connection }, ...others],
    });
    await this.#engine.start();
  }

  async stop(): Promise<void> {
    await this.#engine?.stop();
    this.#engine = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.sandbox.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Puts a finished file into the inbox: one that nobody has written to for a minute. */
  async drop(name: string, content: string | Buffer): Promise<void> {
    const path = join(this.folder, 'inbox', name);
    await writeFile(path, content);
    const aMinuteAgo = new Date((this.options.clock ?? systemClock).now().getTime() - 60_000);
    await utimes(path, aMinuteAgo, aMinuteAgo);
  }

  /** Makes a pass and waits until its runs have ended. */
  async import(connection = 'drop'): Promise<readonly RunView[]> {
    const ids = await this.engine.requestPass(connection);
    return this.untilEnded(ids);
  }

  async untilEnded(ids: readonly string[]): Promise<readonly RunView[]> {
    return this.until(ids, (run) => run.endedAt !== null);
  }

  /** Waits until every run is as `wanted`; throws with what the runs look like when that takes too long. */
  async until(ids: readonly string[], wanted: (run: RunView) => boolean): Promise<readonly RunView[]> {
    const begun = Date.now();
    for (;;) {
      const runs = (await Promise.all(ids.map((id) => this.operator.run(id)))).filter((run) => run !== undefined);
      if (runs.length === ids.length && runs.every(wanted)) return runs;
      if (Date.now() - begun > DEADLINE)
        throw new Error(`Not as wanted: ${JSON.stringify(runs)} ${String(this.errors)}`);
      await systemClock.wait(20);
    }
  }

  /** The names of the files in one of the drop's folders. */
  async files(folder: string): Promise<readonly string[]> {
    return (await readdir(join(this.folder, folder))).sort();
  }

  /** The content of the one report whose name ends so. */
  async report(ending: string): Promise<string> {
    const names = (await this.files('reports')).filter((name) => name.endsWith(ending));
    if (names.length !== 1) throw new Error(`There are ${names.length} reports that end in ${ending}.`);
    return readFile(join(this.folder, 'reports', names[0] ?? ''), 'utf8');
  }
}

/**
 * Gives each test of a suite one database, empty, before which `begin` may open what it needs; afterwards the workshop that
 * the test has opened is closed, and nothing has gone wrong inside.
 */
export function useDatabase(
  openFresh: OpenFresh,
  opened: () => Workshop | undefined,
  begin: (database: Database) => void | Promise<void>,
): void {
  let database: Database;
  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    await begin(database);
  });
  afterEach(async () => {
    await opened()?.close();
    expect(opened()?.errors).toEqual([]);
  });
}

/** Hands each test of a suite a workshop of its own. */
export function useWorkshop(openFresh: OpenFresh, options: WorkshopOptions, take: (workshop: Workshop) => void): void {
  let workshop: Workshop;
  useDatabase(
    openFresh,
    () => workshop,
    async (database) => {
      workshop = await Workshop.open(database, options);
      take(workshop);
    },
  );
}
