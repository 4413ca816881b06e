import type { Agent } from 'node:http';
import type { Clock } from '@cloudtalk-sync/connector-kit';
import { Client } from '@hubspot/api-client';
import type { z } from 'zod';
import { account } from './hubspot-answers.js';
import { otherPortal, translate } from './hubspot-errors.js';
import { JunkAnswer, LeftHost, RefusedAnswer } from './hubspot-failure.js';
import type { HubSpotOptions } from './hubspot-options.js';
import { inTime } from './in-time.js';
import { pinnedAgent } from './pinned-agent.js';
import { nextMidnight } from './portal-day.js';
import { limiterOf, PortalLimiter, type RequestSort, sharedLimiter } from './portal-limiter.js';
import { planAfter } from './retry-plan.js';

const HUBSPOT = 'https://api.hubapi.com';
/** The only path that the client has no method for. */
const ACCOUNT_PATH = '/account-info/v3/details';
/** So long after the deadline, in ms, the connection of a request that nobody waits for is broken. */
const FREED_AFTER = 1_000;

/** One request: what it is for, how it is made, and what its answer has to look like. */
export interface Ask<T> {
  /** In the words of a message: `the contacts`. */
  readonly what: string;
  readonly shape: z.ZodType<T>;
  readonly make: (client: Client, options: CallOptions) => Promise<unknown>;
  /** Default `request`. */
  readonly sort?: RequestSort;
  /** Whether it changes something, so that it is not repeated when its answer was lost; default false. */
  readonly writes?: boolean;
}

/**
 * What every call of the client takes as its last argument. The client (13.5.0) forgets the agent and the middleware that
 * it was made with: only those given with a call are used.
 */
export interface CallOptions {
  readonly middleware: {
    readonly pre: <C extends Departing>(request: C) => Promise<C>;
    readonly post: <C extends Arrived>(response: C) => Promise<C>;
  }[];
  readonly middlewareMergeStrategy: 'replace';
}

export interface PortalAccount {
  readonly portal: string;
  /** The time of HubSpot's clock, to the second, when it answered. */
  readonly now: Date;
}

/**
 * Makes requests within the limits of the portal, each with a deadline, repeats what may be repeated, and gives an answer
 * only when it has the right shape. Throws RetryableError or FatalError, and the signal's reason.
 */
export class PortalCaller {
  readonly #options: HubSpotOptions;
  readonly #clock: Clock;
  /** The portal that the records of the connection are of, where it is known. */
  readonly #expected: string | undefined;
  readonly #address: string;
  readonly #agent: Agent;
  readonly #client: Client;
  /** The portal's; until that is known one of this session, for the question whose portal it is. */
  #limiter: PortalLimiter;
  #isPortalKnown: boolean;
  #timeZone: string | undefined;

