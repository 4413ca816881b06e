import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../libs/connector-kit/src/index.js';

/**
 * Time that passes quickly: the time of this process is replaced, so that whatever asks for it, engine, client or
 * sandbox, lives at the same hour. Timers and deadlines of the machine itself stay as they are.
 */
export class FastTime implements Clock {
  readonly #machine = Date;
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

  /** From now on this process asks the fast time; it passes as the machine's does until it is made to hurry. */
  static install(): FastTime {
    return new FastTime();
  }

  readonly now = (): Date => new Date();
  readonly wait: Clock['wait'] = (milliseconds, signal) =>
    sleep(milliseconds / this.#pace, undefined, signal ? { signal } : {});

  /** Time passes `pace` times as fast as the machine's. */
  hurry(pace: number): void {
    this.skip(0);
    this.#pace = pace;
  }

  /** Lets that many milliseconds pass at once, as at night when nobody works. */
  skip(milliseconds: number): void {
    this.#then = this.#time() + milliseconds;
    this.#since = this.#machine.now();
  }

  #time(): number {
    return Math.floor(this.#then + (this.#machine.now() - this.#since) * this.#pace);
  }
}
