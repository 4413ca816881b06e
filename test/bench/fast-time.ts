import type { Clock } from '../../libs/connector-kit/src/index.js';

/** How many times as fast time passes while somebody waits for long. */
const PACE = 100;
/** The engine waits so long only for its budget, its lease is renewed more often; milliseconds. */
const LONG = 15_000;

interface Wait {
  readonly until: number;
  readonly isLong: boolean;
  readonly end: () => void;
}

/**
 * Time that passes quickly while the engine waits for its budget and as on the machine while it works, so that the budget
 * is measured and not the machine. The time of this process is replaced: whatever asks for it, engine, client or sandbox,
 * lives at the same hour. Deadlines of the machine itself stay as they are.
 */
export class FastTime implements Clock {
  readonly #machine = Date;
  readonly #waits = new Set<Wait>();
  #timer: NodeJS.Timeout | undefined;
  #pace = 1;
  #since = this.#machine.now();
  #then = this.#since;

  private constructor() {
    globalThis.Date = new Proxy(this.#machine, {
      construct: (target, values: unknown[], made) =>
        Reflect.construct(target, values.length === 0 ? [this.#time()] : values, made) as Date,
      get: (target, key, receiver) =>
        key === 'now' ? () => this.#time() : (Reflect.get(target, key, receiver) as unknown),
    });
  }

  /** From now on this process asks the fast time. */
  static install(): FastTime {
    return new FastTime();
  }

  readonly now = (): Date => new Date();

  readonly wait: Clock['wait'] = (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const finish = (settle: () => void): void => {
        signal?.removeEventListener('abort', abort);
        this.#waits.delete(wait);
        settle();
      };
      const wait: Wait = {
        until: this.#time() + milliseconds,
        isLong: milliseconds >= LONG,
        end: () => finish(resolve),
      };
      const abort = (): void => {
        finish(() => reject(signal?.reason as Error));
        this.#adjust();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waits.add(wait);
      this.#adjust();
    });

  /** Lets that many milliseconds pass at once, as at night when nobody works. */
  skip(milliseconds: number): void {
    this.#begin(this.#time() + milliseconds);
    this.#adjust();
  }

  #time(): number {
    return Math.floor(this.#then + (this.#machine.now() - this.#since) * this.#pace);
  }

  #begin(then: number): void {
    this.#then = then;
    this.#since = this.#machine.now();
  }

  /** Ends the waits that are over, and sets the pace and the timer for those that are not. */
  #adjust(): void {
    clearTimeout(this.#timer);
    for (const wait of [...this.#waits].filter(({ until }) => until <= this.#time())) wait.end();
    this.#begin(this.#time());
    this.#pace = [...this.#waits].some(({ isLong }) => isLong) ? PACE : 1;
    if (this.#waits.size === 0) return;
    const next = Math.min(...[...this.#waits].map(({ until }) => until));
    this.#timer = setTimeout(() => this.#adjust(), Math.ceil((next - this.#time()) / this.#pace));
  }
}
