import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateBudget } from './index.js';
import { at, budget, departures, leftBefore, reading } from './rate-budget-test-parts.js';

function mostInAMinute(left: readonly number[]): number {
  return Math.max(0, ...left.map((from) => left.filter((time) => time >= from && time < from + 60_000).length));
}

describe('the budget without headers', () => {
  it('lets the share of a minute leave at once, then waits for the first to be a minute old', () => {
    const left = departures(budget(), 60_000);
    expect(left).toHaveLength(48);
    expect(left.every((time) => time === 0)).toBe(true);
  });

  it('never lets more than the share leave in any minute, and uses all of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 3_000 }),
        (operationsPerMinute, share, latency) => {
          const allowance = Math.max(1, Math.floor(operationsPerMinute * share + 1e-9));
          const left = departures(budget({ operationsPerMinute, share }), 300_000, latency);
          const possible = Math.min(allowance, Math.ceil(60_000 / latency));
          expect(mostInAMinute(left)).toBeLessThanOrEqual(allowance);
          expect(left.length).toBeGreaterThanOrEqual(Math.floor(possible * 5 * 0.94) - possible * 0.06);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('takes back what never left', () => {
    const of = budget();
    const unsent = of.spend(at(0));
    expect(departures(of, 1)).toHaveLength(47);
    expect(of.waitFor(at(1))).toBeGreaterThan(0);
    of.refund(unsent);
    expect(of.waitFor(at(1))).toBe(0);
  });

  it('counts what left before a restart', () => {
    const restarted = budget();
    restarted.recall({}, leftBefore(47, -50_000, 1), at(0));
    expect(restarted.waitFor(at(0))).toBe(0);
    restarted.spend(at(0));
    expect(restarted.waitFor(at(0))).toBe(10_000);
  });

  it('always allows one operation a minute', () => {
    expect(departures(budget({ share: 0.001 }), 180_000)).toEqual([0, 60_000, 120_000]);
  });
});

describe('requests that are under way together', () => {
  const hasRoomFor = (of: RateBudget, wanted: number, now: number): boolean => {
    const taken = Array.from({ length: wanted }, () => (of.waitFor(at(now)) === 0 ? of.spend(at(now)) : undefined));
    for (const place of taken) if (place) of.refund(place);
    return !taken.includes(undefined);
  };

  it('count from the moment when they are let through, not when they leave', () => {
    const of = budget();
    for (let taken = 0; taken < 48; taken += 1) of.spend(at(0));
    expect(of.waitFor(at(1))).toBe(59_999);
  });

  it('are not let go when an answer that came since they were let through leaves them nothing', () => {
    const of = budget();
    const [early, late] = [of.spend(at(0)), of.spend(at(0))];
    expect(of.leave(early, at(10))).toBe(true);
    of.learn(reading(12, 30_000, 60), at(100), early);
    expect(of.leave(late, at(110))).toBe(false);
    of.refund(late);
    expect(of.waitFor(at(110))).toBe(29_890);
  });

  it('are not let go into a 429, nor when they turn out to cost more than is left', () => {
    const of = budget();
    const throttled = of.spend(at(0));
    of.throttled(at(20_000), at(100));
    expect(of.leave(throttled, at(200))).toBe(false);
    const dear = budget();
    for (let sent = 0; sent < 40; sent += 1) dear.end(dear.spend(at(0)));
    const bulk = dear.spend(at(0), 10);
    dear.recall({ price: { perCommand: true, evidence: 3, at: at(0).getTime() } }, [], at(0));
    expect(dear.leave(bulk, at(1))).toBe(false);
  });

  it('count until their own answer, since that of another may have been given without them', () => {
    const of = budget();
    const [first, second] = [of.spend(at(0)), of.spend(at(0))];
    of.learn(reading(14, 30_000, 60), at(100), first);
    of.end(first);
    expect(hasRoomFor(of, 1, 100)).toBe(true);
    expect(hasRoomFor(of, 2, 100)).toBe(false);
    of.learn(reading(14, 30_000, 60), at(200), second);
    expect(hasRoomFor(of, 2, 200)).toBe(true);
  });

  it('leave the lower of two readings whose order nobody knows, and none of a window that is over', () => {
    const of = budget();
    const [first, second, third] = [of.spend(at(0)), of.spend(at(0)), of.spend(at(0))];
    of.learn(reading(13, 30_000, 60), at(100), second);
    of.end(second);
    of.refund(third);
    of.learn(reading(14, 30_000, 60), at(110), first);
    of.end(first);
    expect(hasRoomFor(of, 1, 110)).toBe(true);
    expect(hasRoomFor(of, 2, 110)).toBe(false);
    const over = budget();
    const [old, young] = [over.spend(at(0)), over.spend(at(0))];
    over.learn(reading(12, 90_000, 60), at(30_100), young);
    over.learn(reading(60, 30_000, 60), at(30_200), old);
    expect(over.waitFor(at(30_200))).toBe(59_800);
  });

  it('are counted in the share by when they really left', () => {
    const of = budget({ share: 0.001 });
    const place = of.spend(at(0));
    expect(of.leave(place, at(5_000))).toBe(true);
    expect(of.waitFor(at(5_000))).toBe(60_000);
  });
});

describe('the budget with headers', () => {
  it('leaves the reserve to the other tools of the company', () => {
    const shared = budget();
    shared.learn(reading(14, 25_000, 60), at(100), shared.spend(at(0)));
    expect(departures(shared, 25_000, 10, 100)).toHaveLength(2);
    expect(shared.waitFor(at(25_000))).toBe(0);
  });

  it('does not wait for the rounding of a ResetTime beyond the 60 s that a window lasts', () => {
    const shared = budget();
    shared.learn(reading(59, 60_900, 60), at(100), shared.spend(at(0)));
    for (let sent = 1; sent < 48; sent += 1) shared.end(shared.spend(at(200)));
    shared.learn(reading(12, 60_900, 60), at(30_000));
    expect(shared.waitFor(at(30_000))).toBe(30_100);
    expect(shared.waitFor(at(60_100))).toBe(0);
  });

  it('obeys a limit lower than the configured one, but not a higher one', () => {
    const lower = budget();
    lower.learn(reading(undefined, undefined, 10), at(0));
    expect(departures(lower, 50_000)).toHaveLength(8);
    const higher = budget();
    higher.learn(reading(600, 60_000, 600), at(0));
    expect(departures(higher, 50_000)).toHaveLength(48);
  });

  it('knows when enough has left long enough ago, and forgets a lower limit that nothing has confirmed for two minutes', () => {
    const lower = budget();
    lower.recall({}, leftBefore(48, -50_000, 100), at(0));
    lower.learn(reading(undefined, undefined, 10), at(0));
    expect(lower.waitFor(at(0))).toBe(14_000);
    expect(departures(lower, 119_999, 0, 60_000)).toHaveLength(8);
    expect(departures(lower, 121_000, 0, 120_000)).toHaveLength(48);
  });

  it('believes no reset that is further than two minutes away, and forgets a reading after that', () => {
    const lost = budget();
    lost.learn(reading(0, 3_600_000, 60), at(0));
    expect(lost.waitFor(at(0))).toBe(120_000);
    expect(lost.waitFor(at(120_000))).toBe(0);
  });

  it('waits a second for a reset that has already passed, and a minute for one that is not named', () => {
    const past = budget();
    past.learn(reading(0, -5_000, 60), at(0));
    expect(past.waitFor(at(0))).toBe(1_000);
    const unnamed = budget();
    unnamed.learn(reading(0, undefined, 60), at(0));
    expect(unnamed.waitFor(at(0))).toBe(60_000);
  });
});

describe('a 429', () => {
  it('holds everything until the end of the window, a little later each time', () => {
    const throttled = budget({ random: () => 0.5 });
    throttled.throttled(at(20_000), at(0));
    expect(throttled.waitFor(at(0))).toBe(20_250);
    expect(throttled.waitFor(at(20_250))).toBe(0);
  });

  it('that comes while nothing may leave belongs to the one before it, unless it names a later end', () => {
    const twice = budget();
    twice.throttled(undefined, at(0));
    twice.throttled(undefined, at(0));
    expect(twice.waitFor(at(0))).toBe(5_000);
    twice.throttled(at(20_000), at(1_000));
    twice.throttled(at(4_000), at(2_000));
    expect(twice.waitFor(at(2_000))).toBe(18_000);
    twice.throttled(undefined, at(20_000));
    expect(twice.waitFor(at(20_000))).toBe(10_000);
  });

  it('without a word about the window holds for 5 s, doubling up to a minute, and starts over when it is long ago', () => {
    const blind = budget();
    const waits = [0, 5_000, 15_000, 35_000, 75_000, 135_000, 400_000].map((now) => {
      blind.throttled(undefined, at(now));
      return blind.waitFor(at(now));
    });
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 5_000]);
  });
});

