import { costAt, FIRST_PRICE, priceAfter } from './bulk-cost.js';
import { MAX_COMMANDS } from './command.js';
import { changedPieces, newerPieces, type RateMemory, type Spending } from './rate-budget-memory.js';
import { type Place, Places } from './rate-budget-places.js';
import { throttleAfter } from './rate-budget-throttle.js';
import {
  fallBetween,
  heldUntil,
  type KeptReading,
  keptReading,
  LONGEST_WAIT,
  soberReading,
  SAME_WINDOW,
  WINDOW,
} from './rate-reading-kept.js';
import type { RateReading } from './rate-reading.js';

/**
 * How much later than the one before it an operation may arrive, in ms. Added to the window when the whole limit is
 * ours, since then one early arrival is a 429; 0.4 % of the budget.
 */
const ARRIVAL_SPREAD = 250;
/** The clocks of two machines differ by less than this, in ms; what is dated later was written by a wrong one. */
const CLOCKS_DIFFER = 60_000;

export type { RateMemory, Spending } from './rate-budget-memory.js';
export type { Place } from './rate-budget-places.js';

export interface BudgetOptions {
  /** What CloudTalk grants the company (60 unless agreed otherwise). */
  readonly operationsPerMinute: number;
  /** The part of it that is ours, above 0 and up to 1. */
  readonly share: number;
  /** Between 0 and 1; default Math.random. */
  readonly random?: () => number;
}

/**
 * How many operations may leave, and when. Promises that never more than the share, rounded down but at least one,
 * leaves in any 60 seconds, and that all of it may; follows CloudTalk's headers where they are stricter. It has no clock.
 * A request that need not wait takes a place (`waitFor`, `spend`), which counts from that moment on; it is noted where
 * every process sees it (`note`), and asks once more when nothing is left to wait for (`leave`). Then it is sent, and
 * has ended (`learn`, `end`). What is learned outlives this where `news` is kept and handed to `recall`.
 */
export class RateBudget {
  /** How long an operation counts at most, in ms; what left earlier need not be recalled. */
  static readonly SPENDING_COUNTS_FOR = WINDOW + ARRIVAL_SPREAD;

