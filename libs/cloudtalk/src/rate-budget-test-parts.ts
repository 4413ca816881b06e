import { type BudgetOptions, RateBudget, type RateReading, type Spending } from './index.js';

/** When everything in these tests begins. */
export const START = Date.parse('2026-05-01T12:00:00Z');
export const at = (ms: number) => new Date(START + ms);

export function budget(options: Partial<BudgetOptions> = {}) {
  return new RateBudget({ operationsPerMinute: 60, share: 0.8, random: () => 0, ...options });
}

export function reading(remaining: number | undefined, resetIn: number | undefined, limit?: number): RateReading {
  return { limit, remaining, resetAt: resetIn === undefined ? undefined : at(resetIn) };
}

/** Requests of one command that left `apart` milliseconds from one another. */
export function leftBefore(count: number, from: number, apart: number): readonly Spending[] {
  return Array.from({ length: count }, (_, index) => ({ at: at(from + index * apart), commands: 1 }));
}

/** Sends as soon as allowed until `end`, and returns when each operation left, in ms. */
export function departures(of: RateBudget, end: number, latency = 0, start = 0): number[] {
  const left: number[] = [];
  for (let now = start; now < end;) {
    const wait = of.waitFor(at(now));
    if (wait === 0) {
      of.spend(at(now));
      left.push(now);
    }
    now += wait === 0 ? latency : wait;
  }
  return left;
}
