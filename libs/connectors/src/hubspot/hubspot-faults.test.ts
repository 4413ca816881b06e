import { RetryableError } from '@cloudtalk-sync/errors';
import type { SourceRecord, Start } from '@cloudtalk-sync/connector-kit';
import { expect, it } from 'vitest';
import { startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession } from './test-session.js';

const HOUR = 3_600_000;
const RATES = {
  'throttle ten secondly': 0.05,
  'throttle secondly': 0.05,
  'error before': 0.1,
  'bad gateway after': 0.1,
  'drop before': 0.1,
  truncate: 0.1,
  junk: 0.1,
  locked: 0.05,
} as const;

it.each([1, 2, 3])('reads everything though most answers fail, going on where it stopped (seed %i)', async (seed) => {
  const clock = new TestClock();
  const sandbox = await startHubSpotSandbox({ clock: clock.now, faults: { seed, rates: RATES } });
  const session = await openSession(sandbox.url, { clock });
  const ids = Array.from({ length: 3_000 }, (_, index) => {
    clock.pass(index % 2);
    return sandbox.put({ firstname: 'Anna' });
  });
  clock.pass(HOUR);
  const stops = { count: 0 };
  const readOn = async (start: Start): Promise<readonly SourceRecord[]> => {
    const found: SourceRecord[] = [];
    for (let place = start; ; place = found.length > 0 ? { behind: found.at(-1)?.cursor } : start) {
      try {
        const { records } = await session.source.read(place, new AbortController().signal);
        for await (const record of records) found.push(record);
        return found;
      } catch (error) {
        expect(error).toBeInstanceOf(RetryableError);
        stops.count += 1;
      }
    }
  };
  const all = await readOn('beginning');
  expect(new Set(all.map(({ id }) => id))).toEqual(new Set(ids));
  for (const id of ids) sandbox.edit(id, { firstname: 'Eva' });
  clock.pass(HOUR);
  const changed = await readOn({ since: all.at(-1)?.cursor });
  expect(new Set(changed.map(({ id }) => id))).toEqual(new Set(ids));
  expect(stops.count).toBeGreaterThan(0);
  await session.close();
  await sandbox.close();
});