  readonly #options: BudgetOptions;
  readonly #places = new Places();
  #known: RateMemory = {};
  #kept: RateMemory = {};
  #isPressing = false;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /**
   * Milliseconds until a request, of that many commands if it is a bulk request, may leave; 0 means now. `taken` is its
   * place.
   */
  waitFor(now: Date, commands = 1, taken?: Place): number {
    const allowance = this.allowance(now);
    const cost = Math.min(this.costOf(commands), allowance);
    const blocked = (this.#known.throttle?.until ?? 0) - now.getTime();
    return Math.max(0, blocked, this.#ownWait(now, allowance, cost, taken), this.#headerWait(now, cost, taken));
  }

  /**
   * How many commands the next bulk request should carry, at least one and at most `most`: as many as may leave as soon
   * as any may, so that no operation of a window stays unused for want of a full batch.
   */
  room(now: Date, most: number): number {
    if (this.costOf(most) === this.costOf(1)) return most;
    const soonest = this.waitFor(now);
    let room = Math.min(most, this.allowance(now));
    while (room > 1 && this.waitFor(now, room) > soonest) room -= 1;
    return room;
  }

  /** What a request of that many commands is taken to cost, in operations. */
  costOf(commands: number): number {
    return costAt(this.#price, commands);
  }

  /** Operations a minute that are ours: of the configured limit, or of a lower one that the headers name. */
  allowance(now: Date): number {
    return Math.max(1, wholePart(this.#limit(now) * this.#options.share));
  }

  /** Takes a place for a request: it counts from now on. */
  spend(now: Date, commands = 1): Place {
    return this.#places.take(now, commands);
  }

  /** Notes the time by which the place is known in the database, and returns the operations that it is taken to cost. */
  note(place: Place, now: Date): number {
    place.at = now;
    return this.costOf(place.commands);
  }

  /** Lets the request of a place leave now; false when what was learned since forbids it, and nothing may be sent. */
  leave(place: Place, now: Date): boolean {
    if (this.waitFor(now, place.commands, place) > 0) return false;
    this.#places.leave(place, now);
    return true;
  }

  /** Notes that a request has ended, whether its answer came or not. */
  end(place: Place): void {
    place.isOpen = false;
  }

  /** Gives a place back: its request was not sent, or its connection was never opened. */
  refund(place: Place): void {
    this.#places.giveBack(place);
  }

  /** Takes in what the headers of an answer say, 429 or not; `place` is that of its request. */
  learn(rate: RateReading, now: Date, place?: Place): void {
    const at = now.getTime();
    const waited = this.waitFor(now, MAX_COMMANDS);
    const [before, last] = [this.#price, this.#known.reading];
    const since = place?.countsFrom.getTime() ?? at;
    const reading = soberReading(keptReading(rate, at, last), last, since);
    const sent = this.#places.unread().map(({ commands }) => commands);
    const price = priceAfter(before, fallBetween(last, reading), sent, at);
    this.#known = { ...this.#known, reading, ...(price !== before && { price }) };
    this.#places.read(place);
    if (price.perCommand !== before.perCommand) this.#isPressing = true;
    if (this.waitFor(now, MAX_COMMANDS) - waited > SAME_WINDOW) this.#isPressing = true;
  }

  /** Notes a 429: nothing leaves before `retryAt`, or for a while that doubles each time when that is not known. */
  throttled(retryAt: Date | undefined, now: Date): void {
    const last = this.#known.throttle;
    const throttle = throttleAfter(last, retryAt, now.getTime(), (this.#options.random ?? Math.random)());
    if (throttle === last) return;
    this.#known = { ...this.#known, throttle };
    this.#isPressing = true;
  }

  /** What has been learned and is not kept yet; undefined when that is nothing. */
  news(): RateMemory | undefined {
    return changedPieces(this.#kept, this.#known);
  }

  /** True when a process that does not know the news would send what they forbid; other news may wait for the next request. */
  get isPressing(): boolean {
    return this.#isPressing;
  }

  /** Notes that these news are kept. */
  kept(news: RateMemory): void {
    this.#kept = { ...this.#kept, ...news };
    this.#isPressing &&= this.news() !== undefined;
  }

  /**
   * Takes in what was kept and what left, by whatever process: the last `SPENDING_COUNTS_FOR` milliseconds. What it knows
   * itself is not counted twice.
   */
  recall(memory: RateMemory, spendings: readonly Spending[], now: Date): void {
    const latest = now.getTime() + CLOCKS_DIFFER;
    const believed = spendings.filter(({ at }) => at.getTime() <= latest);
    const pieces = newerPieces(this.#known, memory, latest);
    this.#known = { ...this.#known, ...pieces };
    this.#kept = { ...this.#kept, ...pieces };
    const readAt = this.#known.reading?.at ?? Number.POSITIVE_INFINITY;
    this.#places.recall(believed, readAt);
    if (pieces.reading) this.#places.readElsewhere(readAt);
  }

  get #price() {
    return this.#known.price ?? FIRST_PRICE;
  }

  #limit(now: Date): number {
    const named = this.#freshReading(now)?.limit;
    const { operationsPerMinute } = this.#options;
    return named === undefined || named === 0 ? operationsPerMinute : Math.min(named, operationsPerMinute);
  }

  #freshReading(now: Date): KeptReading | undefined {
    const { reading } = this.#known;
    return reading !== undefined && now.getTime() - reading.at < LONGEST_WAIT ? reading : undefined;
  }

  /** Until enough of our own operations are older than the window. */
  #ownWait(now: Date, allowance: number, cost: number, without?: Place): number {
    const window = this.#options.share < 1 ? WINDOW : RateBudget.SPENDING_COUNTS_FOR;
    const recent = this.#places.within(now, window, without);
    let excess = this.#costOfAll(recent) + cost - allowance;
    for (const entry of recent) {
      if (excess <= 0) break;
      excess -= this.costOf(entry.commands);
      if (excess <= 0) return entry.countsFrom.getTime() + window - now.getTime();
    }
    return 0;
  }

  /** What left before the price of a bulk request was known counts by the price that is known now. */
  #costOfAll(spendings: readonly Spending[]): number {
    return spendings.reduce((sum, { commands }) => sum + this.costOf(commands), 0);
  }

  /** Until the window of the headers ends, when what is left in it is the part of the others. */
  #headerWait(now: Date, cost: number, without?: Place): number {
    const reading = this.#freshReading(now);
    if (reading?.remaining === undefined) return 0;
    const limit = reading.limit ?? this.#options.operationsPerMinute;
    const reserve = limit - Math.max(1, wholePart(limit * this.#options.share));
    if (reading.remaining - this.#costOfAll(this.#places.unread(without)) - cost >= reserve) return 0;
    return Math.max(0, heldUntil(reading) - now.getTime());
  }
}

/** Rounds down, but not what only binary fractions keep from being whole (0.29 * 100). */
function wholePart(value: number): number {
  return Math.floor(value + 1e-9);
}
