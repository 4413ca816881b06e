import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@cloudtalk-sync/connector-kit';

/** So many turns of the event loop without any work mean that there is none: a request on loopback needs fewer. */
const QUIET_TURNS = 40;

interface Wait {
  readonly until: number;
  readonly end: () => void;
}

/**
 * The time of the year: it stands still while somebody works, and jumps to the next thing that somebody waits for when
 * nobody does. Whatever asks for it, engine and stand-ins, lives at the same hour.
 */
export class SimulatedTime {
  #now: number;
  readonly #waits = new Set<Wait>();

  constructor(
    start: number,
    /** Whether requests or queries are on their way. */
    private readonly isBusy: () => boolean,
  ) {
    this.#now = start;
  }

  readonly now = (): Date => new Date(this.#now);

  /** A clock for one life of the engine; what still waits when `isOver` waits for ever. */
  clock(isOver: () => boolean): Clock {
    return { now: this.now, wait: (milliseconds, signal) => this.#wait(milliseconds, isOver, signal) };
  }

  /** Lets time pass as for a machine that sleeps: nobody wakes up before somebody lets the time move on. */
  sleepUntil(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  /** Lets time pass; whoever waited for it wakes up. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const wait of [...this.#waits]) if (wait.until <= this.#now) wait.end();
  }

  /**
   * Lets time move on, from one thing that somebody waits for to the next, until `isDone` or `limit`; says whether it is
   * done. `stride`: by so much at least.
   */
  async moveUntil(isDone: () => Promise<boolean>, limit: number, stride = 0): Promise<boolean> {
    for (;;) {
      await this.#quiet();
      if (await isDone()) return true;
      if (this.#now >= limit) return false;
      const next = Math.min(...[...this.#waits].map(({ until }) => until));
      this.pass(Math.min(limit, Math.max(this.#now + stride, next)) - this.#now);
    }
  }

  /** Without sleeping, since a machine takes longer to wake up than a query takes. */
  async #quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      await nextTurn();
      if (this.isBusy()) turns = 0;
    }
  }

  #wait(milliseconds: number, isOver: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const leave = (): void => {
        this.#waits.delete(wait);
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      const end = (): void => {
        if (isOver()) return;
        leave();
        resolve();
      };
      const wait: Wait = { until: this.#now + milliseconds, end };
      signal?.addEventListener('abort', abort, { once: true });
      if (milliseconds > 0) this.#waits.add(wait);
      else end();
    });
  }
}
