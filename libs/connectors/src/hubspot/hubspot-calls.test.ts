import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RetryableError } from '@cloudtalk-sync/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotSandboxOptions } from '../../../../apps/sandbox/src/hubspot/options.js';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, type OpenSession, readAll, since } from './test-session.js';

const HOUR = 3_600_000;

let clock: TestClock;
let sandbox: HubSpotSandbox;
const open: { close(): Promise<void> }[] = [];

async function start(options: HubSpotSandboxOptions = {}): Promise<void> {
  sandbox = await startHubSpotSandbox({ clock: clock.now, ...options });
  open.push(sandbox);
}

async function session(options: Readonly<Record<string, unknown>> = {}): Promise<OpenSession> {
  const opened = await openSession(sandbox.url, { clock, options });
  open.unshift(opened);
  return opened;
}

function refusals(): readonly unknown[] {
  return sandbox.requests.filter(({ status }) => status === 429);
}

beforeEach(() => {
  clock = new TestClock();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('the limits of a portal', () => {
  it('are kept by all sessions of the process together', async () => {
    await start({ requestsPer10Seconds: 20 });
    for (let count = 0; count < 1_500; count += 1) sandbox.put({ firstname: 'Anna' });
    const [one, other] = [await session(), await session()];
    const options = await Promise.all([readAll(one), readAll(other)]);
    expect(options.map(({ length }) => length)).toEqual([1_500, 1_500]);
    expect(refusals()).toEqual([]);
  });

  it('are kept by two tokens of the portal together, also the limit of searches', async () => {
    await start({ searchesPerSecond: 4, otherTokens: ['another-token'] });
    sandbox.put({ firstname: 'first' });
    const [one, other] = [await session(), await session({ accessToken: 'another-token' })];
    const first = await readAll(one);
    for (let count = 0; count < 2_000; count += 1) sandbox.put({ firstname: 'Anna' });
    clock.pass(HOUR);
    const readings = await Promise.all(
      [one, other].map(({ source }) => source.read(since(first), new AbortController().signal)),
    );
    const iterators = readings.map(({ records }) => records[Symbol.asyncIterator]());
    const found: unknown[] = [];
    for (let ended = 0; ended < iterators.length;) {
      ended = 0;
      for (const iterator of iterators) {
        const { done = false, value } = await iterator.next();
        if (done) ended += 1;
        else found.push(value);
      }
    }
    expect(found).toHaveLength(2 * 2_001);
    expect(refusals()).toEqual([]);
  });

  it('are kept from the first request of a session on, whatever it asks for', async () => {
    await start({ requestsPer10Seconds: 20, otherTokens: ['another-token'] });
    const id = sandbox.put({ firstname: 'Anna' });
    for (let count = 0; count < 1_500; count += 1) sandbox.put({ firstname: 'Anna' });
    await readAll(await session());
    const opened = await openSession(sandbox.url, {
      clock,
      report: { status: 'firstname' },
      options: { accessToken: 'another-token' },
    });
    open.unshift(opened);
    const outcome = { recordId: id, status: 'imported', code: '', message: '', contactId: '', link: '' } as const;
    for (let count = 0; count < 30; count += 1) {
      await opened.reporter.write([{ ...outcome, time: clock.now() }], new AbortController().signal);
    }
    expect(refusals()).toEqual([]);
  });

  it('are learned from the headers where HubSpot grants less than the options say', async () => {
    await start({ requestsPer10Seconds: 5 });
    for (let count = 0; count < 1_500; count += 1) sandbox.put({ firstname: 'Anna' });
    await readAll(await session({ requestsPer10Seconds: 1_000 }));
    expect(refusals()).toEqual([]);
  });

  it('of the search are kept apart', async () => {
    await start({ searchesPerSecond: 4 });
    sandbox.put({ firstname: 'first' });
    const all = await readAll(await session());
    for (let count = 0; count < 3_000; count += 1) sandbox.put({ firstname: 'Anna' });
    clock.pass(HOUR);
    clock.waited = 0;
    expect(await readAll(await session(), since(all))).toHaveLength(3_001);
    expect(refusals()).toEqual([]);
    expect(clock.waited).toBeGreaterThan(3_000);
  });

  it('are waited for when other tools have used them up', async () => {
    await start();
    sandbox.put({ firstname: 'Anna' });
    sandbox.fault({ kind: 'throttle', policy: 'TEN_SECONDLY_ROLLING', match: 'list', times: 2 });
    expect(await readAll(await session())).toHaveLength(1);
    expect(clock.waited).toBeGreaterThanOrEqual(20_000);
  });

  it('are waited for as long as HubSpot asks', async () => {
    await start();
    sandbox.put({ firstname: 'Anna' });
    sandbox.fault({ kind: 'throttle', policy: 'SECONDLY', retryAfter: 17, match: 'list' });
    expect(await readAll(await session())).toHaveLength(1);
    expect(clock.waited).toBe(17_000);
  });

  it('of the day end at the midnight of the portal', async () => {
    await start({ timeZone: 'America/New_York' });
    sandbox.fault({ kind: 'throttle', policy: 'DAILY', match: 'list' });
    const error: unknown = await readAll(await session()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code: 'daily_limit', retryAt: new Date('2026-11-22T05:00:00Z') });
    expect(clock.waited).toBe(0);
  });
});

describe('a call that fails', () => {
  it.each([
    ['an internal error', { kind: 'status', status: 500 }],
    ['a page of the edge', { kind: 'status', status: 502, html: true }],
    ['a broken connection', { kind: 'drop', when: 'before' }],
    ['no answer', { kind: 'time out', when: 'before' }],
    ['a stalled answer', { kind: 'stall' }],
    ['half of an answer', { kind: 'truncate' }],
    ['the page of a login', { kind: 'junk' }],
    ['a locked portal', { kind: 'status', status: 423 }],
  ] as const)('is made again after %s', async (_name, fault) => {
    await start();
    for (let count = 0; count < 250; count += 1) sandbox.put({ firstname: 'Anna' });
    sandbox.fault({ ...fault, match: 'list', skip: 1, times: 2 });
    expect(await readAll(await session({ timeout: '1s' }))).toHaveLength(250);
    expect(clock.waited).toBeGreaterThan(0);
  });

  it('says what happened, to what, and never the token', async () => {
    await start();
    sandbox.fault({ kind: 'missing scope', scopes: ['crm.objects.contacts.read'], match: 'list' });
    const error: unknown = await readAll(await session()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'missing_scope',
      message: 'HubSpot does not grant this access token the contacts: it lacks the scope crm.objects.contacts.read.',
      fix: 'Add the scope crm.objects.contacts.read to the Service Key or private app in HubSpot.',
    });
    sandbox.fault({ kind: 'status', status: 401 });
    const refused: unknown = await readAll(await session()).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([refused, Object(refused).stack, String(Object(refused).cause)])).not.toContain(
      'sandbox-token',
    );
  });

  it('says why a portal cannot be reached', async () => {
    await start();
    const opened = await session();
    await sandbox.close();
    const error: unknown = await readAll(opened).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') as string });
  });
});

