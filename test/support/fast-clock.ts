import { type Clock, systemClock } from '@cloudtalk-sync/connector-kit';

/** A clock that runs many times as fast as the machine's, so that a quarter of an hour passes in a test. */
export class FastClock implements Clock {
  readonly #begun = Date.now();

  constructor(private readonly speed = 100) {}

  readonly now = (): Date => new Date(this.#begun + (Date.now() - this.#begun) * this.speed);
  readonly wait: Clock['wait'] = (milliseconds, signal) => systemClock.wait(milliseconds / this.speed, signal);
}
