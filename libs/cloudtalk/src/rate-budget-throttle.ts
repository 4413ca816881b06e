import { believableWait, LONGEST_WAIT, WINDOW } from './rate-reading-kept.js';

/** The first wait, in ms, after a 429 that does not say when the window ends; doubled each time, up to the window. */
const FIRST_BLIND_WAIT = 5_000;
/** The most that is added to a wait after a 429, in ms, so that the company's tools do not all come back at once. */
const JITTER = 500;

/** A 429, and until when nothing may leave; times in ms since 1970. */
export interface Throttle {
  readonly at: number;
  readonly until: number;
  /** The wait, in ms, that a 429 at that time was worth when it did not say when the window ends. */
  readonly blindWait: number;
}

/**
 * What holds after a 429 at `at`: nothing leaves before `retryAt`, or for a while that doubles each time when that is
 * not known. One that comes while nothing may leave belongs to the throttling before it. `random` is between 0 and 1.
 */
export function throttleAfter(
  last: Throttle | undefined,
  retryAt: Date | undefined,
  at: number,
  random: number,
): Throttle {
  const jitter = Math.round(random * JITTER);
  const isSame = last !== undefined && at < last.until;
  if (isSame) {
    const until = retryAt === undefined ? last.until : at + believableWait(retryAt.getTime() - at) + jitter;
    return until <= last.until + JITTER ? last : { ...last, until };
  }
  const again = last !== undefined && at - last.at < LONGEST_WAIT;
  const blindWait = again ? Math.min(last.blindWait * 2, WINDOW) : FIRST_BLIND_WAIT;
  const wait = retryAt === undefined ? blindWait : believableWait(retryAt.getTime() - at);
  return { at, until: at + wait + jitter, blindWait };
}
