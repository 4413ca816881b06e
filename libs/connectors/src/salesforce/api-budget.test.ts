import type { Session } from '@cloudtalk-sync/connector-kit';
import { afterEach, describe, expect, it } from 'vitest';
import type { SalesforceSandboxOptions } from '../../../../apps/sandbox/src/salesforce/options.js';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../../../apps/sandbox/src/salesforce/server.js';
import { ApiBudget, BUDGET_PAUSE } from './api-budget.js';
import { ApiUsage } from './api-usage.js';
import { readAll, refusalOf, sessionAt, TestClock } from './test-session.js';

let clock: TestClock;
let sandbox: SalesforceSandbox;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** An org with thirty contacts, of whose daily calls others have used so many. */
async function org(used: number, options: SalesforceSandboxOptions = {}): Promise<void> {
  clock = new TestClock();
  sandbox = await startSalesforceSandbox({ clock: clock.now, dailyRequests: 100, longestPage: 10, ...options });
  closing.push(() => sandbox.close());
  for (let n = 0; n < 30; n += 1) sandbox.put('Contact', { LastName: `Person ${n}` });
  sandbox.spend(used);
}

async function open(): Promise<Session> {
  const session = await sessionAt(sandbox.url, { clock });
  closing.push(() => session.close());
  return session;
}

const kindsOf = (): string[] => sandbox.requests.map(({ kind }) => kind);

describe('the reserve of the daily calls', () => {
  it('is known before the first page, and left alone by each session that tries again an hour later', async () => {
    await org(80);
    for (let hour = 1; hour <= 3; hour += 1) {
      expect(await refusalOf(readAll(await open()))).toMatchObject({ code: 'api_budget_used_up' });
      expect(kindsOf().filter((kind) => kind !== 'token')).toEqual(Array.from({ length: hour }, () => 'limits'));
      clock.pass(BUDGET_PAUSE);
    }
  });

  it('ends a reading that comes up to it, until calls come free', async () => {
    await org(77);
    const session = await open();
    const refusal = await refusalOf(readAll(session));
    expect(refusal).toMatchObject({ name: 'RetryableError', code: 'api_budget_used_up' });
    expect(refusal.retryAt).toEqual(new Date(clock.now().getTime() + BUDGET_PAUSE));
    expect(kindsOf()).toEqual(['token', 'limits', 'query', 'queryMore']);
    await refusalOf(readAll(session));
    expect(kindsOf()).toHaveLength(4);
    clock.pass(25 * 3_600_000);
    expect(await readAll(session)).toHaveLength(30);
  });
});

describe('the calls that are used', () => {
  it('are asked for once by all sessions of a process, and again when what is known is old', async () => {
    await org(0);
    const asked = (): number => kindsOf().filter((kind) => kind === 'limits').length;
    await Promise.all([readAll(await open()), readAll(await open())]);
    const before = asked();
    await readAll(await open());
    clock.pass(599_000);
    await readAll(await open());
    expect(asked()).toBe(before);
    clock.pass(600_000);
    const session = await open();
    await Promise.all([readAll(session), readAll(session), readAll(session)]);
    expect(asked()).toBe(before + 1);
  });

  it('stand in the header of a refusal too, so that a user who may not ask leaves the reserve alone all the same', async () => {
    await org(0);
    sandbox.fault({ kind: 'status', status: 403, code: 'INSUFFICIENT_ACCESS', match: 'limits', times: Infinity });
    expect(await readAll(await open())).toHaveLength(30);
    expect(kindsOf().filter((kind) => kind === 'limits')).toHaveLength(1);
    sandbox.spend(90);
    clock.pass(600_000);
    expect(await refusalOf(readAll(await open()))).toMatchObject({ code: 'api_budget_used_up' });
  });

  it('that Salesforce does not tell at all are asked for no more often than others', () => {
    const [usage, now] = [new ApiUsage(), new Date('2026-11-22T02:00:00Z')];
    expect(new ApiBudget(usage, 0.2, now).isKnown).toBe(false);
    usage.hide(now);
    const budget = new ApiBudget(usage, 0.2, now);
    expect(budget.isKnown).toBe(true);
    expect(() => budget.demand()).not.toThrow();
  });

  it('come from the answer where no header tells them', () => {
    const [usage, now] = [new ApiUsage(), new Date('2026-11-22T02:00:00Z')];
    expect(usage.readLimits({ DailyApiRequests: { Max: 15_000, Remaining: 2_500 } }, now)).toBe(true);
    expect(new ApiBudget(usage, 0.2, now)).toMatchObject({ used: 12_500, ours: 12_000, isKnown: true });
    expect(usage.readLimits({}, now)).toBe(false);
  });
});
