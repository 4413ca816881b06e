import { describe, expect, it } from 'vitest';
import type { RateBudget } from './index.js';
import { at, budget, departures, reading, START } from './rate-budget-test-parts.js';

describe('the room for the next batch', () => {
  const dear = (): RateBudget => {
    const known = budget();
    known.recall({ price: { perCommand: true, evidence: 3, at: START } }, [], at(0));
    return known;
  };

  it('is a full batch where a request costs the same however many commands it carries', () => {
    const cheap = budget();
    departures(cheap, 1);
    expect(cheap.room(at(1), 10)).toBe(10);
  });

  it('is what is left of the share, and then what comes free first', () => {
    const known = dear();
    const rooms: number[] = [];
    for (let sent = 0; sent < 10; sent += 1) {
      const now = at(sent * 1_000);
      const room = known.room(now, 10);
      rooms.push(room);
      if (known.waitFor(now, room) === 0) known.spend(now, room);
    }
    expect(rooms.slice(0, 6)).toEqual([10, 10, 10, 10, 8, 10]);
    known.spend(at(60_000), 10);
    known.spend(at(61_000), 10);
    known.spend(at(62_000), 10);
    known.spend(at(63_000), 10);
    expect(known.room(at(63_000), 10)).toBe(8);
  });

  it('is what the headers leave to us', () => {
    const known = dear();
    known.learn(reading(15, 60_000, 60), at(0));
    expect(known.room(at(1), 10)).toBe(3);
  });

  it('is never more than the share of a whole minute', () => {
    const small = budget({ share: 0.05 });
    small.recall({ price: { perCommand: true, evidence: 3, at: START } }, [], at(0));
    expect(small.room(at(0), 10)).toBe(3);
  });
});
