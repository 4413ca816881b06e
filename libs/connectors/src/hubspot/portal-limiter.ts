import { createHash } from 'node:crypto';
import type { Clock } from '@cloudtalk-sync/connector-kit';
import { LONGEST_WAIT } from './retry-plan.js';

/** The windows of HubSpot's limits, in ms (reference 1.6), each with room for requests that arrive closer together. */
const WINDOWS = { request: 10_000 + 250, search: 1_000 + 100 } as const;
/** The pause, in ms, when HubSpot says that nothing of the window is left: a tenth of it. */
const PAUSE_WHEN_EMPTY = 1_000;

/** Searches have a limit of their own, and do not count for the other one (reference 1.4). */
export type RequestSort = keyof typeof WINDOWS;

export interface Limits {
  readonly requestsPer10Seconds: number;
  readonly searchesPerSecond: number;
}

/** How many requests may leave, and when; one for each portal, shared by all its sessions and tokens of this process. */
export class PortalLimiter {
  readonly #left: Record<RequestSort, number[]> = { request: [], search: [] };
  readonly #blockedUntil: Record<RequestSort, number> = { request: 0, search: 0 };
  #granted = Number.POSITIVE_INFINITY;

  /** Resolves when a request may leave, and counts it; rejects with the signal's reason. */
  async take(sort: RequestSort, limits: Limits, clock: Clock, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = clock.now().getTime();
      const wait = Math.max(this.#waitOfBlock(sort, now), this.#waitOfWindow(sort, limits, now));
      if (wait <= 0) {
        this.#left[sort].push(now);
        return;
      }
      await clock.wait(wait, signal);
    }
  }

  /** Lets nothing of this sort leave before a time. */
  block(sort: RequestSort, until: Date): void {
    this.#blockedUntil[sort] = Math.max(this.#blockedUntil[sort], until.getTime());
  }

  /** Takes in the `X-HubSpot-RateLimit-*` headers of an answer, which searches do not have. */
  learn(headers: Readonly<Record<string, string>>, now: Date): void {
    const interval = numberIn(headers['x-hubspot-ratelimit-interval-milliseconds']) ?? 10_000;
    const max = numberIn(headers['x-hubspot-ratelimit-max']);
    if (max !== undefined && max > 0 && interval > 0) this.#granted = (max * 10_000) / interval;
    if (numberIn(headers['x-hubspot-ratelimit-remaining']) === 0) {
      this.block('request', new Date(now.getTime() + PAUSE_WHEN_EMPTY));
    }
  }

  /** Counts what has left by another limiter too, and keeps to what that one has learned. */
  takeOver(other: PortalLimiter): void {
    if (other === this) return;
    for (const sort of ['request', 'search'] as const) {
      this.#left[sort] = [...this.#left[sort], ...other.#left[sort]].sort((a, b) => a - b);
      this.#blockedUntil[sort] = Math.max(this.#blockedUntil[sort], other.#blockedUntil[sort]);
    }
    this.#granted = Math.min(this.#granted, other.#granted);
  }

  /** Nothing is blocked for longer than the longest wait, but by a clock that was put back. */
  #waitOfBlock(sort: RequestSort, now: number): number {
    const wait = this.#blockedUntil[sort] - now;
    return wait > LONGEST_WAIT ? 0 : wait;
  }

  #waitOfWindow(sort: RequestSort, limits: Limits, now: number): number {
    const ours = sort === 'search' ? limits.searchesPerSecond : Math.min(limits.requestsPer10Seconds, this.#granted);
    const most = Math.max(1, Math.floor(ours));
    // A time that is still to come is of a clock that was put back since: at the worst that was just now.
    const recent = this.#left[sort].map((time) => Math.min(time, now)).filter((time) => now - time < WINDOWS[sort]);
    this.#left[sort] = recent;
    const oldest = recent[recent.length - most];
    return oldest === undefined ? 0 : oldest + WINDOWS[sort] - now;
  }
}

const OF_PORTALS = new Map<string, PortalLimiter>();
const OF_TOKENS = new Map<string, PortalLimiter>();

/** The limiter of the portal that a token opens; undefined until the token was seen to open one. */
export function limiterOf(address: string, accessToken: string): PortalLimiter | undefined {
  return OF_TOKENS.get(keyOf(address, accessToken));
}

/** The limiter that a token shares from now on with every other one of its portal; `own` is the one that it had so far. */
export function sharedLimiter(address: string, accessToken: string, portal: string, own: PortalLimiter): PortalLimiter {
  const key = keyOf(address, portal);
  const shared = OF_PORTALS.get(key) ?? own;
  shared.takeOver(own);
  OF_PORTALS.set(key, shared);
  OF_TOKENS.set(keyOf(address, accessToken), shared);
  return shared;
}

function keyOf(address: string, name: string): string {
  return createHash('sha256').update(`${address}\n${name}`).digest('hex');
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text.trim()) ? Number(text) : undefined;
}
