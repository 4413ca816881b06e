import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Session } from '@cloudtalk-sync/connector-kit';
import { afterEach, describe, expect, it } from 'vitest';
import type { SalesforceSandboxOptions } from '../../../../apps/sandbox/src/salesforce/options.js';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../../../apps/sandbox/src/salesforce/server.js';
import { audienceOf } from './salesforce-login.js';
import { never, outcomeOf, readAll, refusalOf, sessionAt, TestClock } from './test-session.js';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const closing: (() => Promise<void>)[] = [];
const clock = new TestClock();

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function world(
  options: SalesforceSandboxOptions = {},
  connection: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly sandbox: SalesforceSandbox; readonly session: Session }> {
  const sandbox = await startSalesforceSandbox({ clock: clock.now, publicKey: keys.publicKey, ...options });
  closing.push(() => sandbox.close());
  sandbox.put('Contact', { LastName: 'Nová' });
  const report = { status: 'CloudTalk_Status__c' };
  const session = await sessionAt(sandbox.url, { clock, report }, connection);
  closing.push(() => session.close());
  return { sandbox, session };
}

const logins = ({ requests }: SalesforceSandbox): number => requests.filter(({ kind }) => kind === 'token').length;
const jwt = { clientId: 'sandbox-client', username: 'integration@example.com', privateKey: keys.privateKey };
const password = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  username: 'integration@example.com',
  password: 'sandbox-password',
};

