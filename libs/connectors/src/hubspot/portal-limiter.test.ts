import { expect, it } from 'vitest';
import { PortalLimiter } from './portal-limiter.js';
import { TestClock } from './test-clock.js';

const LIMITS = { requestsPer10Seconds: 100, searchesPerSecond: 4 };
const HOUR = 3_600_000;
const never = new AbortController().signal;

it.each([
  ['after as many searches as there may be', 4, false, HOUR, 1100],
  ['after as many searches as there may be', 4, false, 5, 1100],
  ['while HubSpot takes none', 0, true, HOUR, 0],
])('a clock that is put back %s holds nothing up for longer', async (_name, searches, isBlocked, back, most) => {
  const clock = new TestClock();
  const limiter = new PortalLimiter();
  for (let n = 0; n < searches; n += 1) await limiter.take('search', LIMITS, clock, never);
  if (isBlocked) limiter.block('search', new Date(clock.now().getTime() + 10_000));
  clock.pass(-back);
  await limiter.take('search', LIMITS, clock, never);
  expect(clock.waited).toBe(most);
});
