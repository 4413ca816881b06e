import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '@cloudtalk-sync/connector-kit';
import { reasonOf } from '@cloudtalk-sync/errors';
import type { JobQueue } from '@cloudtalk-sync/queue';
import type { RunEntity, StandingRun, Store } from '@cloudtalk-sync/store';
import { type AccountDesk, openDesk } from './account/account-desk.js';
import { AccountWork } from './account/account-work.js';
import type { ConnectionCheck } from './check-connection.js';
import { Configured } from './configured.js';
import { readRun } from './intake/read-run.js';
import { reportRun } from './reporting/report-run.js';
import { Requests } from './requests.js';
import { type ScheduledConnection, Schedules } from './schedule/schedules.js';
import { waitsForTurn } from './turn.js';
import { goOn, letWait, Patience } from './waiting.js';
import type { Log, SyncAccount, SyncConnection, Work, World } from './world.js';
import { WorkerLease } from './worker-lease.js';

export interface EngineOptions {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly accounts: readonly SyncAccount[];
  readonly connections: readonly SyncConnection[];
  readonly log: Log;
  /** True when the database belongs to this process alone, as the embedded one does. */
  readonly exclusive: boolean;
  readonly clock?: Clock;
}

/** How often the worker looks for work that nobody rang for, in milliseconds (design, "Waking"). */
const SWEEP_INTERVAL = 1_000;
/** How long a stopping engine lets work in flight finish, in milliseconds (operational behaviours 5.5). */
const STOP_GRACE = 25_000;
/** Work done at the same time: one run read, one account delivered, runs reported. */
const CONCURRENCY = 4;

