/** The window of CloudTalk's rate limit, in ms (API reference 1.7: operations per minute). */
const WINDOW = 60_000;

/** A fixed window: it opens with its first operation and lasts 60 s, however full it is. */
export class RateWindow {
  readonly #limit: number;
  readonly #now: () => Date;
  #openedAt = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: number, now: () => Date) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Takes that many operations if there are any left; the last request of a window may cost more than was left. */
  take(operations: number): boolean {
    this.#roll();
    if (this.#used >= this.#limit) return false;
    this.#used = Math.min(this.#limit, this.#used + operations);
    return true;
  }

  /** Uses up the window, as another tool of the company would. */
  exhaust(): void {
    this.#roll();
    this.#used = this.#limit;
  }

  headers(): Readonly<Record<string, string>> {
    const now = this.#now().getTime();
    const open = now - this.#openedAt < WINDOW;
    const reset = (open ? this.#openedAt : now) + WINDOW;
    return {
      'X-CloudTalkAPI-Limit': String(this.#limit),
      'X-CloudTalkAPI-Remaining': String(open ? this.#limit - this.#used : this.#limit),
      'X-CloudTalkAPI-ResetTime': String(Math.ceil(reset / 1000)),
    };
  }

  #roll(): void {
    const now = this.#now().getTime();
    if (now - this.#openedAt < WINDOW) return;
    this.#openedAt = now;
    this.#used = 0;
  }
}
