import { randomUUID } from 'node:crypto';
import { type Clock, type Session, systemClock } from '@cloudtalk-sync/connector-kit';
import { ConfigError, FatalError, reasonOf } from '@cloudtalk-sync/errors';
import type { JobQueue } from '@cloudtalk-sync/queue';
import type { RunEntity, Store } from '@cloudtalk-sync/store';
import { type AccountDesk, openDesk } from './account/account-desk.js';
import { withSession } from './connection-session.js';
import { passOverDrop } from './drop-pass.js';
import { readRun } from './intake/read-run.js';
import { requestPreviews } from './preview-request.js';
import { reportRun } from './reporting/report-run.js';
import { requestRun } from './request-run.js';
import { requestRetry } from './retry/request-retry.js';
import { settingsOf } from './settings.js';
import { goOn, letWait, Patience, waitingFor } from './waiting.js';
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
  readonly #passes = new Map<string, Promise<readonly string[]>>();
  readonly #stopping = new AbortController();
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
    const { store, log, queue } = options;
    const ring = (work: Work, id: string): void => {
      queue.add({ name: work, id }).catch((error: unknown) => {
        log.warn({ work, id, reason: reasonOf(error) }, 'a ring was lost; the sweep will find the work');
      });
    };
    this.#world = { store, log, ring, clock: options.clock ?? systemClock };
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

  /** Takes the worker's lease, takes up what an earlier process left, and works until `stop`. Throws when another worker lives. */
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
    await Promise.allSettled(this.#passes.values());
    await this.#lease.release();
  }

  /**
   * Asks for one pass over a connection and returns the ids of the runs that it makes: one for each finished file of a
   * drop. A pass over the same connection that is under way is joined. Throws ConfigError for an unknown connection.
   */
  requestPass(connectionId: string): Promise<readonly string[]> {
    const running = this.#passes.get(connectionId);
    if (running) return running;
    const pass = this.#pass(this.#connection(connectionId)).finally(() => this.#passes.delete(connectionId));
    this.#passes.set(connectionId, pass);
    return pass;
  }

  async #pass(connection: SyncConnection): Promise<readonly string[]> {
    const account = this.#account(connection.accountId);
    const settings = settingsOf(connection, account);
    return withSession(this.#world, connection, settings, async ({ source }: Session) => {
      const signal = this.#stopping.signal;
      if (source.kind === 'drop') return passOverDrop(this.#world, source, connection, account, signal);
      return [await requestRun(this.#world, randomUUID(), 'pass', connection, account)];
    });
  }

  /**
   * Asks for a preview of what a pass over a connection, or an import of the file at `path` by it, would do, and returns
   * the ids of its runs. Nothing is taken, sent or reported. Throws ConfigError for an unknown connection.
   */
  requestPreview(connectionId: string, path?: string): Promise<readonly string[]> {
    const connection = this.#connection(connectionId);
    const account = this.#account(connection.accountId);
    return withSession(this.#world, connection, settingsOf(connection, account), ({ source }: Session) =>
      requestPreviews(this.#world, source, connection, account, path, this.#stopping.signal),
    );
  }

  /**
   * Asks for a new run over the rows of an ended one that failed or were not processed, with an issue of `code` where
   * it is given, by the config of today; returns its id. Throws FatalError when there is nothing to try again, or not
   * now, and ConfigError when the connection is configured no more.
   */
  async requestRetry(runId: string, code?: string): Promise<string> {
    const original = await this.#world.store.runs.find(runId);
    if (!original) throw new Error(`There is no run ${runId}.`);
    const connection = this.#connection(original.connectionId);
    return requestRetry(this.#world, original, code, connection, this.#account(connection.accountId));
  }

  /** Rings for all work that is there: what a crash or a lost ring left, and waiting runs whose check is due. */
  async #sweep(signal: AbortSignal): Promise<void> {
    const { store, clock, log, ring } = this.#world;
    while (!signal.aborted) {
      try {
        for (const run of await store.runs.open()) {
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

  /** A run that waits to deliver goes on when its account answers again; any other is simply tried again. */
  async #check(run: RunEntity): Promise<void> {
    if (run.waiting?.from === 'delivering') this.#world.ring('deliver', run.accountId);
    else await goOn(this.#world, run);
  }

  async #read(run: RunEntity, connection: SyncConnection, signal: AbortSignal): Promise<void> {
    await readRun(this.#world, run, connection, this.#desk(run.accountId).lists, signal);
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
      await work(run, this.#connection(run.connectionId));
      this.#patience.succeeded(id);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      const now = (await this.#world.store.runs.find(id)) ?? run;
      await letWait(this.#world, now, error, this.#patience.retryAt(id, error, this.#world.clock.now()));
    }
  }

  async #deliver(accountId: string, signal: AbortSignal): Promise<void> {
    const desk = this.#desk(accountId);
    const waiting = (await this.#runsOf(accountId, 'waiting')).filter((run) => run.waiting?.from === 'delivering');
    try {
      if (waiting.length > 0) {
        if (!waiting.some((run) => new Date(run.waiting?.checkAt ?? 0) <= this.#world.clock.now())) return;
        await desk.operations.read('check', waiting[0]?.id ?? null, (client) => client.countries(), signal);
        for (const run of waiting) await goOn(this.#world, run);
      }
      await desk.deliverer.deliver(signal);
      this.#patience.succeeded(accountId);
    } catch (error) {
      if (signal.aborted) return;
      await this.#letAccountWait(accountId, waiting, error);
    }
  }

  async #letAccountWait(accountId: string, waiting: readonly RunEntity[], error: unknown): Promise<void> {
    const { store, clock } = this.#world;
    const checkAt = this.#patience.retryAt(accountId, error, clock.now());
    for (const run of await this.#runsOf(accountId, 'delivering')) await letWait(this.#world, run, error, checkAt);
    for (const run of waiting.filter(({ state }) => state === 'waiting')) {
      await store.runs.note(run, { waiting: waitingFor('delivering', error, checkAt) });
    }
  }

  async #runsOf(accountId: string, state: RunEntity['state']): Promise<readonly RunEntity[]> {
    return (await this.#world.store.runs.open()).filter((run) => run.accountId === accountId && run.state === state);
  }

  #desk(accountId: string): AccountDesk {
    const desk = this.#desks.get(accountId);
    if (desk) return desk;
    throw unknownAccount(accountId);
  }

  #account(id: string): SyncAccount {
    const account = this.#options.accounts.find((candidate) => candidate.id === id);
    if (account) return account;
    throw unknownAccount(id);
  }

  #connection(id: string): SyncConnection {
    const found = this.#options.connections.find((connection) => connection.id === id);
    if (found) return found;
    const known = this.#options.connections.map((connection) => connection.id).join(', ');
    throw new ConfigError([
      {
        file: 'the config',
        path: 'connections',
        message: `There is no connection '${id}'.`,
        expected: known === '' ? 'No connection is configured.' : `The configured ones are: ${known}.`,
      },
    ]);
  }
}

function unknownAccount(accountId: string): FatalError {
  return new FatalError({
    code: 'unknown_account',
    message: `The account '${accountId}' is not configured any more.`,
    fix: 'Put it back into the config and restart, so that what was begun with it can be finished.',
  });
}
