import {
  type BulkResult,
  type CloudTalkClient,
  type Command,
  MAX_COMMANDS,
  type Place,
  RateBudget,
  type RateReading,
} from '@cloudtalk-sync/cloudtalk';
import { reasonOf, RetryableError } from '@cloudtalk-sync/errors';
import type { NewOperation, Store } from '@cloudtalk-sync/store';
import type { World } from '../world.js';
import { hasThrottling, isThrottling } from './throttling.js';

/** Reads of an account that cost an operation each. */
export type ReadKind = 'show' | 'search' | 'directory' | 'agents' | 'attributes' | 'countries' | 'check';

/** How often a read is made, one failure after the other, before CloudTalk counts as out of reach. */
const TRIES = 4;
/** The pause after the first failure of a read, in milliseconds; it doubles. What is throttled waits for the budget. */
const FIRST_PAUSE = 250;
/** How long what other processes have noted is believed, in milliseconds, before it is looked at again. */
const LOOK_AGAIN = 1_000;

/** A client for one request, which tells what the answer says of the limit. */
export type Connect = (onRate: (rate: RateReading) => void) => CloudTalkClient;

/** What a request is for. */
export type NewRequest = Omit<NewOperation, 'accountId' | 'at' | 'cost' | 'learned'>;

/** A request that is noted and has not left yet. */
export interface NotedRequest {
  readonly place: Place;
  /** The id of its operation in the database. */
  readonly operation: number;
}

/**
 * The account's operations: every request to CloudTalk passes here, waits for the budget, and is noted in the database
 * before it leaves, so that a restart and every other process know what was spent, and what CloudTalk said of its limit.
 */
