import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connector } from '@cloudtalk-sync/connector-kit';
import { InProcessQueue } from '@cloudtalk-sync/queue';
import { type Database, openDatabase, Store } from '@cloudtalk-sync/store';
import { Engine, type Log, type SyncAccount, type SyncConnection } from '@cloudtalk-sync/sync';
import type pg from 'pg';
import { hubspot } from '../../libs/connectors/src/hubspot/hubspot.js';
import { salesforce } from '../../libs/connectors/src/salesforce/salesforce.js';
import { breakStore } from './broken-store.js';
import { Gateway } from './gateway.js';
import {
  CONTACT_URL,
  HUBSPOT_REPORT,
  type Kind,
  KINDS,
  MAPPINGS,
  ownTag,
  type Policies,
  SALESFORCE_REPORT,
} from './policies.js';
import type { SimulatedTime } from './simulated-time.js';
import { OPERATIONS_PER_MINUTE, type Stage } from './stage.js';
import { PARTIES, type Party } from './weather.js';

/** The deadline of a request; it passes in real time, milliseconds. */
const DEADLINE = 500;
/** How long after a lost answer the look-up waits; it passes in simulated time, milliseconds. */
const SETTLE = 5_000;
const WEEK = 7 * 86_400_000;
/** When the connections tick, twenty minutes apart, so that their runs come in this order. */
const TICKS: Readonly<Record<Kind, string>> = { contact: '0 2 * * *', lead: '20 2 * * *', hubspot: '40 2 * * *' };

const KEPT = { numbers: 'union', emails: 'union', tags: 'add', attributes: 'managed' } as const;
const REPLACED = { numbers: 'replace', emails: 'replace', tags: 'replace', attributes: 'managed' } as const;

/** What a life is made of, and stays the same over all lives. */
export interface Circumstances {
  readonly stage: Stage;
  readonly time: SimulatedTime;
  readonly policies: Policies;
  /** A superuser's connection to the database that all lives share. */
  readonly superuser: pg.Client;
  readonly databaseUrl: string;
  /** What is taken away from the engine on purpose. */
  readonly without: 'union' | 'echo' | 'inheritance' | undefined;
  /** Told of what goes wrong inside a living engine. */
  readonly onError: (error: unknown) => void;
  /** Told when a dead engine does not come to an end. */
  readonly onSlowBurial: () => void;
}

/** One life of the engine: a login and gateways of its own, so that it can be cut off from everything at any moment. */
export class EngineLife {
  #isOver = false;
  #engine: Engine | undefined;

  private constructor(
    private readonly around: Circumstances,
    private readonly role: string,
    private readonly gateways: Readonly<Record<Party, Gateway>>,
    private readonly database: Database,
  ) {}

  /** `readsAll`: every pass reads everything, not only each week. */
  static async begin(around: Circumstances, readsAll: boolean): Promise<EngineLife> {
    const role = `life_${randomBytes(6).toString('hex')}`;
    await around.superuser.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${role}'`);
    const url = new URL(around.databaseUrl);
    url.username = url.password = role;
    const opened = PARTIES.map(async (party) => [party, await Gateway.open(around.stage[party].url)] as const);
    const gateways = Object.fromEntries(await Promise.all(opened)) as Record<Party, Gateway>;
    const life = new EngineLife(around, role, gateways, await openDatabase({ url: url.href }));
    life.#engine = life.#makeEngine(readsAll);
    return life;
  }

  /** Works off what is there and asks for passes when they are due. Waits for the lease of a life that was killed. */
  async start(): Promise<void> {
    await this.#engine?.start();
    this.#engine?.keepSchedules(
      KINDS.map((id) => ({ id, schedule: { kind: 'cron', cron: TICKS[id], timezone: 'Europe/Bratislava' } })),
    );
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it asks the database for something. */
  get isBusy(): boolean {
    const { idleCount, totalCount, waitingCount } = this.pool;
    return !this.#isOver && (waitingCount > 0 || totalCount > idleCount);
  }

