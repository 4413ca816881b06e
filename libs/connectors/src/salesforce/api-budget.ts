import { RetryableError } from '@cloudtalk-sync/errors';
import type { ApiUsage } from './api-usage.js';

/**
 * How long to wait when the calls of the day are used up; ms. Salesforce counts the last 24 hours, so that some come
 * free every hour.
 */
export const BUDGET_PAUSE = 3_600_000;
/** How long a count is relied on, with other tools making calls meanwhile; ms. Every answer of Salesforce brings a new one. */
const RELIABLE = 600_000;

/** The org's daily API calls, less the share of them that is left to others, at one moment. */
export class ApiBudget {
  /** Calls that the org as a whole has used. */
  readonly used: number;
  /** Calls that may be used in 24 hours before we stop. */
  readonly ours: number;
  readonly #limit: number;
  /** Milliseconds since Salesforce counted. */
  readonly #age: number;

  constructor(
    usage: ApiUsage,
    reserve: number,
    private readonly now: Date,
  ) {
    const { at, limit, used } = usage.count;
    this.used = used;
    this.#limit = limit;
    this.ours = Math.floor(limit * (1 - reserve));
    this.#age = Math.abs(now.getTime() - at);
  }

  /** False when Salesforce should be asked before anything else is: nothing is known, or what is known is old. */
  get isKnown(): boolean {
    return this.#age < (this.#isOver ? BUDGET_PAUSE : RELIABLE);
  }

  /** Throws RetryableError, with the time to try again, while only the reserve is left. */
  demand(): void {
    if (!this.#isOver) return;
    const left = `${this.used} of the ${this.#limit} API calls that the Salesforce org has in 24 hours are used`;
    throw new RetryableError(
      {
        code: 'api_budget_used_up',
        message: `${left}; the rest is left to other tools (options.reserve).`,
        fix: 'It goes on by itself when calls come free. If that is often so, look in Setup > Company Information at which tool uses them, or lower options.reserve.',
      },
      { retryAt: new Date(this.now.getTime() - this.#age + BUDGET_PAUSE) },
    );
  }

  get #isOver(): boolean {
    return this.used >= this.ours;
  }
}
