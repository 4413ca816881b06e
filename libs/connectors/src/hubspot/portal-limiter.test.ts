import { expect, it } from 'vitest';
import { PortalLimiter } from './portal-limiter.js';
import { TestClock } from './test-clock.js';

const LIMITS = { requestsPer10Seconds: 100, searchesPerSecond: 4 };
const HOUR = 3_600_000;
const never = new AbortController().signal;

it.each([
  ['after as many searches as there may be', 4, false],
  ['while HubSpot takes none', 0, true],
])('a clock that is put back by an hour holds nothing up, %s', async (_name, searches, isBlocked) => {
  const clock = new TestClock();
  const limiter = new PortalLimiter();
  for (let n = 0; n < searches; n += 1) await limiter.take('search', LIMITS, clock, never);
  if (isBlocked) limiter.block('search', new Date(clock.now().getTime() + 10_000));
  clock.pass(-HOUR);
  await limiter.take('search', LIMITS, clock, never);
  expect(clock.waited).toBe(0);
});
