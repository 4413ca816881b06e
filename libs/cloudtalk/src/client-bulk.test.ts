import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import {
  type ClientOptions,
  type Command,
  type CommandAnswer,
  createCloudTalkClient,
  type RateReading,
} from './index.js';
import { type Handler, json, startTestServer, type TestServer, text } from './test-server.js';

const SECRET = 'S3cret-of-the-key';
const COMMANDS: readonly Command[] = [
  {
    action: 'add_contact',
    command_id: '7',
    data: { name: 'Ada', ContactNumber: [{ public_number: '+421901123456' }] },
  },
  { action: 'edit_contact', command_id: 'row-2/1', data: { id: 12, name: 'Bob' } },
  { action: 'delete_contact', command_id: 'row-3/1', data: { id: 13 } },
];

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

function client(options: Partial<ClientOptions> = {}) {
  const key = { accessKeyId: 'KEY', accessKeySecret: SECRET };
  return createCloudTalkClient({ baseUrl: server.url, requestTimeout: 5_000, ...key, ...options });
}

async function answersTo(data: unknown): Promise<ReadonlyMap<string, CommandAnswer>> {
  server.answer = json(200, { responseData: { status: 200, data } });
  const result = await client().bulk(COMMANDS);
  if (result.kind !== 'answered') throw new Error(`expected answers, got ${JSON.stringify(result)}`);
  return result.answers;
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => expect.fail(`nothing was thrown, but ${JSON.stringify(value)} returned`),
    (error: unknown) => error,
  );
}

describe('a bulk request as it leaves', () => {
  it('is a bare array of commands, with the key, the types and a User-Agent', async () => {
    await client({ baseUrl: `${server.url}/` }).bulk(COMMANDS);
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', url: '/api/bulk/contacts.json' });
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'cloudtalk-sync',
      authorization: `Basic ${Buffer.from(`KEY:${SECRET}`).toString('base64')}`,
    });
    expect(JSON.parse(request?.body ?? '')).toEqual(COMMANDS);
  });
});

describe('the answers to commands', () => {
  it('are matched by command_id in any order, sent as number or text, and unknown ones are ignored', async () => {
    const answers = await answersTo([
      { command_id: 'row-3/1', status: '200' },
      { command_id: 'of someone else', status: 500 },
      'junk',
      { command_id: 7, status: 201, data: { id: '4711' } },
      { command_id: 'row-2/1', status: 200 },
    ]);
    expect([...answers].sort()).toEqual([
      ['7', { kind: 'added', contactId: 4711 }],
      ['row-2/1', { kind: 'edited' }],
      ['row-3/1', { kind: 'deleted' }],
    ]);
  });

  it('leave out a command that CloudTalk did not name', async () => {
    const answers = await answersTo([{ command_id: '7', status: 201, data: { id: 1 } }]);
    expect([...answers.keys()]).toEqual(['7']);
  });

  it.each([
    ['an add without an id', { command_id: '7', status: 201 }],
    ['an add with a useless id', { command_id: '7', status: 201, data: { id: 'none' } }],
    ['a 500', { command_id: '7', status: 500, message: 'Something went wrong.' }],
    ['no status', { command_id: '7' }],
  ])('are in doubt for %s', async (_name, item) => {
    expect((await answersTo([item])).get('7')).toMatchObject({ kind: 'in doubt' });
  });

  it('are in doubt when one command is answered twice and differently, but not when alike', async () => {
    const added = { command_id: '7', status: 201, data: { id: '5' } };
    expect((await answersTo([added, { ...added, data: { id: '6' } }])).get('7')).toMatchObject({ kind: 'in doubt' });
    expect((await answersTo([added, { ...added, data: { id: 5 } }])).get('7')).toEqual({ kind: 'added', contactId: 5 });
  });

  it('say what was rejected, field by field, unescaped', async () => {
    const data = { email: ['Please supply a valid email address.'], ContactNumber: [{ public_number: 'A &amp; B' }] };
    const answers = await answersTo([{ command_id: '7', status: '406', message: 'Invalid input data.', data }]);
    expect(answers.get('7')).toEqual({
      kind: 'rejected',
      status: 406,
      message: 'Invalid input data.',
      fields: { email: ['Please supply a valid email address.'], 'ContactNumber.public_number': ['A & B'] },
    });
  });

  it('tell a contact that is not there, and a throttled command, from a rejected one', async () => {
    const answers = await answersTo([
      { command_id: '7', status: 429 },
      { command_id: 'row-2/1', status: 404, message: 'Not found.' },
    ]);
    expect(answers.get('7')).toEqual({ kind: 'throttled' });
    expect(answers.get('row-2/1')).toEqual({ kind: 'not found', message: 'Not found.' });
  });
});

