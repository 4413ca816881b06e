import { type CloudTalkClient, type RateBudget } from '@cloudtalk-sync/cloudtalk';
import { RetryableError } from '@cloudtalk-sync/errors';
import type { NewOperation, Store } from '@cloudtalk-sync/store';
import type { World } from '../world.js';

/** Reads of an account that cost an operation each. */
export type ReadKind = 'show' | 'search' | 'directory' | 'agents' | 'attributes' | 'countries' | 'check';

/** How often a read is made again when CloudTalk throttles it, before that counts as out of reach. */
const THROTTLED_TRIES = 5;

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
  async spend(store: Store, operation: Omit<NewOperation, 'accountId' | 'at' | 'cost'>): Promise<void> {
    const at = this.world.clock.now();
    const cost = this.budget.spend(at, operation.commands);
    await store.accounts.spend({ ...operation, accountId: this.accountId, at, cost });
  }

  /** Makes one read, as often as throttling asks for. Throws what the client throws. */
  async read<T>(
    kind: ReadKind,
    runId: string | null,
    call: (client: CloudTalkClient) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      await this.allowed(signal);
      await this.spend(this.world.store, { runId, kind });
      try {
        return await call(this.client);
      } catch (error) {
        if (!this.noteThrottling(error) || attempt === THROTTLED_TRIES) throw error;
      }
    }
  }

  /** Sends a batch that is committed already. Throws what the client throws. */
  send(...args: Parameters<CloudTalkClient['bulk']>): ReturnType<CloudTalkClient['bulk']> {
    return this.client.bulk(...args);
  }

  /** True when the error is a 429, which the budget then heeds. */
  noteThrottling(error: unknown): boolean {
    if (!(error instanceof RetryableError) || error.code !== 'rate_limited') return false;
    this.budget.throttled(error.retryAt, this.world.clock.now());
    return true;
  }
}
