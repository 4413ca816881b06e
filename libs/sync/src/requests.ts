import { randomUUID } from 'node:crypto';
import { FatalError } from '@cloudtalk-sync/errors';
import type { AccountLists } from './account/account-lists.js';
import { checkConnection, type ConnectionCheck } from './check-connection.js';
import type { Configured } from './configured.js';
import { withSession } from './connection-session.js';
import { passOverDrop } from './drop-pass.js';
import { requestPreviews } from './preview-request.js';
import { requestRun } from './request-run.js';
import { requestRetry } from './retry/request-retry.js';
import { type Asked, askAtTick, type Tick } from './schedule/ask-at-tick.js';
import { settingsOf } from './settings.js';
import type { SyncConnection, World } from './world.js';

/** Asks for runs, by inserting them: whoever works on this database finds them. */
export class Requests {
  readonly #passes = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly world: World,
    private readonly configured: Configured,
    private readonly signal: AbortSignal,
  ) {}

  /** One pass over a connection; a request that is under way is joined. */
  async pass(connectionId: string): Promise<readonly string[]> {
    const connection = this.configured.connection(connectionId);
    return this.joined(connectionId, () => this.begin(connection));
  }

  /**
   * The pass that a tick of a schedule asks for. A tick of a drop joins a pass that is under way; the rest is said of
   * `askAtTick`.
   */
  async tick(connectionId: string, tick: Tick): Promise<Asked | undefined> {
    const connection = this.configured.connection(connectionId);
    const account = this.configured.account(connection.accountId);
    return withSession(this.world, connection, settingsOf(connection, account), async ({ source }) => {
      if (source.kind === 'pass') return askAtTick(this.world, connection, account, tick);
      const pass = () => passOverDrop(this.world, source, connection, account, this.signal);
      const runs = await this.joined(connectionId, pass);
      await tick.settle(this.world.store);
      return { runs };
    });
  }

  private joined(connectionId: string, begin: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const running = this.#passes.get(connectionId);
    if (running) return running;
    const pass = begin();
    this.#passes.set(connectionId, pass);
    return pass.finally(() => this.#passes.delete(connectionId));
  }

  private begin(connection: SyncConnection): Promise<readonly string[]> {
    const account = this.configured.account(connection.accountId);
    return withSession(this.world, connection, settingsOf(connection, account), async ({ source }) => {
      if (source.kind === 'drop') return passOverDrop(this.world, source, connection, account, this.signal);
      return [await requestRun(this.world, randomUUID(), 'pass', connection, account)];
    });
  }

  async preview(connectionId: string, path?: string): Promise<readonly string[]> {
    const connection = this.configured.connection(connectionId);
    const account = this.configured.account(connection.accountId);
    return withSession(this.world, connection, settingsOf(connection, account), ({ source }) =>
      requestPreviews(this.world, source, connection, account, path, this.signal),
    );
  }

  async retry(runId: string, code?: string): Promise<string> {
    const original = await this.world.store.runs.find(runId);
    if (!original) throw new Error(`There is no run ${runId}.`);
    const connection = this.configured.connection(original.connectionId);
    return requestRetry(this.world, original, code, connection, this.configured.account(connection.accountId));
  }

  /** What stands in the way of a connection's runs. */
  async check(connectionId: string, lists: (accountId: string) => Promise<AccountLists>): Promise<ConnectionCheck> {
    const connection = this.configured.connection(connectionId);
    const account = this.configured.account(connection.accountId);
    return checkConnection(this.world, connection, account, await lists(account.id), this.signal);
  }

  /** Makes in a connection's source what its report needs; says what it made. */
  async setup(connectionId: string): Promise<readonly string[]> {
    const connection = this.configured.connection(connectionId);
    const account = this.configured.account(connection.accountId);
    return withSession(this.world, connection, settingsOf(connection, account), (session) => {
      if (session.setup) return session.setup(this.signal);
      throw new FatalError({
        code: 'no_setup',
        message: `The source of '${connectionId}' (${connection.connector.type}) cannot be set up from here.`,
        fix: `Run 'check ${connectionId}': it names what is missing, with the steps.`,
      });
    });
  }

  /** Resolves when no pass is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#passes.values());
  }
}