export class Operations {
  #recalledAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly connect: Connect,
    private readonly budget: RateBudget,
    /** Told whenever CloudTalk has answered a request as it should. */
    private readonly onAnswer: () => void,
  ) {}

  /** Takes in what any process has noted of the account's operations. */
  async recall(): Promise<void> {
    const now = this.world.clock.now();
    const since = new Date(now.getTime() - RateBudget.SPENDING_COUNTS_FOR);
    const { rate, spent } = await this.world.store.accounts.budget(this.accountId, since);
    this.budget.recall(rate, spent, now);
    this.#recalledAt = now.getTime();
  }

  /**
   * Waits until a request may leave, and takes its place in the budget, which nobody else gets from then on; it is to be
   * spent or given back. `commands` is how many a bulk request carries.
   */
  async allowed(signal: AbortSignal, commands = 1): Promise<Place> {
    for (;;) {
      signal.throwIfAborted();
      if (Math.abs(this.world.clock.now().getTime() - this.#recalledAt) >= LOOK_AGAIN) await this.recall();
      const now = this.world.clock.now();
      const wait = this.budget.waitFor(now, commands);
      if (wait <= 0) return this.budget.spend(now, commands);
      await this.world.clock.wait(wait, signal);
    }
  }

  /** How many commands the next bulk request should carry: ten, or fewer where more would have to wait for longer. */
  room(): number {
    return this.budget.room(this.world.clock.now(), MAX_COMMANDS);
  }

  /** What so many commands cost in full batches, in operations, by what is known of the price. */
  costOf(commands: number): number {
    const rest = commands % MAX_COMMANDS;
    const full = ((commands - rest) / MAX_COMMANDS) * this.budget.costOf(MAX_COMMANDS);
    return full + (rest > 0 ? this.budget.costOf(rest) : 0);
  }

  /** Operations a minute that are ours. */
  perMinute(): number {
    return this.budget.allowance(this.world.clock.now());
  }

  /** Notes a request in `store`, which may be a transaction; when that is committed, `leave` says whether it may be sent. */
  async spend(store: Store, place: Place, operation: NewRequest): Promise<NotedRequest> {
    const at = this.world.clock.now();
    const cost = this.budget.note(place, at);
    const learned = this.budget.news();
    const noted = { ...operation, accountId: this.accountId, at, cost, ...(learned && { learned }) };
    const id = await store.accounts.spend(noted);
    if (learned) this.budget.kept(learned);
    return { place, operation: id };
  }

  /** Lets a noted request leave now; false when an answer since forbids it: it is to be given back, not sent. */
  leave({ place }: NotedRequest): boolean {
    return this.budget.leave(place, this.world.clock.now());
  }

  /** Gives back what was not sent, so that it costs nothing. */
  async giveBack({ place, operation }: NotedRequest): Promise<void> {
    this.budget.refund(place);
    await this.world.store.accounts.refund(operation);
  }

  /** Makes one read, and makes it again when CloudTalk only stumbles. Throws what the client throws. */
  async read<T>(
    kind: ReadKind,
    runId: string | null,
    call: (client: CloudTalkClient) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const request = await this.leavingRead({ runId, kind }, signal);
      try {
        const answer = await this.ask(request.place, call);
        this.onAnswer();
        return answer;
      } catch (error) {
        await this.refundIfUnsent(error, request);
        if (!(error instanceof RetryableError) || attempt === TRIES) throw error;
        if (!isThrottling(error)) await this.world.clock.wait(FIRST_PAUSE * 2 ** (attempt - 1), signal);
      }
    }
  }

  /** Waits until a read is noted and nothing that was learned meanwhile forbids it. */
  private async leavingRead(operation: NewRequest, signal: AbortSignal): Promise<NotedRequest> {
    for (;;) {
      const place = await this.allowed(signal);
      const request = await this.orRelease(place, this.spend(this.world.store, place, operation));
      if (this.leave(request)) return request;
      await this.giveBack(request);
    }
  }

  /** What could not be noted is not sent. */
  async orRelease<T>(place: Place, noting: Promise<T>): Promise<T> {
    try {
      return await noting;
    } catch (error) {
      this.budget.refund(place);
      throw error;
    }
  }

  /** Sends a batch that is committed already and may leave. Throws what the client throws. */
  async send(place: Place, commands: readonly Command[]): Promise<BulkResult> {
    const result = await this.ask(place, async (client) => {
      const answered = await client.bulk(commands);
      if (hasThrottling(answered)) this.noteThrottled();
      return answered;
    });
    if (result.kind !== 'in doubt') this.onAnswer();
    return result;
  }

  /** Makes a request, and keeps what its answer says of the budget before anything else comes of it. */
  private async ask<T>(place: Place, call: (client: CloudTalkClient) => Promise<T>): Promise<T> {
    try {
      return await call(this.connect((rate) => this.budget.learn(rate, this.world.clock.now(), place)));
    } catch (error) {
      this.noteThrottling(error);
      throw error;
    } finally {
      this.budget.end(place);
      await this.keepPressing();
    }
  }

  /** Only what the next request would be too late for; the answer itself must never be lost over this. */
  private async keepPressing(): Promise<void> {
    const news = this.budget.isPressing ? this.budget.news() : undefined;
    if (news === undefined) return;
    try {
      await this.world.store.accounts.learn(this.accountId, news);
      this.budget.kept(news);
    } catch (error) {
      const facts = { account: this.accountId, reason: reasonOf(error) };
      this.world.log.warn(facts, 'what CloudTalk says of its limit could not be stored; the next request stores it');
    }
  }

  /** A connection that was never opened cost CloudTalk nothing, and shall not cost us anything. */
  async refundIfUnsent(error: unknown, request: NotedRequest): Promise<void> {
    if (error instanceof RetryableError && error.code === 'unreachable') await this.giveBack(request);
  }

  /** A command was throttled without a word on when to try again. */
  noteThrottled(): void {
    this.budget.throttled(undefined, this.world.clock.now());
  }

  /** True when the error is a 429, which the budget then heeds; noting one twice changes nothing. */
  noteThrottling(error: unknown): boolean {
    if (!isThrottling(error)) return false;
    this.budget.throttled(error.retryAt, this.world.clock.now());
    return true;
  }
}
