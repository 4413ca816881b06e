import { describe, expect, it } from 'vitest';
import { MAX_COMMANDS } from './command.js';
import type { RateBudget } from './index.js';
import { at, budget, START } from './rate-budget-test-parts.js';

const LIMIT = 60;
const RESERVE = 12;
const WINDOW = 60_000;
/** How long an answer takes, in ms. */
const LATENCY = 200;

/** The part of our share that is used: where nothing says when a window ends, a whole one is waited for. */
const USED = { epoch: 0.98, seconds: 0.98, absent: 0.8 };

type Form = 'epoch' | 'seconds' | 'absent';

/** CloudTalk with windows that begin with the minute; the first answer may come in the middle of one. */
class Company {
  readonly sent: number[] = [];
  least = LIMIT;
  #used = 0;
  #window = Number.NaN;

  constructor(
    private readonly form: Form,
    private readonly cost: 'request' | 'command',
  ) {}

  /** The operations left after a bulk request with so many commands; undefined when it is refused. */
  ask(now: number, commands: number): number | undefined {
    const window = Math.floor((START + now) / WINDOW);
    if (window !== this.#window) this.#used = 0;
    this.#window = window;
    const price = this.cost === 'command' ? commands : 1;
    if (this.#used + price > LIMIT) return undefined;
    this.#used += price;
    this.sent.push(commands);
    this.least = Math.min(this.least, LIMIT - this.#used);
    return LIMIT - this.#used;
  }

  /** When the window ends, as far as the headers tell: in whole seconds, rounded up. */
  resetAt(now: number): Date | undefined {
    if (this.form === 'absent') return undefined;
    const end = (this.#window + 1) * WINDOW - START;
    return this.form === 'epoch' ? at(Math.ceil(end / 1000) * 1000) : at(now + Math.ceil((end - now) / 1000) * 1000);
  }
}

/** Sends full batches for ten minutes, beginning so late in a window; every answer must be let through. */
function tenMinutes(of: RateBudget, company: Company, begin: number): void {
  for (let now = begin; now < begin + 600_000;) {
    const wait = of.waitFor(at(now), of.room(at(now), MAX_COMMANDS));
    if (wait > 0) {
      now += wait;
      continue;
    }
    const place = of.spend(at(now), of.room(at(now), MAX_COMMANDS));
    of.note(place, at(now));
    expect(of.leave(place, at(now))).toBe(true);
    now += LATENCY;
    const remaining = company.ask(now, place.commands);
    if (remaining === undefined) throw new Error(`A request was refused after ${now} ms.`);
    of.learn({ limit: LIMIT, remaining, resetAt: company.resetAt(now) }, at(now), place);
    of.end(place);
  }
}

describe.each(['epoch', 'seconds', 'absent'] as const)('ten minutes with a ResetTime in the form: %s', (form) => {
  it.each(['request', 'command'] as const)(
    'learn that a bulk request costs by the %s, and keep the reserve',
    (cost) => {
      for (const begin of [0, 7_300, 31_000, 59_500]) {
        const [of, company] = [budget(), new Company(form, cost)];
        tenMinutes(of, company, begin);
        expect(of.costOf(MAX_COMMANDS)).toBe(cost === 'command' ? MAX_COMMANDS : 1);
        expect(company.least).toBeGreaterThanOrEqual(RESERVE);
        const operations =
          cost === 'command' ? company.sent.reduce((sum, commands) => sum + commands, 0) : company.sent.length;
        expect(operations).toBeGreaterThanOrEqual(USED[form] * 10 * (LIMIT - RESERVE));
      }
    },
  );
});

describe('without a ResetTime, the price of a bulk request', () => {
  /** Each `Remaining` came with the answer to ten commands, so many ms after the one before. */
  const priceAfter = (remaining: readonly number[], apart = LATENCY): number => {
    const of = budget();
    for (const [sent, left] of remaining.entries()) {
      const place = of.spend(at(sent * apart), MAX_COMMANDS);
      of.learn({ limit: LIMIT, remaining: left, resetAt: undefined }, at(sent * apart + 100), place);
      of.end(place);
    }
    return of.costOf(MAX_COMMANDS);
  };

  it('is not told by two answers that are a window apart', () => {
    expect(priceAfter([50, 40, 30, 20])).toBe(10);
    expect(priceAfter([50, 40, 30, 20], WINDOW)).toBe(1);
  });

  it('is not forgotten when a new window hides a part of a fall, but when it is cheap again and again', () => {
    expect(priceAfter([50, 40, 30, 20, 17])).toBe(10);
    expect(priceAfter([50, 40, 30, 20, 50, 49, 48, 47])).toBe(1);
  });
});

describe('answers that overtake one another without a ResetTime', () => {
  it('leave us what the lower one says', () => {
    const of = budget();
    const [early, late] = [of.spend(at(0)), of.spend(at(0))];
    of.learn({ limit: LIMIT, remaining: RESERVE, resetAt: undefined }, at(100), late);
    of.end(late);
    of.learn({ limit: LIMIT, remaining: RESERVE + 1, resetAt: undefined }, at(110), early);
    of.end(early);
    expect(of.waitFor(at(120))).toBeGreaterThan(0);
  });
});