describe('a redirect', () => {
  let foreign: Server;
  const seen: IncomingMessage[] = [];

  beforeEach(async () => {
    seen.length = 0;
    foreign = createServer((request, response) => {
      seen.push(request);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[],"portalId":1}');
    });
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    await start();
    sandbox.put({ firstname: 'Anna' });
  });
  afterEach(() => {
    foreign.closeAllConnections();
    foreign.close();
  });

  it.each([
    ['the account', 'account', 302],
    ['the contacts', 'list', 302],
    ['the contacts', 'list', 307],
  ] as const)('of %s takes neither the token nor a request to another address', async (_name, match, status) => {
    const { port } = foreign.address() as AddressInfo;
    sandbox.fault({ kind: 'redirect', to: `http://127.0.0.1:${port}/crm`, status, match });
    const error: unknown = await readAll(await session()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'redirected',
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
    expect(seen).toEqual([]);
  });

  it('of a written batch takes no contact there either', async () => {
    const { port } = foreign.address() as AddressInfo;
    sandbox.fault({ kind: 'redirect', to: `http://127.0.0.1:${port}/crm`, status: 307, match: 'batch update' });
    const opened = await openSession(sandbox.url, { clock, report: { status: 'firstname' } });
    open.unshift(opened);
    const outcome = { recordId: '851', status: 'imported', code: '', message: '', contactId: '', link: '' } as const;
    const writing = opened.reporter.write([{ ...outcome, time: clock.now() }], new AbortController().signal);
    await expect(writing).rejects.toMatchObject({ code: 'redirected' });
    expect(seen).toEqual([]);
  });
});
