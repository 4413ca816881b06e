import type { PassSource, Session } from '@cloudtalk-sync/connector-kit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../../../apps/sandbox/src/salesforce/server.js';
import { never, refusalOf, sessionAt, TestClock } from './test-session.js';

const clock = new TestClock();
let sandbox: SalesforceSandbox;
let session: Session;
let ids: readonly string[];

beforeEach(async () => {
  sandbox = await startSalesforceSandbox({ clock: clock.now, longestPage: 40 });
  session = await sessionAt(sandbox.url, { clock }, { where: "LastName = 'Nobody'" });
  ids = Array.from({ length: 100 }, (_, n) => sandbox.put('Contact', { LastName: `Person ${n}` }));
});
afterEach(async () => {
  await session.close();
  await sandbox.close();
});

const erased = async (asked: readonly string[]): Promise<readonly string[]> => {
  const source = session.source as PassSource;
  return [...((await source.erased?.(asked, never)) ?? [])];
};

it('records that no condition lets through, of the bin or merged are there; those that were erased are not', async () => {
  const [first = '', second = '', third = '', fourth = ''] = ids;
  sandbox.remove(first);
  sandbox.merge(second, third);
  sandbox.erase(fourth);
  expect(await erased(ids)).toEqual([fourth]);
  expect(sandbox.requests.filter(({ kind }) => /query/.test(kind))).toHaveLength(3);
});

it('an answer without any of the records, or of records of another object, says of none that it was erased', async () => {
  sandbox.fault({ kind: 'junk', json: { totalSize: 0, done: true, records: [] }, match: 'query' });
  expect(await erased(ids)).toEqual([]);
  const lead = sandbox.put('Lead', { LastName: 'Elsewhere' });
  expect(await erased([...ids.slice(0, 9), lead])).toEqual([]);
});

it('a query that breaks off between two pages says nothing', async () => {
  sandbox.fault({ kind: 'expire locators', match: 'queryMore' });
  expect(await refusalOf(erased(ids))).toMatchObject({ name: 'RetryableError' });
});
