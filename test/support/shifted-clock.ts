import { type Clock, systemClock } from '@cloudtalk-sync/connector-kit';

/** The machine's clock, put forward by a test; what waits, waits in real time. */
export class ShiftedClock implements Clock {
  #ahead = 0;

  readonly now = (): Date => new Date(Date.now() + this.#ahead);
  readonly wait: Clock['wait'] = (milliseconds, signal) => systemClock.wait(milliseconds, signal);

  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
  }
}