/** Runs imports: takes what the schedule, the page or a command asked for from the database and does it. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #world: World;
  readonly #owner = randomUUID();
  readonly #lease: WorkerLease;
  readonly #desks = new Map<string, AccountDesk>();
  readonly #patience = new Patience();
  readonly #configured: Configured;
  readonly #requests: Requests;
  readonly #stopping = new AbortController();
  #sweeping: Promise<void> = Promise.resolve();
  #scheduling: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
    const { store, log, queue } = options;
    const ring = (work: Work, id: string): void => {
      queue.add({ name: work, id }).catch((error: unknown) => {
        log.warn({ work, id, reason: reasonOf(error) }, 'a ring was lost; the sweep will find the work');
      });
    };
    this.#world = { store, log, ring, clock: options.clock ?? systemClock };
    this.#configured = new Configured(options.accounts, options.connections);
    this.#requests = new Requests(this.#world, this.#configured, this.#stopping.signal);
    this.#lease = new WorkerLease(this.#world, this.#owner, options.exclusive, this.#stopping);
  }

  /** Makes the configured account and connections known to the database, so that runs can be asked for. */
  async prepare(): Promise<void> {
    const { accounts, connections, store } = this.#options;
    for (const account of accounts) {
      const own = connections.filter((connection) => connection.accountId === account.id);
      await store.accounts.register(
        account.id,
        own.map(({ id, connector }) => ({ id, connector: connector.type })),
      );
    }
  }

  /** True while some process works on this database: then asking for a run is enough. */
  hasWorker(): Promise<boolean> {
    return this.#lease.isTaken();
  }

  /**
   * Takes the worker's lease, takes up what an earlier process left, and works until `stop`. Throws when another worker
   * lives.
   */
  async start(): Promise<void> {
    const { accounts, queue, exclusive } = this.#options;
    await this.prepare();
    await this.#lease.take();
    await this.#checkWaitingNow();
    for (const account of accounts) {
      this.#desks.set(
        account.id,
        await openDesk(this.#world, account, this.#owner, exclusive, () => this.#patience.succeeded(account.id)),
      );
    }
    queue.process(
      {
        read: (id, signal) => this.#work(id, ['requested', 'reading'], (run, own) => this.#read(run, own, signal)),
        deliver: (id, signal) => this.#deliver(id, signal),
        report: (id, signal) => this.#work(id, ['reporting'], (run, own) => reportRun(this.#world, run, own, signal)),
      },
      CONCURRENCY,
    );
    this.#sweeping = this.#sweep(this.#stopping.signal);
  }

  /** Asks for passes over these connections when they are due, until `stop`; to be called once, after `start`. */
  keepSchedules(connections: readonly ScheduledConnection[]): void {
    const accountIds = this.#configured.accounts.map(({ id }) => id);
    this.#scheduling = new Schedules(this.#world, this.#requests, this.#stopping.signal).keep(accountIds, connections);
  }

  /** Whoever starts a process has perhaps just mended what runs wait for. */
  async #checkWaitingNow(): Promise<void> {
    const { store, clock } = this.#world;
    for (const run of await store.runs.open()) {
      if (run.waiting) await store.runs.note(run, { waiting: { ...run.waiting, checkAt: clock.now().toISOString() } });
    }
  }

  /** Lets the request in flight finish, stores its answer, and ends; what is left goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#options.queue.close(STOP_GRACE);
    await this.#sweeping;
    await this.#scheduling;
    await this.#requests.settled();
    await this.#lease.release();
  }

  /**
   * Asks for one pass over a connection and returns the ids of the runs that it makes: one for each finished file of a
   * drop. A look into a drop that is under way is joined; a pass over a CRM begins when those before it have ended. Throws
   * ConfigError for an unknown connection.
   */
  requestPass(connectionId: string): Promise<readonly string[]> {
    return this.#requests.pass(connectionId);
  }

  /**
   * Asks for a preview of what a pass over a connection, or an import of the file at `path` by it, would do, and returns
   * the ids of its runs. Nothing is taken, sent or reported. Throws ConfigError for an unknown connection.
   */
  requestPreview(connectionId: string, path?: string): Promise<readonly string[]> {
    return this.#requests.preview(connectionId, path);
  }

  /**
   * Asks for a new run over the rows of an ended one that failed or were not processed, with an issue of `code` where
   * it is given, by the config of today; returns its id. Throws FatalError when there is nothing to try again, or not
   * now, and ConfigError when the connection is configured no more.
   */
  requestRetry(runId: string, code?: string): Promise<string> {
    return this.#requests.retry(runId, code);
  }

  /**
   * Looks for everything that would go wrong in a run of a connection. Nothing is imported. Throws ConfigError for an
   * unknown connection.
   */
  check(connectionId: string): Promise<ConnectionCheck> {
    return this.#requests.check(connectionId, async (accountId) => (await this.#anyDesk(accountId)).lists);
  }

  /**
   * Makes in a connection's source what its report needs, and says what it made. Throws ConfigError for an unknown
   * connection and FatalError where a person must do it.
   */
  setup(connectionId: string): Promise<readonly string[]> {
    return this.#requests.setup(connectionId);
  }

  /** The desk of an account, also where this process is no worker. */
  #anyDesk(accountId: string): Promise<AccountDesk> | AccountDesk {
    const account = this.#configured.account(accountId);
    return this.#desks.get(accountId) ?? openDesk(this.#world, account, this.#owner, false, () => undefined);
  }

  /** Rings for all work that is there: what a crash or a lost ring left, and waiting runs whose check is due. */
  async #sweep(signal: AbortSignal): Promise<void> {
    const { store, clock, log, ring } = this.#world;
    while (!signal.aborted) {
      try {
        for (const run of await store.runs.standing()) {
          if (run.state === 'requested' || run.state === 'reading') ring('read', run.id);
          else if (run.state === 'delivering') ring('deliver', run.accountId);
          else if (run.state === 'reporting') ring('report', run.id);
          else if (run.waiting && new Date(run.waiting.checkAt) <= clock.now()) await this.#check(run);
        }
      } catch (error) {
        log.error({ reason: reasonOf(error) }, 'looking for work failed; trying again');
      }
      await clock.wait(SWEEP_INTERVAL, signal).catch(() => undefined);
    }
  }

  /**
   * A run that waits to deliver goes on when its account answers again, and one that waits for its turn when that comes;
   * any other is simply tried again.
   */
  async #check(run: StandingRun): Promise<void> {
    if (run.waiting?.from === 'delivering') this.#world.ring('deliver', run.accountId);
    else if (run.waiting?.from !== 'requested' || !(await waitsForTurn(this.#world, run))) await goOn(this.#world, run);
  }

  async #read(run: RunEntity, connection: SyncConnection, signal: AbortSignal): Promise<void> {
    if (run.state === 'requested' && (await waitsForTurn(this.#world, run))) return;
    await readRun(this.#world, run, connection, this.#desk(run.accountId), signal);
  }

  /** Does one run's work if it still stands where that work is due; what fails on the way lets the run wait. */
  async #work(
    id: string,
    states: readonly RunEntity['state'][],
    work: (run: RunEntity, connection: SyncConnection) => Promise<void>,
  ): Promise<void> {
    const run = await this.#world.store.runs.find(id);
    if (!run || !states.includes(run.state)) return;
    try {
      await work(run, this.#configured.connectionOf(run));
      this.#patience.succeeded(id);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      const now = (await this.#world.store.runs.find(id)) ?? run;
      await letWait(this.#world, now, error, this.#patience.retryAt(id, error, this.#world.clock.now()));
    }
  }

  async #deliver(accountId: string, signal: AbortSignal): Promise<void> {
    await new AccountWork(this.#world, this.#desk(accountId), this.#patience).deliver(signal);
  }

  /** Throws FatalError for an account that is not configured any more. */
  #desk(accountId: string): AccountDesk {
    const desk = this.#desks.get(this.#configured.account(accountId).id);
    if (desk) return desk;
    throw new Error(`The desk of account ${accountId} is not open.`);
  }
}
