import { type CloudTalkClient, type RateBudget } from '@cloudtalk-sync/cloudtalk';
import { RetryableError } from '@cloudtalk-sync/errors';
import type { NewOperation, Store } from '@cloudtalk-sync/store';
import type { World } from '../world.js';

/** Reads of an account that cost an operation each. */
export type ReadKind = 'show' | 'search' | 'directory' | 'agents' | 'attributes' | 'countries' | 'check';

/** How often a read is made, one failure after the other, before CloudTalk counts as out of reach. */
const TRIES = 4;
/** The pause after the first failure of a read, in milliseconds; it doubles. What is throttled waits for the budget. */
const FIRST_PAUSE = 250;

/**
 * The account's operations: every request to CloudTalk passes here, waits for the budget, and is noted in the database
 * before it leaves, so that a restart knows what was spent.
 */
export class Operations {
  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly client: CloudTalkClient,
    private readonly budget: RateBudget,
    /** Told whenever CloudTalk has answered a request as it should. */
    private readonly onAnswer: () => void,
  ) {}

  /** Waits until a request may leave; `commands` is how many a bulk request carries. */
  async allowed(signal: AbortSignal, commands = 1): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const wait = this.budget.waitFor(this.world.clock.now(), commands);
      if (wait <= 0) return;
      await this.world.clock.wait(wait, signal);
    }
  }

  /** Notes a request in `store`, which may be a transaction; it leaves when that is committed. */
  async spend(store: Store, operation: Omit<NewOperation, 'accountId' | 'at' | 'cost'>): Promise<number> {
    const at = this.world.clock.now();
    const cost = this.budget.spend(at, operation.commands);
    return store.accounts.spend({ ...operation, accountId: this.accountId, at, cost });
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
        const answer = await call(this.client);
        this.onAnswer();
        return answer;
      } catch (error) {
        await this.refundIfUnsent(error, operation);
        if (!(error instanceof RetryableError) || attempt === TRIES) throw error;
        if (!this.noteThrottling(error)) await this.world.clock.wait(FIRST_PAUSE * 2 ** (attempt - 1), signal);
      }
    }
  }

  /** Sends a batch that is committed already. Throws what the client throws. */
  async send(...args: Parameters<CloudTalkClient['bulk']>): ReturnType<CloudTalkClient['bulk']> {
    const result = await this.client.bulk(...args);
    if (result.kind !== 'in doubt') this.onAnswer();
    return result;
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

  /** True when the error is a 429, which the budget then heeds. */
  noteThrottling(error: unknown): boolean {
    if (!(error instanceof RetryableError) || error.code !== 'rate_limited') return false;
    this.budget.throttled(error.retryAt, this.world.clock.now());
    return true;
  }
}
