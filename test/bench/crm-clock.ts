import { type Clock, systemClock } from '../../libs/connector-kit/src/index.js';

/** How many times as fast as the machine's these clocks run, so that nobody waits minutes for a limit of HubSpot. */
export const PACE = 20;

/**
 * A clock that runs at `PACE`. Two processes with one each agree on how long something takes, so that limits that one of
 * them keeps hold in the other; they need not agree on the hour.
 */
export class PacedClock implements Clock {
  #then = Date.parse('2026-11-22T02:00:00Z');
  #since = performance.now();
  #stands = false;

  readonly now = (): Date => {
    const passed = this.#stands ? 0 : (performance.now() - this.#since) * PACE;
    return new Date(this.#then + passed);
  };

  readonly wait: Clock['wait'] = (milliseconds, signal) => systemClock.wait(milliseconds / PACE, signal);

  /** Stands still at a time until it is told to go on. */
  standAt(time: number): void {
    this.#then = time;
    this.#stands = true;
  }

  /** Goes on, so many milliseconds later. */
  goOn(later: number): void {
    this.#then = this.now().getTime() + later;
    this.#since = performance.now();
    this.#stands = false;
  }
}