describe('a bulk request refused as a whole', () => {
  const refusal = { responseData: { status: 406, message: 'Invalid input data.', data: { action: ['Too many.'] } } };

  it.each([
    ['406', json(406, refusal)],
    ['406 inside a 200', json(200, refusal)],
  ])('is rejected on a %s', async (_name, answer) => {
    server.answer = answer;
    expect(await client().bulk(COMMANDS)).toEqual({
      kind: 'rejected',
      status: 406,
      message: 'Invalid input data.',
      fields: { action: ['Too many.'] },
    });
  });

  it('is rejected on a 413 of a proxy', async () => {
    server.answer = text(413, '<html>too large</html>');
    expect(await client().bulk(COMMANDS)).toMatchObject({ kind: 'rejected', status: 413 });
  });

  it('is read command by command when a 406 tells them apart', async () => {
    const data = [{ command_id: '7', status: 201, data: { id: 9 } }];
    server.answer = json(406, { responseData: { status: 406, message: 'Invalid input data.', data } });
    const answers = new Map([['7', { kind: 'added', contactId: 9 }]]);
    expect(await client().bulk(COMMANDS)).toEqual({ kind: 'answered', answers });
  });

  it.each([
    ['401', json(401, { responseData: { status: 401, message: 'Unauthorized' } }), 'key_refused', 'access key'],
    ['401 inside a 200', json(200, { responseData: { status: '401' } }), 'key_refused', 'access key'],
    ['403 of CloudTalk', json(403, { responseData: { status: 403 } }), 'key_refused', 'access key'],
    ['403 of the edge', text(403, '<html>Forbidden</html>'), 'key_refused', 'edge'],
    ['404', text(404, 'no such page'), 'wrong_address', 'no CloudTalk API'],
  ])('throws what a person must mend on a %s', async (_name, answer, code, words) => {
    server.answer = answer;
    const error = await thrownBy(client().bulk(COMMANDS));
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
    expect(JSON.stringify(error) + String(error)).not.toContain(SECRET);
  });

  it.each([429, 200])('throws rate_limited with the end of the window on a 429, sent as HTTP %i', async (status) => {
    const readings: RateReading[] = [];
    const reset = Math.ceil(Date.now() / 1000) + 30;
    const headers = {
      'X-CloudTalkAPI-Limit': '60',
      'X-CloudTalkAPI-Remaining': '0',
      'X-CloudTalkAPI-ResetTime': `${reset}`,
    };
    server.answer = json(status, { responseData: { status: 429 } }, headers);
    const error = await thrownBy(client({ onRate: (rate) => readings.push(rate) }).bulk(COMMANDS));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code: 'rate_limited', retryAt: new Date(reset * 1000) });
    expect(readings).toEqual([{ limit: 60, remaining: 0, resetAt: new Date(reset * 1000) }]);
  });
});

describe('the end of the window', () => {
  it('is told by the clock that was handed in', async () => {
    const readings: RateReading[] = [];
    server.answer = json(200, {}, { 'X-CloudTalkAPI-ResetTime': '40' });
    const now = () => new Date('2026-05-01T12:00:00Z');
    await client({ now, onRate: (rate) => readings.push(rate) }).bulk(COMMANDS);
    expect(readings).toMatchObject([{ resetAt: new Date('2026-05-01T12:00:40Z') }]);
  });
});

describe('a bulk request whose connection never opened', () => {
  it.each([
    ['a closed port', async () => `http://127.0.0.1:${await closedPort()}/api`],
    ['a forbidden port', async () => 'http://127.0.0.1:1/api'],
    ['a name that does not exist', async () => 'http://cloudtalk.invalid/api'],
    ['a TLS handshake with a plain server', async () => server.url.replace('http:', 'https:')],
  ])('throws unreachable: %s', async (_name, baseUrl) => {
    const error = await thrownBy(client({ baseUrl: await baseUrl() }).bulk(COMMANDS));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('cannot be reached') as string,
    });
  });
});

describe('a bulk request whose fate nobody knows', () => {
  const page = '<html>Bad gateway</html>';
  const partly = '{"responseData":{"status":200,"data":[{"command_id":"7","sta';
  const cases: readonly (readonly [string, Handler])[] = [
    ['a 500', json(500, { responseData: { status: 500, message: 'Something went wrong.' } })],
    ['a 500 that claims success inside', json(500, { responseData: { status: 200, data: [] } })],
    ['a 500 inside a 200', json(200, { responseData: { status: 500 } })],
    ['a 502 with HTML', text(502, page)],
    ['HTML on a 200', text(200, page)],
    ['truncated JSON', text(200, partly)],
    ['an empty body', text(200, '')],
    ['JSON without answers', json(200, { responseData: { status: 200 } })],
    ['a redirect', text(302, '', { location: '/elsewhere' })],
    ['an unexpected status', json(400, { responseData: { status: 400 } })],
    ['a reset before the answer', (_request, response) => response.socket?.resetAndDestroy()],
    [
      'a reset in the middle of the body',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '5000' }).write(partly, () => response.socket?.resetAndDestroy());
      },
    ],
    [
      'a stalled body',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '5000' }).write(partly);
      },
    ],
    ['no answer', () => undefined],
  ];

  it.each(cases)('is in doubt: %s', async (_name, answer) => {
    server.answer = answer;
    const result = await client({ requestTimeout: 300 }).bulk(COMMANDS);
    expect(result).toMatchObject({ kind: 'in doubt' });
    expect(server.received).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });
});

async function closedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
