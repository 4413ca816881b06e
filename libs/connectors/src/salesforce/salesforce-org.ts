import type { Clock } from '@cloudtalk-sync/connector-kit';
import { Connection } from 'jsforce';
import { ApiBudget } from './api-budget.js';
import { type Guard, GuardedTransport } from './guarded-transport.js';
import { translate } from './salesforce-errors.js';
import { logIn, type Login } from './salesforce-login.js';
import type { SalesforceOptions } from './salesforce-options.js';
import { VendorRefusal } from './vendor-refusal.js';

/**
 * The org behind a connection. Logs in when it is first needed; a session that has run out is renewed once in a call, for
 * all calls that wait at that time, so that one that stays refused ends the call.
 */
export class SalesforceOrg {
  readonly budget: ApiBudget;
  readonly #closing = new AbortController();
  #login: Promise<Login> | undefined;
  /** What `#login` has come to. */
  #current: Login | undefined;

  constructor(
    private readonly options: SalesforceOptions,
    private readonly clock: Clock,
  ) {
    this.budget = new ApiBudget(options.reserve, clock);
  }

  /** The id of the org that is logged in to. */
  async id(signal: AbortSignal): Promise<string> {
    return (await this.#session(signal)).org;
  }

  /**
   * Lets `work` make one request on a connection of its own, and gives what it answers; throws ConfigError,
   * RetryableError or FatalError, or the reason of the signal.
   */
  async call<T>(signal: AbortSignal, work: (connection: Connection) => PromiseLike<T>): Promise<T> {
    const login = await this.#session(signal);
    try {
      return await work(this.#connect(login, signal));
    } catch (error) {
      if (!isRefusedSession(error)) throw this.#translated(error, login);
    }
    const renewed = await this.#renewed(login, signal);
    try {
      return await work(this.#connect(renewed, signal));
    } catch (error) {
      throw this.#translated(error, renewed);
    }
  }

  /** Breaks off whatever is under way. */
  close(): void {
    this.#closing.abort(new Error('The connection to Salesforce was closed.'));
  }

  async #session(signal: AbortSignal): Promise<Login> {
    signal.throwIfAborted();
    this.#login ??= this.#begin();
    return orAborted(this.#login, signal);
  }

  /** A session in place of one that was refused; the one that another call has begun meanwhile, if there is one. */
  #renewed(refused: Login, signal: AbortSignal): Promise<Login> {
    this.#drop(refused);
    return this.#session(signal);
  }

  #drop(login: Login): void {
    if (this.#current !== login) return;
    this.#current = undefined;
    this.#login = undefined;
  }

  async #begin(): Promise<Login> {
    try {
      this.#current = await logIn(this.options, this.clock, this.#guard(this.#closing.signal));
      return this.#current;
    } catch (error) {
      this.#login = undefined;
      throw translate(error, new URL(this.options.loginUrl).host, this.clock.now());
    }
  }

  #connect({ origin, token }: Login, signal: AbortSignal): Connection {
    const connection = new Connection({ instanceUrl: origin, accessToken: token, version: this.options.apiVersion });
    const either = AbortSignal.any([signal, this.#closing.signal]);
    connection._transport = new GuardedTransport({ ...this.#guard(either), origin });
    return connection;
  }

  #guard(signal: AbortSignal): Omit<Guard, 'origin'> {
    return { signal, timeout: this.options.timeout, onLimitInfo: (header) => this.budget.note(header) };
  }

  #translated(error: unknown, login: Login): unknown {
    const isElsewhere = error instanceof VendorRefusal && ['redirected', 'foreign_host'].includes(error.code);
    if (isElsewhere || isRefusedSession(error)) this.#drop(login);
    return translate(error, new URL(login.origin).host, this.clock.now());
  }
}

function isRefusedSession(error: unknown): boolean {
  return error instanceof VendorRefusal && error.status === 401;
}

/** Rejects with the signal's reason as soon as it aborts, and leaves the promise to those who still wait for it. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
