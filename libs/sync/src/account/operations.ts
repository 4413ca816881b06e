import { type BulkResult, type CloudTalkClient, MAX_COMMANDS, RateBudget } from '@cloudtalk-sync/cloudtalk';
import { reasonOf, RetryableError } from '@cloudtalk-sync/errors';
import type { NewOperation, Store } from '@cloudtalk-sync/store';
import type { World } from '../world.js';

/** Reads of an account that cost an operation each. */
export type ReadKind = 'show' | 'search' | 'directory' | 'agents' | 'attributes' | 'countries' | 'check';

/** How often a read is made, one failure after the other, before CloudTalk counts as out of reach. */
const TRIES = 4;
/** The pause after the first failure of a read, in milliseconds; it doubles. What is throttled waits for the budget. */
const FIRST_PAUSE = 250;
/** How long what other processes have noted is believed, in milliseconds, before it is looked at again. */
const LOOK_AGAIN = 1_000;

/**
 * The account's operations: every request to CloudTalk passes here, waits for the budget, and is noted in the database
 * before it leaves, so that a restart and every other process know what was spent, and what CloudTalk said of its limit.
 */
export class Operations {
  #recalledAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly client: CloudTalkClient,
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

  /** Waits until a request may leave; `commands` is how many a bulk request carries. */
  async allowed(signal: AbortSignal, commands = 1): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (Math.abs(this.world.clock.now().getTime() - this.#recalledAt) >= LOOK_AGAIN) await this.recall();
      const wait = this.budget.waitFor(this.world.clock.now(), commands);
      if (wait <= 0) return;
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

  /** Notes a request in `store`, which may be a transaction; it leaves when that is committed. */
  async spend(store: Store, operation: Omit<NewOperation, 'accountId' | 'at' | 'cost' | 'learned'>): Promise<number> {
    const at = this.world.clock.now();
    const cost = this.budget.spend(at, operation.commands);
    const learned = this.budget.news();
    const noted = { ...operation, accountId: this.accountId, at, cost, ...(learned && { learned }) };
    const id = await store.accounts.spend(noted);
    if (learned) this.budget.kept(learned);
    return id;
  }

  /** Makes one read, and makes it again when CloudTalk only stumbles. Throws what the client throws. */
  async read<T>(
    kind: ReadKind,
    runId: string | null,
    call: (client: CloudTalkClient) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      await this.allowed(signal);
      const operation = await this.spend(this.world.store, { runId, kind });
      try {
        const answer = await this.ask(call);
        this.onAnswer();
        return answer;
      } catch (error) {
        await this.refundIfUnsent(error, operation);
        if (!(error instanceof RetryableError) || attempt === TRIES) throw error;
        if (!isThrottling(error)) await this.world.clock.wait(FIRST_PAUSE * 2 ** (attempt - 1), signal);
      }
    }
  }

  /** Sends a batch that is committed already. Throws what the client throws. */
  async send(...args: Parameters<CloudTalkClient['bulk']>): Promise<BulkResult> {
    const result = await this.ask(async (client) => {
      const answered = await client.bulk(...args);
      if (hasThrottling(answered)) this.noteThrottled();
      return answered;
    });
    if (result.kind !== 'in doubt') this.onAnswer();
    return result;
  }

  /** Makes a request, and keeps what its answer says of the budget before anything else comes of it. */
  private async ask<T>(call: (client: CloudTalkClient) => Promise<T>): Promise<T> {
    try {
      return await call(this.client);
    } catch (error) {
      this.noteThrottling(error);
      throw error;
    } finally {
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
  async refundIfUnsent(error: unknown, operation: number): Promise<void> {
    if (!(error instanceof RetryableError) || error.code !== 'unreachable') return;
    this.budget.refund();
    await this.world.store.accounts.refund(operation);
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

function isThrottling(error: unknown): error is RetryableError {
  return error instanceof RetryableError && error.code === 'rate_limited';
}

function hasThrottling(result: BulkResult): boolean {
  return result.kind === 'answered' && [...result.answers.values()].some(({ kind }) => kind === 'throttled');
}
