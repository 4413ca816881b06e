import type { RateReading } from './rate-reading.js';

/** So many requests in a row must have cost their number of commands before it is believed. */
const ENOUGH_EVIDENCE = 3;
/** Two ResetTimes this close, in ms, are the same window (they come in whole seconds). */
const SAME_WINDOW = 2_000;

/**
 * Finds out from `Remaining` whether a bulk request costs one operation or one for each command. Other tools only ever
 * make `Remaining` fall faster, so that one fall below the number of commands proves the cheap price, while the dear one
 * is believed after several falls by exactly that number, without exception.
 */
export class BulkCost {
  #perCommand = false;
  #evidence = 0;
  #before: RateReading | undefined;
  #sentSince: number[] = [];

  /** What a request of that many commands is taken to cost. */
  of(commands: number): number {
    return this.#perCommand ? Math.max(1, commands) : 1;
  }

  sent(commands: number): void {
    this.#sentSince.push(commands);
  }

  /** The last request never left. */
  unsent(): void {
    this.#sentSince.pop();
  }

  answered(rate: RateReading): void {
    const [commands, ...more] = this.#sentSince;
    const fall = fallBetween(this.#before, rate);
    if (fall !== undefined && commands !== undefined && commands > 1 && more.length === 0) this.#judge(fall, commands);
    this.#before = rate;
    this.#sentSince = [];
  }

  /** A fall by more than the number of commands was also someone else's, and says nothing. */
  #judge(fall: number, commands: number): void {
    if (fall > commands) return;
    this.#evidence = fall < commands ? 0 : this.#evidence + 1;
    this.#perCommand = this.#evidence >= ENOUGH_EVIDENCE;
  }
}

/** By how much `Remaining` fell inside one window; undefined when that cannot be told. */
function fallBetween(before: RateReading | undefined, after: RateReading): number | undefined {
  if (before?.remaining === undefined || after.remaining === undefined) return undefined;
  if (before.resetAt === undefined || after.resetAt === undefined) return undefined;
  if (Math.abs(before.resetAt.getTime() - after.resetAt.getTime()) >= SAME_WINDOW) return undefined;
  const fall = before.remaining - after.remaining;
  return fall > 0 ? fall : undefined;
}
