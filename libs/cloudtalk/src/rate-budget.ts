import { BulkCost } from './bulk-cost.js';
import type { RateReading } from './rate-reading.js';

/** The window of CloudTalk's rate limit, in ms (API reference 1.7: operations per minute per company). */
const WINDOW = 60_000;
/**
 * How much later than the one before it an operation may arrive, in ms. Added to the window when the whole limit is
 * ours, since then one early arrival is a 429; 0.4 % of the budget.
 */
const ARRIVAL_SPREAD = 250;
/** No header may hold us up for less or for longer than this, in ms (operational-behaviours.md, section 4). */
const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 120_000;
/** The first wait, in ms, after a 429 that does not say when the window ends; doubled each time, up to the window. */
const FIRST_BLIND_WAIT = 5_000;
/** The most that is added to a wait after a 429, in ms, so that the company's tools do not all come back at once. */
const JITTER = 500;
/** A ResetTime comes in whole seconds and may be rounded up: so much later than the end of its window, in ms. */
const ROUNDING = 1_000;
/** Two ResetTimes this close, in ms, are the same window. */
const SAME_WINDOW = 2_000;

/** Operations that left. */
export interface Spending {
  readonly at: Date;
  readonly operations: number;
}

export interface BudgetOptions {
  /** What CloudTalk grants the company (60 unless agreed otherwise). */
  readonly operationsPerMinute: number;
  /** The part of it that is ours, above 0 and up to 1. */
  readonly share: number;
  /** What left before, of which the last minute counts; a Date is one operation. */
  readonly history: readonly (Date | Spending)[];
  /** Between 0 and 1; default Math.random. */
  readonly random?: () => number;
}

/**
 * How many operations may leave, and when. Promises that never more than the share, rounded down but at least one,
 * leaves in any 60 seconds, and that all of it may; follows CloudTalk's headers where they are stricter. It has no clock
 * and counts one request at a time: `waitFor`, `spend`, send, `learn`.
 */