  /** Its connections to the database. */
  get pool(): pg.Pool {
    return (this.database.dataSource.driver as unknown as { readonly master: pg.Pool }).master;
  }

  /** Pulls the plug: from now on nothing that it does has any effect. */
  async kill(): Promise<void> {
    this.#isOver = true;
    for (const gateway of Object.values(this.gateways)) gateway.cut();
    const { superuser } = this.around;
    await superuser.query(`ALTER ROLE ${this.role} NOLOGIN`);
    await superuser.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1', [
      this.role,
    ]);
    await this.#bury();
  }

  /** Lets it stop as on SIGTERM. */
  async stop(): Promise<void> {
    await this.#engine?.stop();
    this.#isOver = true;
    for (const gateway of Object.values(this.gateways)) gateway.cut();
    await this.database.close();
  }

  /** Ends the timers and the memory of a dead engine; it can neither store nor send anything any more. */
  async #bury(): Promise<void> {
    const burial = Promise.allSettled([this.#engine?.stop()]).then(() => this.database.close());
    const isSlow = await Promise.race([
      burial.then(
        () => false,
        () => false,
      ),
      sleep(2_000, true, { ref: false }),
    ]);
    if (isSlow) this.around.onSlowBurial();
  }

  #makeEngine(readsAll: boolean): Engine {
    const complain = (error: unknown): void => {
      if (!this.#isOver) this.around.onError(error);
    };
    const log: Log = {
      info: () => undefined,
      warn: () => undefined,
      error: (facts, message) => complain({ ...facts, message }),
    };
    return new Engine({
      store: breakStore(new Store(this.database.dataSource.manager), this.around.without),
      queue: new InProcessQueue({ onError: complain }),
      log,
      exclusive: false,
      clock: this.around.time.clock(() => this.#isOver),
      accounts: [this.#account()],
      connections: KINDS.map((kind) => this.#connection(kind, readsAll)),
    });
  }

  #account(): SyncAccount {
    return {
      id: 'default',
      baseUrl: `${this.gateways.cloudtalk.origin}/api`,
      accessKeyId: 'sandbox-key',
      accessKeySecret: 'sandbox-secret',
      defaultCountry: 'SK',
      operationsPerMinute: OPERATIONS_PER_MINUTE,
      share: 0.8,
      requestTimeout: DEADLINE,
      settle: SETTLE,
      directoryMaxAge: 3_600_000,
      contactUrl: CONTACT_URL,
    };
  }

  #connection(kind: Kind, readsAll: boolean): SyncConnection {
    const isHubSpot = kind === 'hubspot';
    const connector: Connector = isHubSpot ? (hubspot as Connector) : (salesforce as Connector);
    return {
      id: kind,
      accountId: 'default',
      connector,
      options: connector.optionsSchema.parse(isHubSpot ? this.#hubspotOptions() : this.#salesforceOptions(kind)),
      tag: ownTag(kind),
      mapping: MAPPINGS[kind],
      unknownColumns: 'warn',
      maxFileSize: 8_388_608,
      stopAfterFailures: 1000,
      lists: this.around.without === 'union' ? REPLACED : KEPT,
      report: isHubSpot ? HUBSPOT_REPORT : SALESFORCE_REPORT,
      fullReadAfter: readsAll ? 0 : WEEK,
      ...this.around.policies[kind],
    };
  }

  #salesforceOptions(kind: Kind): object {
    return {
      loginUrl: this.gateways.salesforce.origin,
      auth: { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' },
      object: kind === 'lead' ? 'Lead' : 'Contact',
      pageSize: 200,
      timeout: `${DEADLINE}ms`,
    };
  }

  #hubspotOptions(): object {
    return { accessToken: 'sandbox-token', basePath: this.gateways.hubspot.origin, timeout: `${DEADLINE}ms` };
  }
}
