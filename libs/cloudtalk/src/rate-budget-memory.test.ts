import { describe, expect, it } from 'vitest';
import type { BudgetOptions, Place, RateBudget, Spending } from './index.js';
import type { RateMemory } from './rate-budget.js';
import { at, budget, departures, reading, START } from './rate-budget-test-parts.js';

/** A process that keeps its news, and what left in it. */
class Process {
  readonly #spendings: Spending[] = [];
  #memory: RateMemory = {};

  constructor(readonly budget: RateBudget) {}

  /** A request that is answered 100 ms later. */
  ask(ms: number, remaining: number, { commands = 1, resetIn = 60_000 } = {}): void {
    this.budget.learn(reading(remaining, resetIn, 60), at(ms + 100), this.leave(ms, commands));
    this.keep();
  }

  /** A request that ends at once. */
  leave(ms: number, commands = 1): Place {
    const place = this.budget.spend(at(ms), commands);
    this.#spendings.push({ at: at(ms), commands });
    this.budget.end(place);
    return place;
  }

  keep(): void {
    const news = this.budget.news();
    if (news === undefined) return;
    this.#memory = { ...this.#memory, ...(JSON.parse(JSON.stringify(news)) as RateMemory) };
    this.budget.kept(news);
  }

  /** Another process, begun at that time, that recalls what this one kept. */
  after(ms: number, options: Partial<BudgetOptions> = {}): RateBudget {
    const next = budget(options);
    this.tell(next, ms);
    return next;
  }

  tell(other: RateBudget, ms: number): void {
    other.recall(this.#memory, this.#spendings, at(ms));
  }
}

describe('a restart', () => {
  it('forgets neither what the headers said nor what left since', () => {
    const first = new Process(budget());
    first.ask(0, 14);
    const second = first.after(1_000);
    expect(departures(second, 60_000, 10, 1_000)).toHaveLength(2);
    first.leave(1_000);
    expect(departures(first.after(2_000), 60_000, 10, 2_000)).toHaveLength(1);
  });

  it('forgets no 429, nor how often one came in a row', () => {
    const first = new Process(budget());
    first.budget.throttled(undefined, at(0));
    first.keep();
    const second = first.after(1_000);
    expect(second.waitFor(at(1_000))).toBe(4_000);
    second.throttled(undefined, at(5_000));
    expect(second.waitFor(at(5_000))).toBe(10_000);
  });

  it('forgets neither the price of a bulk request nor what was about to prove it', () => {
    const proven = new Process(budget());
    proven.ask(0, 60);
    for (const [sent, remaining] of [50, 40, 30].entries()) proven.ask(1_000 + sent, remaining, { commands: 10 });
    const second = proven.after(5_000);
    expect(second.costOf(10)).toBe(10);
    expect(second.waitFor(at(5_000), 10)).toBe(0);
    second.spend(at(5_000), 10);
    expect(second.waitFor(at(5_000), 9)).toBeGreaterThan(50_000);

    const almost = new Process(budget());
    almost.ask(0, 60);
    for (const [sent, remaining] of [50, 40].entries()) almost.ask(1_000 + sent, remaining, { commands: 10 });
    const third = almost.after(3_000);
    expect(third.costOf(10)).toBe(1);
    third.learn(reading(30, 60_000, 60), at(3_100), third.spend(at(3_000), 10));
    expect(third.costOf(10)).toBe(10);
  });

  it('counts what left before by the price that is known now', () => {
    const first = new Process(budget({ share: 1 }));
    first.leave(0, 10);
    const second = first.after(30_000, { share: 1 });
    expect(second.waitFor(at(30_000), 10)).toBe(0);
    second.recall({ price: { perCommand: true, evidence: 3, at: START } }, [], at(30_000));
    for (let sent = 0; sent < 4; sent += 1) second.spend(at(30_000), 10);
    expect(second.waitFor(at(30_000), 11)).toBe(30_250);
  });

  it('believes nothing that a clock of tomorrow wrote', () => {
    const first = new Process(budget());
    const tomorrow = 24 * 3_600_000;
    for (let sent = 0; sent < 48; sent += 1) first.ask(tomorrow, 0, { resetIn: tomorrow + 60_000 });
    first.budget.throttled(undefined, at(tomorrow));
    first.keep();
    expect(first.after(0).waitFor(at(0))).toBe(0);
  });
});

describe('two processes', () => {
  it('heed each other’s 429, headers, price and operations, and count nothing twice', () => {
    const [one, other] = [new Process(budget()), new Process(budget())];
    one.ask(0, 40);
    for (const remaining of [45, 35, 25, 15]) other.ask(1_000, remaining, { commands: 10 });
    other.tell(one.budget, 2_000);
    one.tell(one.budget, 2_000);
    expect(one.budget.costOf(10)).toBe(10);
    expect(one.budget.waitFor(at(2_000), 4)).toBe(58_000);
    other.budget.throttled(at(90_000), at(3_000));
    other.keep();
    other.tell(one.budget, 3_000);
    expect(one.budget.waitFor(at(3_000))).toBe(87_000);
  });

  it('share the share', () => {
    const [one, other] = [new Process(budget()), new Process(budget())];
    for (let sent = 0; sent < 24; sent += 1) {
      expect(one.budget.waitFor(at(100 * sent))).toBe(0);
      one.leave(100 * sent);
      other.leave(100 * sent + 50);
      other.tell(one.budget, 100 * sent + 50);
      one.tell(one.budget, 100 * sent + 50);
    }
    expect(one.budget.waitFor(at(3_000))).toBe(57_000);
  });

  it('take what the other has just sent off what the headers had left', () => {
    const [one, other] = [new Process(budget()), new Process(budget())];
    one.ask(0, 13);
    expect(one.budget.waitFor(at(2_000))).toBe(0);
    other.leave(1_000);
    other.tell(one.budget, 2_000);
    expect(one.budget.waitFor(at(2_000))).toBe(58_000);
  });

  it('take an older reading for no news', () => {
    const [one, other] = [new Process(budget()), new Process(budget())];
    other.ask(0, 0);
    one.ask(1_000, 60, { resetIn: 61_000 });
    other.tell(one.budget, 2_000);
    expect(one.budget.waitFor(at(2_000))).toBe(0);
  });
});

describe('what must be kept at once', () => {
  const pressesAfter = (remaining: number): boolean => {
    const of = budget();
    of.learn(reading(40, 60_000, 60), at(0));
    of.kept(of.news() ?? {});
    of.learn(reading(remaining, 60_000, 60), at(200), of.spend(at(100)));
    return of.isPressing;
  };

  it('is a 429, that others have taken what we believed to be ours, and the price of a bulk request', () => {
    expect(pressesAfter(39)).toBe(false);
    expect(pressesAfter(20)).toBe(false);
    expect(pressesAfter(12)).toBe(true);
    const priced = new Process(budget());
    priced.ask(0, 60);
    for (const remaining of [50, 40]) priced.ask(1_000, remaining, { commands: 10 });
    const dear = priced.leave(1_000, 10);
    expect(priced.budget.isPressing).toBe(false);
    priced.budget.learn(reading(30, 60_000, 60), at(1_100), dear);
    expect(priced.budget.isPressing).toBe(true);
    const throttled = budget();
    throttled.throttled(undefined, at(0));
    expect(throttled.isPressing).toBe(true);
    throttled.kept(throttled.news() ?? {});
    expect(throttled.isPressing).toBe(false);
    expect(throttled.news()).toBeUndefined();
  });
});
