/** The window of CloudTalk's rate limit, in ms (API reference 1.7: operations per minute). */
const WINDOW = 60_000;

/** A fixed window: it opens with its first operation and lasts `length` ms, however full it is. */
export class RateWindow {
  /** How many operations it grants; may change while it is open. */
  limit: number;
  readonly #now: () => Date;
  readonly #length: number;
  #openedAt = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: number, now: () => Date, length = WINDOW) {
    this.limit = limit;
    this.#now = now;
    this.#length = length;
  }

  /** Takes that many operations if there are any left; the last request of a window may cost more than was left. */
  take(operations: number): boolean {
    this.#roll();
    if (this.#used >= this.limit) return false;
    this.#used = Math.min(this.limit, this.#used + operations);
    return true;
  }

  /** Uses it up but for so many operations, as another tool of the company would. */
  useUp(leaving: number): void {
    this.#roll();
    this.#used = Math.max(this.#used, this.limit - leaving);
  }

  headers(): Readonly<Record<string, string>> {
    const now = this.#now().getTime();
    const open = now - this.#openedAt < this.#length;
    const reset = (open ? this.#openedAt : now) + this.#length;
    return {
      'X-CloudTalkAPI-Limit': String(this.limit),
      'X-CloudTalkAPI-Remaining': String(open ? Math.max(0, this.limit - this.#used) : this.limit),
      'X-CloudTalkAPI-ResetTime': String(Math.ceil(reset / 1000)),
    };
  }

  #roll(): void {
    const now = this.#now().getTime();
    if (now - this.#openedAt < this.#length) return;
    this.#openedAt = now;
    this.#used = 0;
  }
}