export class RateBudget {
  readonly #options: BudgetOptions;
  readonly #cost = new BulkCost();
  #spent: Spent[];
  #reading: Reading | undefined;
  #blockedUntil = 0;
  #lastThrottle = { at: Number.NEGATIVE_INFINITY, blindWait: 0 };

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#spent = options.history
      .map((entry) => (entry instanceof Date ? { at: entry, operations: 1 } : entry))
      .sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** Milliseconds until a request, of that many commands if it is a bulk request, may leave; 0 means now. */
  waitFor(now: Date, commands = 1): number {
    const at = now.getTime();
    const allowance = this.#allowance(at);
    const cost = Math.min(this.#cost.of(commands), allowance);
    return Math.max(0, this.#blockedUntil - at, this.#ownWait(at, allowance, cost), this.#headerWait(at, cost));
  }

  /** Notes that a request leaves now, and returns the operations that it is taken to cost. */
  spend(now: Date, commands = 1): number {
    const operations = this.#cost.of(commands);
    this.#spent = this.#spent.filter((entry) => now.getTime() - entry.at.getTime() < WINDOW + ARRIVAL_SPREAD);
    this.#spent.push({ at: now, operations, commands });
    this.#cost.sent(commands);
    if (this.#reading !== undefined) this.#reading.spentSince += operations;
    return operations;
  }

  /** Takes the last request back: its connection was never opened. */
  refund(): void {
    const last = this.#spent.pop();
    if (last === undefined) return;
    this.#cost.unsent();
    if (this.#reading !== undefined) this.#reading.spentSince -= last.operations;
  }

  /** Takes in what the headers of an answer say; that of the last request sent, 429 or not. */
  learn(rate: RateReading, now: Date): void {
    const at = now.getTime();
    const seenSince = isSameWindow(this.#reading?.rate, rate) ? (this.#reading?.seenSince ?? at) : at;
    this.#cost.answered(rate);
    this.#reading = { rate, at, seenSince, spentSince: 0 };
  }

  /** Notes a 429: nothing leaves before `retryAt`, or for a while that doubles each time when that is not known. */
  throttled(retryAt: Date | undefined, now: Date): void {
    const at = now.getTime();
    const again = at - this.#lastThrottle.at < LONGEST_WAIT;
    const blindWait = again ? Math.min(this.#lastThrottle.blindWait * 2, WINDOW) : FIRST_BLIND_WAIT;
    const wait = retryAt === undefined ? blindWait : clamped(retryAt.getTime() - at);
    this.#lastThrottle = { at, blindWait };
    this.#blockedUntil = at + wait + Math.round((this.#options.random ?? Math.random)() * JITTER);
  }

  /** Ours of the company's limit: the configured one, or a lower one that the headers name. */
  #allowance(at: number): number {
    return Math.max(1, wholePart(this.#limit(at) * this.#options.share));
  }

  #limit(at: number): number {
    const named = this.#freshReading(at)?.rate.limit;
    const { operationsPerMinute } = this.#options;
    return named === undefined || named === 0 ? operationsPerMinute : Math.min(named, operationsPerMinute);
  }

  #freshReading(at: number): Reading | undefined {
    return this.#reading !== undefined && at - this.#reading.at < LONGEST_WAIT ? this.#reading : undefined;
  }

  /** Until enough of our own operations are older than the window. */
  #ownWait(at: number, allowance: number, cost: number): number {
    const window = this.#options.share < 1 ? WINDOW : WINDOW + ARRIVAL_SPREAD;
    const recent = this.#spent.filter((entry) => at - entry.at.getTime() < window);
    let excess = recent.reduce((sum, entry) => sum + this.#costOf(entry), 0) + cost - allowance;
    for (const entry of recent) {
      if (excess <= 0) break;
      excess -= this.#costOf(entry);
      if (excess <= 0) return entry.at.getTime() + window - at;
    }
    return 0;
  }

  /** What left before the price of a bulk request was known counts by the price that is known now. */
  #costOf({ commands, operations }: Spent): number {
    return commands === undefined ? operations : this.#cost.of(commands);
  }

  /** Until the window of the headers ends, when what is left in it is the part of the others. */
  #headerWait(at: number, cost: number): number {
    const reading = this.#freshReading(at);
    if (reading?.rate.remaining === undefined) return 0;
    const limit = reading.rate.limit ?? this.#options.operationsPerMinute;
    const reserve = limit - Math.max(1, wholePart(limit * this.#options.share));
    if (reading.rate.remaining - reading.spentSince - cost >= reserve) return 0;
    return Math.max(0, reading.at + clamped(windowEnd(reading) - reading.at) - at);
  }
}

/** What left, with its commands where that was in this process. */
interface Spent extends Spending {
  readonly commands?: number;
}

/** What an answer said, and since when we have seen answers from its window. */
interface Reading {
  readonly rate: RateReading;
  readonly at: number;
  readonly seenSince: number;
  spentSince: number;
}

/** A window that we have seen for 60 s has ended, though its ResetTime be rounded up to the next second. */
function windowEnd({ rate, at, seenSince }: Reading): number {
  const named = rate.resetAt?.getTime() ?? at + WINDOW;
  const excess = named - (seenSince + WINDOW);
  return excess > 0 && excess < ROUNDING ? named - excess : named;
}

function isSameWindow(before: RateReading | undefined, after: RateReading): boolean {
  if (before?.resetAt === undefined || after.resetAt === undefined) return false;
  return Math.abs(before.resetAt.getTime() - after.resetAt.getTime()) < SAME_WINDOW;
}

function clamped(wait: number): number {
  return Math.min(Math.max(wait, SHORTEST_WAIT), LONGEST_WAIT);
}

/** Rounds down, but not what only binary fractions keep from being whole (0.29 * 100). */
function wholePart(value: number): number {
  return Math.floor(value + 1e-9);
}
