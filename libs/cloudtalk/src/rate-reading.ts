/** What one answer's headers said about the company's rate limit. */
export interface RateReading {
  /** Operations in the window; absent when the header is. */
  readonly limit: number | undefined;
  /** Operations left in the window, after the one answered; absent when the header is. */
  readonly remaining: number | undefined;
  /** When the window ends, by this machine's clock; absent when the header is. */
  readonly resetAt: Date | undefined;
}

/** Below this a ResetTime is a number of seconds from now, not a Unix timestamp (cloudtalk-api.md, "Rate limit"). */
const FIRST_EPOCH_SECOND = 1e9;
/** A difference of the two clocks below this, in ms, is only the whole seconds of the Date header and the way here. */
const CLOCKS_AGREE = 2_000;

/** Reads the `X-CloudTalkAPI-*` headers; undefined when there are none. */
export function readRate(headers: Headers, now: Date): RateReading | undefined {
  const limit = count(headers.get('x-cloudtalkapi-limit'));
  const remaining = count(headers.get('x-cloudtalkapi-remaining'));
  const reset = count(headers.get('x-cloudtalkapi-resettime'));
  if (limit === undefined && remaining === undefined && reset === undefined) return undefined;
  return { limit, remaining, resetAt: reset === undefined ? undefined : resetAt(reset, headers.get('date'), now) };
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

function resetAt(reset: number, dateHeader: string | null, now: Date): Date {
  if (reset < FIRST_EPOCH_SECOND) return new Date(now.getTime() + reset * 1000);
  const theirNow = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  const ahead = Number.isNaN(theirNow) ? 0 : theirNow - now.getTime();
  return new Date(reset * 1000 - (Math.abs(ahead) > CLOCKS_AGREE ? ahead : 0));
}