  constructor(options: HubSpotOptions, clock: Clock, expected?: string) {
    this.#options = options;
    this.#clock = clock;
    this.#expected = expected;
    this.#address = (options.basePath ?? HUBSPOT).replace(/\/+$/, '');
    this.#agent = pinnedAgent(this.#address, options.timeout);
    const limiter = limiterOf(this.#address, options.accessToken);
    this.#isPortalKnown = limiter !== undefined && expected === undefined;
    this.#limiter = limiter ?? new PortalLimiter();
    this.#client = new Client({
      accessToken: options.accessToken,
      basePath: this.#address,
      numberOfApiCallRetries: 0,
    });
  }

  /** Asks once or, after failures that may pass, several times; before all else whose portal it is, whose limits it shares. */
  async call<T>(ask: Ask<T>, signal: AbortSignal): Promise<T> {
    if (!this.#isPortalKnown) await this.account(signal);
    return this.#call(ask, signal);
  }

  /** Whose portal the token opens. Throws FatalError when it is another one than the connection's. */
  async account(signal: AbortSignal): Promise<PortalAccount> {
    let served = Number.NaN;
    const make = async (): Promise<unknown> => {
      const response = await this.#fetchAccount();
      served = Date.parse(response.headers.get('date') ?? '');
      return JSON.parse(await response.text());
    };
    const { portalId, timeZone } = await this.#call({ what: 'the account', shape: account, make }, signal);
    const portal = String(portalId);
    this.#timeZone = timeZone;
    this.#limiter = sharedLimiter(this.#address, this.#options.accessToken, portal, this.#limiter);
    if (this.#expected !== undefined && this.#expected !== portal) throw otherPortal(this.#expected, portal);
    this.#isPortalKnown = true;
    return { portal, now: Number.isNaN(served) ? this.#clock.now() : new Date(served) };
  }

  close(): void {
    this.#agent.destroy();
  }

  async #call<T>(ask: Ask<T>, signal: AbortSignal): Promise<T> {
    const { sort = 'request', writes = false } = ask;
    for (let attempts = 1; ; attempts += 1) {
      await this.#limiter.take(sort, this.#options, this.#clock, signal);
      const { answer, failure } = await this.#once(ask, signal);
      if (answer !== undefined) return answer;
      const plan = planAfter(failure, attempts, !writes);
      const until = new Date(this.#clock.now().getTime() + (plan.wait ?? 0));
      if (plan.next === 'give up') {
        throw translate(failure, {
          what: ask.what,
          retryAt: plan.wait === undefined ? this.#endOfLimit(failure) : until,
        });
      }
      if (plan.block) this.#limiter.block(sort, until);
      else await this.#clock.wait(plan.wait, signal);
    }
  }

  async #once<T>(ask: Ask<T>, signal: AbortSignal): Promise<{ readonly answer?: T; readonly failure?: unknown }> {
    try {
      const answer: unknown = await inTime(ask.make(this.#client, this.#callOptions()), this.#options.timeout, signal);
      const { success, data, error } = ask.shape.safeParse(answer);
      if (success) return { answer: data };
      const [issue] = error.issues;
      return { failure: new JunkAnswer(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'unknown'}`) };
    } catch (failure) {
      signal.throwIfAborted();
      return { failure: LeftHost.unhidden(failure) };
    }
  }

  /** By itself, since `apiRequest` of the client takes no agent and would carry the token behind a redirect. */
  async #fetchAccount(): Promise<Response> {
    const { accessToken, timeout } = this.#options;
    const response = await fetch(`${this.#address}${ACCOUNT_PATH}`, {
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout + FREED_AFTER),
    });
    const headers = Object.fromEntries(response.headers);
    this.#limiter.learn(headers, this.#clock.now());
    if (response.status < 300) return response;
    if (response.status < 400) throw new LeftHost(hostOf(headers['location'], this.#address));
    throw new RefusedAnswer(response.status, headers, await response.text());
  }

  #callOptions(): CallOptions {
    const pre = <C extends Departing>(request: C): Promise<C> => {
      request.setAgent(this.#agent);
      return Promise.resolve(request);
    };
    const post = <C extends Arrived>(response: C): Promise<C> => this.#received(response);
    return { middleware: [{ pre, post }], middlewareMergeStrategy: 'replace' };
  }

  /** Sees every answer before the client makes anything of it. */
  async #received<C extends Arrived>(response: C): Promise<C> {
    this.#limiter.learn(response.headers, this.#clock.now());
    if (response.httpStatusCode < 400) return response;
    throw new RefusedAnswer(response.httpStatusCode, response.headers, await response.body.text());
  }

  #endOfLimit(failure: unknown): Date | undefined {
    const isDaily = failure instanceof RefusedAnswer && failure.status === 429 && failure.policy === 'DAILY';
    return isDaily ? nextMidnight(this.#clock.now(), this.#timeZone) : undefined;
  }
}

/** What the client gives its middleware before and after a request. */
interface Departing {
  setAgent(agent: Agent): void;
}
interface Arrived {
  readonly httpStatusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { text(): Promise<string> };
}

function hostOf(location: string | undefined, base: string): string {
  return location !== undefined && URL.canParse(location, base) ? new URL(location, base).host : 'nowhere';
}