describe('a login', () => {
  it.each([
    ['by a signed assertion', jwt],
    [
      'by a signed assertion whose key lost its line breaks',
      { ...jwt, privateKey: keys.privateKey.replaceAll('\n', '\\n') },
    ],
    ['as an app', { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' }],
    ['with a password', password],
  ])('%s opens the org', async (_how, auth) => {
    const { session } = await world({}, { auth });
    expect(await readAll(session)).toHaveLength(1);
  });

  it.each([
    ['a key that the app does not know', { ...jwt, privateKey: otherKey() }],
    ['a user that may not use the app', { ...jwt, username: 'somebody@example.com' }],
    ['a wrong consumer key', { ...jwt, clientId: 'other' }],
    ['a wrong secret', { clientId: 'sandbox-client', clientSecret: 'hunter2' }],
    ['a wrong password', { ...password, password: 'hunter2' }],
  ])('with %s is refused with words, once, and without the secret', async (_what, auth) => {
    const { sandbox, session } = await world({}, { auth });
    const refusal = await refusalOf(readAll(session));
    expect(refusal).toMatchObject({ name: 'FatalError', code: 'login_refused' });
    expect(refusal.fix).toMatch(/options\.auth/);
    expect(`${refusal.message} ${refusal.fix}`).not.toMatch(/hunter2|PRIVATE KEY|assertion=/);
    expect(sandbox.requests).toHaveLength(1);
  });

  it.each([
    [400, 'OAUTH_EC_APP_NOT_FOUND', 'external client app is not installed in this org'],
    [400, 'OAUTH_APP_BLOCKED', 'this app is blocked by admin'],
    [403, 'a_new_reason', 'whatever it is'],
  ])('that is refused with %i %s says that it is the login', async (status, code, message) => {
    const { sandbox, session } = await world();
    sandbox.fault({ kind: 'status', status, code, message, match: 'token' });
    const refusal = await refusalOf(readAll(session));
    expect(refusal).toMatchObject({ name: 'FatalError', code: 'login_refused' });
    expect(refusal.message).toContain(`${code}: ${message}`);
    expect(refusal.fix).toContain('options.auth');
  });

  it('as an app without a user speaks of that user', async () => {
    const { sandbox, session } = await world();
    const message = 'no client credentials user enabled';
    sandbox.fault({ kind: 'status', status: 400, code: 'invalid_grant', message, match: 'token' });
    const refusal = await refusalOf(readAll(session));
    expect(refusal).toMatchObject({ name: 'FatalError', code: 'login_refused' });
    expect(refusal.fix).toContain('"Run As"');
    expect(refusal.fix).not.toMatch(/password|key/);
  });

  it.each([
    ['https://acme.my.salesforce.com', 'https://login.salesforce.com'],
    ['https://acme--uat.sandbox.my.salesforce.com', 'https://test.salesforce.com'],
    ['https://acme.scratch.my.salesforce.com', 'https://test.salesforce.com'],
  ])('at %s names the login server %s', (loginUrl, audience) => {
    expect(audienceOf(loginUrl)).toBe(audience);
  });

  it('to another org than the one of the connection is refused once, and both are named', async () => {
    const { sandbox } = await world();
    const session = await sessionAt(sandbox.url, { clock, org: '00D000000000002EAA' });
    closing.push(() => session.close());
    const refusal = await refusalOf(session.check());
    expect(await refusalOf(readAll(session))).toBe(refusal);
    expect(logins(sandbox)).toBe(1);
    expect(refusal).toMatchObject({ name: 'FatalError', code: 'other_org' });
    expect(refusal.message).toMatch(/now logs in to .*00D000000000001EAA, .* came from the org 00D000000000002EAA/);
  });

  it('happens once for calls that begin together', async () => {
    const { sandbox, session } = await world();
    await Promise.all([readAll(session), readAll(session), session.check()]);
    expect(logins(sandbox)).toBe(1);
  });
});

describe('a session that has run out', () => {
  it('is renewed in the midst of a reading, which loses nothing', async () => {
    const { sandbox, session } = await world({ longestPage: 5, tokenRequests: 3 });
    for (let n = 1; n < 40; n += 1) sandbox.put('Contact', { LastName: `Person ${n}` });
    expect(await readAll(session)).toHaveLength(40);
    expect(logins(sandbox)).toBe(3);
  });

  it('is renewed once for all calls that find it so', async () => {
    const { sandbox, session } = await world();
    await readAll(session);
    clock.pass(3 * 3_600_000);
    await Promise.all([1, 2, 3, 4, 5].map(() => readAll(session)));
    expect(logins(sandbox)).toBe(2);
  });

  it('that stays refused ends as FatalError after four requests, never in a loop', async () => {
    const { sandbox, session } = await world();
    sandbox.fault({ kind: 'status', status: 401, times: Infinity });
    expect(await refusalOf(readAll(session))).toMatchObject({ name: 'FatalError', code: 'login_refused' });
    expect(sandbox.requests.map(({ kind }) => kind)).toEqual(['token', 'limits', 'token', 'limits']);
    sandbox.calm();
    expect(await readAll(session)).toHaveLength(1);
  });
});

describe('a redirect', () => {
  it.each(['query', 'queryMore', 'describe', 'update', 'token'] as const)(
    'of a %s request is not followed, and no other host ever hears of us',
    async (match) => {
      const heard: string[] = [];
      const elsewhere = await listen((request) => heard.push(`${request.method} ${request.headers.authorization}`));
      const { sandbox, session } = await world({ longestPage: 1 });
      sandbox.put('Contact', { LastName: 'Second' });
      for (const status of [301, 302, 303, 307, 308] as const) {
        sandbox.fault({ kind: 'redirect', status, to: `${elsewhere}/services/data/`, match });
      }
      for (let n = 0; n < 5; n += 1) {
        const refusal = await refusalOf(everything(session));
        expect(refusal).toMatchObject({ name: 'RetryableError', code: 'redirected' });
      }
      await everything(session);
      expect(heard).toEqual([]);
    },
  );

  it('by a next page on another host is not followed either', async () => {
    const heard: string[] = [];
    const elsewhere = await listen((request) => heard.push(String(request.headers.authorization)));
    const { sandbox, session } = await world();
    const [contact] = sandbox.records('Contact');
    const record = { Id: contact?.['Id'], SystemModstamp: contact?.['SystemModstamp'], IsDeleted: false };
    const nextRecordsUrl = `${elsewhere}/services/data/v62.0/query/01g-1`;
    sandbox.fault({
      kind: 'junk',
      json: { totalSize: 2, done: false, nextRecordsUrl, records: [record] },
      match: 'query',
    });
    expect(await refusalOf(readAll(session))).toMatchObject({ name: 'RetryableError', code: 'foreign_host' });
    expect(heard).toEqual([]);
  });
});

describe('a call', () => {
  it.each([
    ['that is never answered', { kind: 'time out', when: 'before' } as const],
    ['whose answer stops half-way', { kind: 'stall' } as const],
  ])('%s ends with its time, and the next one works', async (_what, fault) => {
    const { sandbox, session } = await world({}, { timeout: '3s' });
    sandbox.fault(fault);
    expect(await refusalOf(readAll(session))).toMatchObject({ name: 'RetryableError', code: 'timeout' });
    expect(await readAll(session)).toHaveLength(1);
  });

  it('is made once: nothing repeats a request behind our back', async () => {
    const { sandbox, session } = await world();
    await readAll(session);
    const before = sandbox.requests.length;
    sandbox.fault({ kind: 'status', status: 503, times: Infinity });
    expect(await refusalOf(readAll(session))).toMatchObject({ name: 'RetryableError', code: 'unavailable' });
    expect(sandbox.requests.length - before).toBe(1);
  });

  it.each(['ConcurrentRequests (Concurrent API Requests) Limit exceeded.', 'ConcurrentPerOrgLongTxn Limit exceeded.'])(
    'that is one too many at once is tried again soon: %s',
    async (message) => {
      const { sandbox, session } = await world();
      sandbox.fault({ kind: 'status', status: 403, message });
      const refusal = await refusalOf(readAll(session));
      expect(refusal).toMatchObject({ name: 'RetryableError', code: 'unavailable', retryAt: undefined });
      expect(refusal.message).toContain('too many calls at once');
      expect(await readAll(session)).toHaveLength(1);
    },
  );

  it('by a user who may not use the API is fatal, though Salesforce says "currently"', async () => {
    const { sandbox, session } = await world();
    const message = 'API is disabled for this User';
    sandbox.fault({ kind: 'status', status: 403, code: 'API_CURRENTLY_DISABLED', message, match: 'query' });
    expect(await refusalOf(readAll(session))).toMatchObject({ name: 'FatalError', code: 'access_denied' });
  });

  it('ends at once when it is told to, with the reason it was told', async () => {
    const { sandbox, session } = await world({}, { timeout: '1h' });
    await readAll(session);
    sandbox.fault({ kind: 'time out', when: 'before' });
    const stop = new AbortController();
    const reading = refusalOf(readAll(session, 'beginning', stop.signal));
    await expect.poll(() => sandbox.requests.at(-1)?.fault).toBe('time out');
    stop.abort(new Error('enough'));
    expect((await reading).message).toBe('enough');
  }, 20_000);

  it('under way is broken off when the session is closed', async () => {
    const { sandbox, session } = await world({}, { timeout: '1h' });
    sandbox.fault({ kind: 'time out', when: 'before', match: 'token' });
    const reading = refusalOf(readAll(session));
    await expect.poll(() => sandbox.requests.at(-1)?.fault).toBe('time out');
    await session.close();
    expect((await reading).message).toContain('closed');
  }, 20_000);
});

/** Makes every kind of request that a connection makes. */
async function everything(session: Session): Promise<void> {
  const records = await readAll(session);
  await session.check();
  if (session.reporter.wants === 'changes') {
    await session.reporter.write(
      records.map(({ id = '' }) => outcomeOf(id)),
      never,
    );
  }
}

async function listen(hear: (request: IncomingMessage) => void): Promise<string> {
  const server: Server = createServer((request, response) => {
    hear(request);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function otherKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
