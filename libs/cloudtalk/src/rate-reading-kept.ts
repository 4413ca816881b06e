import type { RateReading } from './rate-reading.js';

/** The window of CloudTalk's rate limit, in ms (API reference 1.7: operations per minute per company). */
export const WINDOW = 60_000;
/** No header may hold us up for less or for longer than this, in ms (operational-behaviours.md, section 4). */
const SHORTEST_WAIT = 1_000;
export const LONGEST_WAIT = 120_000;
/** A ResetTime comes in whole seconds and may be rounded up: so much later than the end of its window, in ms. */
const ROUNDING = 1_000;
/** Two ResetTimes this close, in ms, are the same window (they come in whole seconds). */
export const SAME_WINDOW = 2_000;

/** A reading as it can be kept as JSON; times in ms since 1970. */
export interface KeptReading {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  readonly resetAt?: number | undefined;
  /** When the answer came. */
  readonly at: number;
  /** Since when we have seen answers from its window. */
  readonly seenSince: number;
}

/** A reading that came at `at`, after `before`. */
export function keptReading(rate: RateReading, at: number, before: KeptReading | undefined): KeptReading {
  const resetAt = rate.resetAt?.getTime();
  const seenSince = before && isSameWindow(before.resetAt, resetAt) ? before.seenSince : at;
  return { limit: rate.limit, remaining: rate.remaining, resetAt, at, seenSince };
}

/**
 * The reading that holds after the answer to a request that left at `since`. When that was under way together with the
 * one of `before`, nobody knows which was answered first: the lower `Remaining` of one window holds, and the later window.
 */
export function soberReading(reading: KeptReading, before: KeptReading | undefined, since: number): KeptReading {
  if (before?.remaining === undefined || reading.remaining === undefined || since >= before.at) return reading;
  if (isSameWindow(before.resetAt, reading.resetAt) || isUntold(before, reading)) {
    return { ...reading, remaining: Math.min(before.remaining, reading.remaining) };
  }
  const isOver = (reading.resetAt ?? before.resetAt ?? 0) < (before.resetAt ?? 0);
  return isOver ? before : reading;
}

/** Until when nothing leaves, in ms since 1970, when the window has nothing left for us: its end, as far as that is believed. */
export function heldUntil(reading: KeptReading): number {
  return reading.at + believableWait(windowEnd(reading) - reading.at);
}

/** A wait, in ms, that the headers ask for, as far as it is believed. */
export function believableWait(wait: number): number {
  return Math.min(Math.max(wait, SHORTEST_WAIT), LONGEST_WAIT);
}

/** A window that we have seen for 60 s has ended, though its ResetTime be rounded up to the next second. */
function windowEnd({ resetAt, at, seenSince }: KeptReading): number {
  const named = resetAt ?? at + WINDOW;
  const excess = named - (seenSince + WINDOW);
  return excess > 0 && excess < ROUNDING ? named - excess : named;
}

/** By how much `Remaining` fell from one reading to the next. */
export interface Fall {
  readonly by: number;
  /**
   * False where no ResetTime says that it was one window: a new one may have begun in between, which hides a part of
   * the fall.
   */
  readonly isOfOneWindow: boolean;
}

/** The fall of `Remaining` inside one window, as far as that can be told; undefined when there was none to be told of. */
export function fallBetween(before: KeptReading | undefined, after: KeptReading): Fall | undefined {
  if (before?.remaining === undefined || after.remaining === undefined) return undefined;
  const isOfOneWindow = isSameWindow(before.resetAt, after.resetAt);
  if (!isOfOneWindow && !isUntold(before, after)) return undefined;
  const by = before.remaining - after.remaining;
  return by > 0 ? { by, isOfOneWindow } : undefined;
}

function isSameWindow(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && Math.abs(before - after) < SAME_WINDOW;
}

/** True where no ResetTime tells whether two readings are of one window, and they may be. */
function isUntold(before: KeptReading, after: KeptReading): boolean {
  return before.resetAt === undefined && after.resetAt === undefined && after.at - before.at < WINDOW;
}
