import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { InProcessQueue } from '@cloudtalk-sync/queue';
import { type Database, openDatabase, Store } from '@cloudtalk-sync/store';
import { Engine, type Log } from '@cloudtalk-sync/sync';
import type pg from 'pg';
import { type Break, breakStore } from './broken-store.js';
import { accountOf, connectionsOf, SCHEDULES, type Setup } from './engine-config.js';
import { Gateway } from './gateway.js';
import type { Policies } from './policies.js';
import type { SimulatedTime } from './simulated-time.js';
import type { Stage } from './stage.js';
import { PARTIES, type Party } from './weather.js';

/** How long a dead engine may take until nothing of it waits for anything any more; milliseconds of real time. */
const BURIAL = 20_000;

/** What a life is made of, and stays the same over all lives. */
export interface Circumstances {
  readonly stage: Stage;
  readonly time: SimulatedTime;
  readonly policies: Policies;
  /** A superuser's connection to the database that all lives share. */
  readonly superuser: pg.Client;
  readonly databaseUrl: string;
  /** What is taken away from the engine on purpose. */
  readonly without: Break | undefined;
  /** Told of what goes wrong inside a living engine. */
  readonly onError: (error: unknown) => void;
}

/** One life of the engine: a login and gateways of its own, so that it can be cut off from everything at any moment. */
export class EngineLife {
  #isOver = false;
  #seesWork = false;
  readonly #engine: Engine;

  private constructor(
    private readonly around: Circumstances,
    private readonly role: string,
    private readonly gateways: Readonly<Record<Party, Gateway>>,
    private readonly database: Database,
    readsAll: boolean,
  ) {
    this.#engine = this.#makeEngine(readsAll);
  }

  /** `readsAll`: every pass reads everything, not only each week. */
  static async begin(around: Circumstances, readsAll: boolean): Promise<EngineLife> {
    const role = `life_${randomBytes(6).toString('hex')}`;
    await around.superuser.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${role}'`);
    const url = new URL(around.databaseUrl);
    url.username = url.password = role;
    const opened = PARTIES.map(async (party) => [party, await Gateway.open(around.stage[party].take)] as const);
    const gateways = Object.fromEntries(await Promise.all(opened)) as Record<Party, Gateway>;
    return new EngineLife(around, role, gateways, await openDatabase({ url: url.href }), readsAll);
  }

  /** Works off what is there and asks for passes when they are due. Waits for the lease of a life that was killed. */
  async start(): Promise<void> {
    await this.#engine.start();
    this.#engine.keepSchedules(SCHEDULES);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether there were runs that have not ended when it looked for work last, which it does each simulated second. */
  get seesWork(): boolean {
    return this.#seesWork;
  }

  /** Whether it asks the database for something. */
  get isBusy(): boolean {
    if (this.#isOver) return false;
    const { idleCount, totalCount, waitingCount } = this.pool;
    return waitingCount > 0 || totalCount > idleCount;
  }

  /** Its connections to the database. */
  get pool(): pg.Pool {
    return (this.database.dataSource.driver as unknown as { readonly master: pg.Pool }).master;
  }

  /** Pulls the plug: from now on nothing that it does has any effect. */
  async kill(): Promise<void> {
    this.#cutOff();
    const { superuser } = this.around;
    await superuser.query(`ALTER ROLE ${this.role} NOLOGIN`);
    const backends = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1';
    while ((await superuser.query(backends, [this.role])).rowCount !== 0) await nextTurn();
    await this.#bury();
  }

  /** Lets it stop as on SIGTERM. */
  async stop(): Promise<void> {
    await this.#engine.stop();
    this.#cutOff();
    await this.database.close();
  }

  #cutOff(): void {
    this.#isOver = true;
    for (const gateway of Object.values(this.gateways)) gateway.cut();
  }

  /** Ends the timers and the memory of a dead engine; it can neither store nor send anything any more. */
  async #bury(): Promise<void> {
    const burial = Promise.allSettled([this.#engine.stop()]).then(() => this.database.close());
    const end = Promise.race([burial, sleep(BURIAL, 'late', { ref: false })]);
    if ((await end.catch(() => undefined)) === 'late') this.around.onError('a dead engine does not come to its end');
  }

  #makeEngine(readsAll: boolean): Engine {
    const { onError, policies, time, without } = this.around;
    const origins = Object.fromEntries(PARTIES.map((party) => [party, this.gateways[party].origin]));
    const setup = { policies, origins, readsAll, replacesLists: without === 'union' } as Setup;
    const complain = (error: unknown): void => {
      if (!this.#isOver) onError(error);
    };
    const log: Log = {
      info: () => undefined,
      warn: () => undefined,
      error: (facts, message) => complain({ ...facts, message }),
    };
    const store = breakStore(new Store(this.database.dataSource.manager), without);
    this.#watch(store);
    return new Engine({
      store,
      queue: new InProcessQueue({ onError: complain }),
      log,
      exclusive: false,
      clock: time.clock(() => this.#isOver),
      accounts: [accountOf(setup)],
      connections: connectionsOf(setup),
    });
  }

  #watch({ runs }: Store): void {
    const look = runs.standing.bind(runs);
    runs.standing = async () => {
      const found = await look();
      this.#seesWork = found.length > 0;
      return found;
    };
  }
}
