import type { Clock } from '@cloudtalk-sync/connector-kit';

/** A clock that runs as the machine's does and can be put to another time; what waits for one that has come wakes up. */
export class WakingClock implements Clock {
  #ahead: number;
  readonly #waiting = new Set<() => void>();
  /** The longest wait that was asked for; milliseconds. */
  longestWait = 0;

  constructor(time: string) {
    this.#ahead = Date.parse(time) - Date.now();
  }

  readonly now = (): Date => new Date(Date.now() + this.#ahead);

  /** How many wait at the moment. */
  get waiting(): number {
    return this.#waiting.size;
  }

  putTo(time: string): void {
    this.#ahead = Date.parse(time) - Date.now();
    for (const look of [...this.#waiting]) look();
  }

  readonly wait: Clock['wait'] = (milliseconds, signal) => {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (milliseconds <= 0) return Promise.resolve();
    this.longestWait = Math.max(this.longestWait, milliseconds);
    const until = this.now().getTime() + milliseconds;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiting.delete(look);
      };
      const wake = (): void => {
        end();
        resolve();
      };
      const look = (): void => {
        if (this.now().getTime() >= until) wake();
      };
      const abort = (): void => {
        end();
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(wake, milliseconds);
      signal?.addEventListener('abort', abort);
      this.#waiting.add(look);
    });
  };
}
