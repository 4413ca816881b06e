import { type HttpAnswer, limited } from './answers.js';
import type { HubSpotSandboxOptions } from './options.js';

const TEN_SECONDS = 10_000;
const SECOND = 1_000;

/** The limits of the portal: requests in any 10 s, searches in any second, and requests of a day. */
export class Limits {
  readonly #perTenSeconds: number;
  readonly #perSecond: number;
  readonly #perDay: number;
  /** Names days by the portal's clocks. */
  readonly #days: Intl.DateTimeFormat;
  readonly #now: () => Date;
  #requests: number[] = [];
  #searches: number[] = [];
  #today = { name: '', used: 0 };

  constructor(options: HubSpotSandboxOptions) {
    this.#perTenSeconds = options.requestsPer10Seconds ?? 190;
    this.#perSecond = options.searchesPerSecond ?? 5;
    this.#perDay = options.requestsPerDay ?? 650_000;
    this.#days = new Intl.DateTimeFormat('en-CA', { timeZone: options.timeZone ?? 'Europe/Bratislava' });
    this.#now = options.clock ?? (() => new Date());
  }

  /** Counts a request; the refusal when a limit does not allow it. */
  take(isSearch: boolean): HttpAnswer | undefined {
    const now = this.#now();
    const at = now.getTime();
    const day = this.#days.format(now);
    if (this.#today.name !== day) this.#today = { name: day, used: 0 };
    this.#requests = this.#requests.filter((time) => at - time < TEN_SECONDS);
    this.#searches = this.#searches.filter((time) => at - time < SECOND);
    if (this.#today.used >= this.#perDay) return limited('DAILY');
    if (isSearch && this.#searches.length >= this.#perSecond) return limited('SECONDLY');
    if (!isSearch && this.#requests.length >= this.#perTenSeconds) return limited('TEN_SECONDLY_ROLLING');
    (isSearch ? this.#searches : this.#requests).push(at);
    this.#today.used += 1;
    return undefined;
  }

  /** What the answer to anything but a search says of the limits. */
  headers(): Readonly<Record<string, string>> {
    return {
      'X-HubSpot-RateLimit-Max': String(this.#perTenSeconds),
      'X-HubSpot-RateLimit-Remaining': String(Math.max(0, this.#perTenSeconds - this.#requests.length)),
      'X-HubSpot-RateLimit-Interval-Milliseconds': String(TEN_SECONDS),
      'X-HubSpot-RateLimit-Daily': String(this.#perDay),
      'X-HubSpot-RateLimit-Daily-Remaining': String(Math.max(0, this.#perDay - this.#today.used)),
    };
  }
}