describe('the price of a bulk request', () => {
  /** Sends bulk requests of ten, each lowering Remaining by one of the falls. */
  function afterFalls(falls: readonly number[]): RateBudget {
    const learner = budget({ operationsPerMinute: 600, share: 1 });
    let remaining = 600;
    learner.learn(reading(remaining, 60_000, 600), at(0));
    for (const fall of falls) {
      learner.learn(reading((remaining -= fall), 60_000, 600), at(0), learner.spend(at(0), 10));
    }
    return learner;
  }

  it('is one operation until three requests in a row cost exactly their commands', () => {
    expect(afterFalls([10, 10]).costOf(10)).toBe(1);
    expect(afterFalls([10, 10, 10]).costOf(10)).toBe(10);
  });

  it('is one operation again as soon as Remaining falls by less', () => {
    expect(afterFalls([10, 10, 1, 10]).costOf(10)).toBe(1);
    expect(afterFalls([10, 10, 10, 1]).costOf(10)).toBe(1);
  });

  it('is not guessed from falls that other tools share in, nor over the end of a window', () => {
    expect(afterFalls([12, 13, 30, 25]).costOf(10)).toBe(1);
    expect(afterFalls([10, -500, 10, -500]).costOf(10)).toBe(1);
  });

  it('counts, once it is known, for what left before', () => {
    const learner = budget();
    learner.learn(reading(60, 10_000, 60), at(0));
    for (const remaining of [50, 40, 30]) {
      learner.learn(reading(remaining, 10_000, 60), at(0), learner.spend(at(0), 10));
    }
    learner.learn(reading(60, 70_000, 60), at(10_000));
    expect(learner.waitFor(at(10_000), 10)).toBe(0);
    learner.spend(at(10_000), 10);
    expect(learner.waitFor(at(10_000), 10)).toBe(50_000);
  });

  it('counts against the share once it is known', () => {
    const learner = afterFalls([10, 10, 10]);
    expect(learner.waitFor(at(1), 10)).toBe(0);
    for (let sent = 0; sent < 57; sent += 1) learner.spend(at(1), 10);
    expect(learner.waitFor(at(1), 10)).toBeGreaterThan(50_000);
  });
});
