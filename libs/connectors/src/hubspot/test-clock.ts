import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@cloudtalk-sync/connector-kit';

/** A clock for tests that stands still, except that a wait moves it on at once by the time waited for. */
export class TestClock implements Clock {
  /** How long was waited for in all, in ms. */
  waited = 0;
  #time: number;

  constructor(start = '2026-11-22T02:00:00.000Z') {
    this.#time = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.#time);

  pass(milliseconds: number): void {
    this.#time += milliseconds;
  }

  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#time += milliseconds;
    this.waited += milliseconds;
    await turn();
  }
}
