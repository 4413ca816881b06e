import { RetryableError } from '@cloudtalk-sync/errors';
import type { Clock } from '@cloudtalk-sync/connector-kit';

/** How long to wait when the calls of the day are used up; ms. Salesforce counts the last 24 hours, so that some come free every hour. */
export const BUDGET_PAUSE = 3_600_000;

/** The org's daily API calls, as the last answer counted them, less the share that is left to others. */
export class ApiBudget {
  #used = 0;
  #limit = Infinity;
  #closedUntil: Date | undefined;

  constructor(
    private readonly reserve: number,
    private readonly clock: Clock,
  ) {}

  /** Reads a `Sforce-Limit-Info` header, such as `api-usage=18/15000`. */
  note(header: string): void {
    const [, used, limit] = /(?:^|[\s;,])api-usage=(\d+)\/(\d+)/.exec(header) ?? [];
    if (used === undefined || limit === undefined || Number(limit) === 0) return;
    this.#used = Number(used);
    this.#limit = Number(limit);
    const isOver = this.#used > this.ours;
    this.#closedUntil = isOver ? new Date(this.clock.now().getTime() + BUDGET_PAUSE) : undefined;
  }

  /** Calls that may be used in 24 hours before we stop. */
  get ours(): number {
    return Math.floor(this.#limit * (1 - this.reserve));
  }

  /** Calls that the org as a whole has used. */
  get used(): number {
    return this.#used;
  }

  /** Throws RetryableError, with the time to try again, while only the reserve is left. */
  demand(): void {
    if (this.#closedUntil === undefined || this.#closedUntil <= this.clock.now()) return;
    const left = `${this.#used} of the ${this.#limit} API calls that the Salesforce org has in 24 hours are used`;
    throw new RetryableError(
      {
        code: 'api_budget_used_up',
        message: `${left}; the rest is left to other tools (options.reserve).`,
        fix: 'It goes on by itself when calls come free. If that is often so, look in Setup > Company Information at which tool uses them, or lower options.reserve.',
      },
      { retryAt: this.#closedUntil },
    );
  }
}
