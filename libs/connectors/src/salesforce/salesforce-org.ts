import type { Clock } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { Connection } from 'jsforce';
import { ApiBudget } from './api-budget.js';
import { type ApiUsage, usageOf } from './api-usage.js';
import { type Guard, GuardedTransport } from './guarded-transport.js';
import { junk, translate, translateLogin } from './salesforce-errors.js';
import { logIn, type Login } from './salesforce-login.js';
import type { SalesforceOptions } from './salesforce-options.js';
import { VendorRefusal } from './vendor-refusal.js';

/**
 * The org behind a connection. Logs in when it is first needed; a session that has run out is renewed once in a call, for
 * all calls that wait at that time, so that one that stays refused ends the call. The reserve of the org's daily calls is
 * left alone: before the first call it asks how many are used, unless another session of this process knows it.
 */
export class SalesforceOrg {
  readonly #closing = new AbortController();
  #login: Promise<Login> | undefined;
  /** What `#login` has come to. */
  #current: Login | undefined;
  /** How many calls are used is being asked. */
  #asking: Promise<void> | undefined;
  #answered: Date | undefined;

  constructor(
    private readonly options: SalesforceOptions,
    private readonly clock: Clock,
    /** The org that the records of the connection are of, where it is known. */
    private readonly expected?: string,
  ) {}

  /** The id of the org that is logged in to. */
  async id(signal: AbortSignal): Promise<string> {
    return (await this.#session(signal)).org;
  }

  /** When Salesforce gave its last answer, by its clock, which stamps the records; undefined where it does not say. */
  get answered(): Date | undefined {
    return this.#answered;
  }

  /**
   * Lets `work` make one request on a connection of its own, and gives what it answers; throws RetryableError or
   * FatalError, or the reason of the signal. Nothing leaves while only the reserve of the daily calls is left.
   */
  async call<T>(signal: AbortSignal, work: (connection: Connection) => PromiseLike<T>): Promise<T> {
    const login = await this.#session(signal);
    if (!this.#budgetOf(login).isKnown) {
      this.#asking ??= this.#ask(usageOf(login)).finally(() => (this.#asking = undefined));
      await orAborted(this.#asking, signal);
    }
    this.#budgetOf(login).demand();
    return this.#request(signal, work);
  }

  /** How many calls are used, as far as it is known. */
  async budget(signal: AbortSignal): Promise<ApiBudget> {
    return this.#budgetOf(await this.#session(signal));
  }

  /** Breaks off whatever is under way. */
  close(): void {
    this.#closing.abort(new Error('The connection to Salesforce was closed.'));
  }

  #budgetOf(login: Login): ApiBudget {
    return new ApiBudget(usageOf(login), this.options.reserve, this.clock.now());
  }

  /**
   * Lets Salesforce say how many calls are used, which the answer's own header tells too; goes on without where it does
   * not say it.
   */
  async #ask(usage: ApiUsage): Promise<void> {
    const before = usage.count;
    try {
      const answer = await this.#request(this.#closing.signal, (connection) => connection.request('/limits'));
      if (usage.count === before && !usage.readLimits(answer, this.clock.now())) {
        throw junk('the limits of the org are no numbers');
      }
    } catch (error) {
      if (!isDenied(error)) throw error;
      if (usage.count === before) usage.hide(this.clock.now());
    }
  }

  async #request<T>(signal: AbortSignal, work: (connection: Connection) => PromiseLike<T>): Promise<T> {
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

  /** A login to another org stays refused, without another one, as long as the session is open. */
  async #begin(): Promise<Login> {
    const login = await this.#logIn();
    if (this.expected !== undefined && login.org !== this.expected) throw otherOrg(this.expected, login.org);
    this.#current = login;
    return login;
  }

  async #logIn(): Promise<Login> {
    const { auth, loginUrl } = this.options;
    try {
      return await logIn(this.options, this.clock, this.#guard(this.#closing.signal));
    } catch (error) {
      this.#login = undefined;
      throw translateLogin(error, auth.kind, new URL(loginUrl).host, this.clock.now());
    }
  }

  #connect(login: Login, signal: AbortSignal): Connection {
    const { origin, token } = login;
    const connection = new Connection({ instanceUrl: origin, accessToken: token, version: this.options.apiVersion });
    const either = AbortSignal.any([signal, this.#closing.signal]);
    connection._transport = new GuardedTransport({
      ...this.#guard(either, login),
      origin,
    });
    return connection;
  }

  #guard(signal: AbortSignal, login?: Login): Omit<Guard, 'origin'> {
    const onHeaders = (headers: Headers): void => {
      const limits = headers.get('sforce-limit-info');
      if (login !== undefined && limits !== null) usageOf(login).readHeader(limits, this.clock.now());
      const answered = new Date(headers.get('date') ?? '');
      if (!Number.isNaN(answered.getTime())) this.#answered = answered;
    };
    return { signal, timeout: this.options.timeout, onHeaders };
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

/** Not every user that may read records may ask for the limits ("View Setup and Configuration"). */
function isDenied(error: unknown): boolean {
  const cause = error instanceof FatalError ? error.cause : undefined;
  return cause instanceof VendorRefusal && [403, 404].includes(cause.status);
}

/** Rejects with the signal's reason as soon as it aborts, and leaves the promise to those who still wait for it. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function otherOrg(before: string, now: string): FatalError {
  return new FatalError({
    code: 'other_org',
    message: `The connection now logs in to the Salesforce org ${now}, but what it has read so far came from the org ${before}.`,
    fix: 'If this is a mix-up of production and sandbox, correct options.loginUrl and options.auth. If the org is meant to be another one, give the connection a new id in the config, so that it begins anew.',
  });
}
