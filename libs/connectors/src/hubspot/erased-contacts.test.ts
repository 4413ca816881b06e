import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, type OpenSession } from './test-session.js';

let sandbox: HubSpotSandbox;
let session: OpenSession;
let ids: readonly string[];

beforeEach(async () => {
  const clock = new TestClock();
  sandbox = await startHubSpotSandbox({ clock: clock.now });
  session = await openSession(sandbox.url, { clock });
  ids = Array.from({ length: 100 }, () => sandbox.put({ firstname: 'Anna' }));
});
afterEach(async () => {
  await session.close();
  await sandbox.close();
});

const erased = async (asked: readonly string[]): Promise<readonly string[]> => {
  return [...((await session.source.erased?.(asked, new AbortController().signal)) ?? [])];
};
const asked = (): number => sandbox.requests.filter(({ kind }) => kind === 'batch read').length;

it('contacts that are archived or were merged are there; those that were erased are not', async () => {
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = ids;
  expect(await erased(ids)).toEqual([]);
  expect(asked()).toBe(1);
  sandbox.remove(first);
  sandbox.merge(second, third);
  sandbox.erase(fourth);
  sandbox.remove(fifth);
  sandbox.erase(fifth);
  expect(await erased(ids)).toEqual([fourth, fifth]);
  expect(asked()).toBe(3);
});

it('contacts that an answer leaves out without a word are there', async () => {
  sandbox.erase(ids[0] ?? '');
  sandbox.fault({ kind: 'junk', json: { status: 'COMPLETE', results: [] }, match: 'batch read' });
  expect(await erased(ids)).toEqual([]);
  sandbox.fault({ kind: 'junk', json: { status: 'COMPLETE', results: [] }, match: 'batch read', skip: 1 });
  expect(await erased(ids)).toEqual([]);
  expect(await erased(ids)).toEqual([ids[0]]);
});
