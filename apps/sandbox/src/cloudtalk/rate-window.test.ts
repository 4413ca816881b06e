import { describe, expect, it } from 'vitest';
import { startCloudTalkSandbox } from '../index.js';
import { adds, call } from './test-caller.js';

const START = Date.parse('2026-05-01T12:00:00Z');

describe('the rate window', () => {
  it('opens with the first operation, lasts 60 s and says so on every answer', async () => {
    let now = START;
    const sandbox = await startCloudTalkSandbox({ operationsPerMinute: 3, clock: () => new Date(now) });
    const seen = async (after: number) => {
      now = START + after;
      const { status, headers } = await call(sandbox, 'GET', '/countries/index.json');
      const [limit, remaining, reset] = ['Limit', 'Remaining', 'ResetTime'].map((name) =>
        Number(headers.get(`X-CloudTalkAPI-${name}`)),
      );
      expect(headers.get('retry-after')).toBeNull();
      return [status, limit, remaining, (reset ?? 0) - START / 1000];
    };
    expect(await seen(10_000)).toEqual([200, 3, 2, 70]);
    expect(await seen(50_000)).toEqual([200, 3, 1, 70]);
    expect(await seen(60_000)).toEqual([200, 3, 0, 70]);
    expect(await seen(69_999)).toEqual([429, 3, 0, 70]);
    expect(await seen(70_000)).toEqual([200, 3, 2, 130]);
    expect(sandbox.operations.map(({ operations, remaining }) => [operations, remaining])).toEqual([
      [1, 2],
      [1, 1],
      [1, 0],
      [0, 0],
      [1, 2],
    ]);
    await sandbox.close();
  });

  it('does nothing of a throttled request', async () => {
    const sandbox = await startCloudTalkSandbox({ operationsPerMinute: 1 });
    expect((await call(sandbox, 'POST', '/bulk/contacts.json', adds('a', 'b'))).status).toBe(200);
    expect((await call(sandbox, 'POST', '/bulk/contacts.json', adds('c', 'd'))).data).toMatchObject({ status: 429 });
    expect(sandbox.contacts().map((contact) => contact.name)).toEqual(['a', 'b']);
    await sandbox.close();
  });

  it('is used up by commands when a bulk request costs as many', async () => {
    const sandbox = await startCloudTalkSandbox({ operationsPerMinute: 60, bulkCost: 'command' });
    await call(sandbox, 'POST', '/bulk/contacts.json', adds(...'abcdefghij'));
    const { headers } = await call(sandbox, 'GET', '/countries/index.json');
    expect(headers.get('X-CloudTalkAPI-Remaining')).toBe('49');
    await sandbox.close();
  });

  it('can be used up by others, be shorter, and have its limit lowered, and every answer says so', async () => {
    let now = START;
    const options = { operationsPerMinute: 50, window: 15_000, clock: () => new Date(now) };
    const sandbox = await startCloudTalkSandbox(options);
    const ask = async () => (await call(sandbox, 'GET', '/countries/index.json')).status;
    sandbox.useUp(1);
    expect([await ask(), await ask()]).toEqual([200, 429]);
    now += 15_000;
    expect(await ask()).toBe(200);
    sandbox.limitTo(2);
    expect([await ask(), await ask()]).toEqual([200, 429]);
    const [opened, reopened] = [START / 1000 + 15, START / 1000 + 30];
    expect(sandbox.operations.map(({ limit, remaining, reset }) => [limit, remaining, reset])).toEqual([
      [50, 0, opened],
      [50, 0, opened],
      [50, 49, reopened],
      [2, 0, reopened],
      [2, 0, reopened],
    ]);
    await sandbox.close();
  });
});
