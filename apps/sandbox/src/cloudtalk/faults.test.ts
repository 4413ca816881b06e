import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CloudTalkSandbox, type Fault, startCloudTalkSandbox } from '../index.js';
import { createChaos } from './chaos.js';
import { adds, call, callUrl, type Reply } from './test-caller.js';

let sandbox: CloudTalkSandbox;
beforeEach(async () => {
  sandbox = await startCloudTalkSandbox({ operationsPerMinute: 1_000 });
});
afterEach(() => sandbox.close());

const send = (): Promise<Reply> => call(sandbox, 'POST', '/bulk/contacts.json', adds('a', 'b', 'c', 'd'));
const held = (): string =>
  sandbox
    .contacts()
    .map((contact) => contact.name)
    .join('');

describe('a fault that answers', () => {
  const cases: readonly (readonly [Fault, number, string])[] = [
    [{ kind: 'throttle' }, 429, ''],
    [{ kind: 'error', when: 'before' }, 500, ''],
    [{ kind: 'error', when: 'middle', commands: 3 }, 500, 'abc'],
    [{ kind: 'error', when: 'after' }, 500, 'abcd'],
    [{ kind: 'refuse command', index: 1 }, 200, 'acd'],
    [{ kind: 'command error', index: 1, applied: false }, 200, 'acd'],
    [{ kind: 'command error', index: 1, applied: true }, 200, 'abcd'],
    [{ kind: 'omit command', index: 3, applied: false }, 200, 'abc'],
    [{ kind: 'omit command', index: 3, applied: true }, 200, 'abcd'],
    [{ kind: 'refuse request' }, 406, ''],
    [{ kind: 'refuse key' }, 401, ''],
    [{ kind: 'refuse key', status: 403 }, 403, ''],
    [{ kind: 'slow', delay: 30 }, 200, 'abcd'],
  ];

  it.each(cases)('%o', async (fault, status, contacts) => {
    sandbox.fault(fault);
    const reply = await send();
    expect(reply.status).toBe(status);
    expect(reply.data).toMatchObject({ status });
    expect(held()).toBe(contacts);
    expect(sandbox.operations).toMatchObject([{ status, commands: 4, fault: fault.kind }]);
  });

  it('names each command but the omitted one, and what became of the special one', async () => {
    sandbox.fault({ kind: 'omit command', index: 1, applied: true });
    expect((await send()).data).toMatchObject({
      data: [{ command_id: 'c0' }, { command_id: 'c2' }, { command_id: 'c3' }],
    });
    sandbox.fault({ kind: 'refuse command', index: 0, fields: { name: ['No.'] } });
    expect((await send()).data).toMatchObject({ data: [{ status: 406, data: { name: ['No.'] } }, {}, {}, {}] });
    sandbox.fault({ kind: 'command error', index: 2, applied: true });
    expect((await send()).data).toMatchObject({ data: [{}, {}, { command_id: 'c2', status: 500 }, {}] });
  });

  it('may be a page of the edge', async () => {
    sandbox.fault({ kind: 'error', when: 'after', status: 502, html: true });
    const reply = await send();
    expect(reply.headers.get('content-type')).toContain('text/html');
    expect(reply).toMatchObject({ status: 502, data: undefined });
    expect(held()).toBe('abcd');
  });

  it('names the end of the throttling', async () => {
    sandbox.fault({ kind: 'throttle', seconds: 7 });
    const before = Math.ceil(Date.now() / 1000);
    const { headers } = await send();
    expect(headers.get('X-CloudTalkAPI-Remaining')).toBe('0');
    expect(Number(headers.get('X-CloudTalkAPI-ResetTime'))).toBeGreaterThanOrEqual(before + 7);
  });
});

describe('a fault that loses the answer', () => {
  const cases: readonly (readonly [Fault, string])[] = [
    [{ kind: 'time out', when: 'before' }, ''],
    [{ kind: 'time out', when: 'after' }, 'abcd'],
    [{ kind: 'drop', when: 'before' }, ''],
    [{ kind: 'drop', when: 'after' }, 'abcd'],
    [{ kind: 'stall' }, 'abcd'],
  ];

  it.each(cases)('%o', async (fault, contacts) => {
    sandbox.fault(fault);
    await expect(send()).rejects.toThrow();
    expect(held()).toBe(contacts);
  });

  it('or cuts it short', async () => {
    sandbox.fault({ kind: 'truncate' });
    const reply = await send();
    expect(reply).toMatchObject({ status: 200, data: undefined });
    expect(reply.text).toContain('{"responseData":');
    expect(held()).toBe('abcd');
  });

  it('or applies the request only later', async () => {
    sandbox.fault({ kind: 'apply late', delay: 100 });
    await expect(send()).rejects.toThrow();
    await expect.poll(held).toBe('abcd');
  });
});

describe('a queued fault', () => {
  it('waits for its requests, as often as it is told', async () => {
    sandbox.fault({ kind: 'error', when: 'before', match: 'bulk', skip: 1, times: 2 });
    sandbox.fault({ kind: 'refuse key', match: '/contacts/' });
    const statuses: number[] = [];
    for (let request = 0; request < 4; request += 1) statuses.push((await send()).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect((await call(sandbox, 'GET', '/countries/index.json')).status).toBe(200);
    expect((await call(sandbox, 'GET', '/contacts/index.json')).status).toBe(401);
    expect((await call(sandbox, 'GET', '/contacts/index.json')).status).toBe(200);
  });

  it('of one command waits for a bulk request', async () => {
    sandbox.fault({ kind: 'command error', index: 0, applied: false });
    expect((await call(sandbox, 'GET', '/contacts/index.json')).status).toBe(200);
    expect((await send()).data).toMatchObject({ data: [{ status: 500 }, {}, {}, {}] });
  });
});

describe('random faults', () => {
  const draw = (seed: number, count: number) => {
    const next = createChaos({ seed, rates: { throttle: 0.1, 'drop after': 0.2, 'omit command': 0.1 } });
    return Array.from({ length: count }, () => next()?.kind ?? 'none');
  };

  it('are the same for the same seed, others for another, and about as many as asked for', () => {
    expect(draw(7, 200)).toEqual(draw(7, 200));
    expect(draw(7, 200)).not.toEqual(draw(8, 200));
    const share = (kind: string) => draw(7, 10_000).filter((drawn) => drawn === kind).length / 10_000;
    expect(share('none')).toBeCloseTo(0.6, 1);
    expect(share('throttle')).toBeCloseTo(0.1, 1);
    expect(share('drop')).toBeCloseTo(0.2, 1);
  });

  it('meet the requests of a sandbox that is told to', async () => {
    const chaotic = await startCloudTalkSandbox({ faults: { seed: 1, rates: { 'error before': 1 } } });
    expect((await call(chaotic, 'GET', '/contacts/index.json')).status).toBe(500);
    await chaotic.close();
  });
});

describe('over HTTP, without a key', () => {
  const control = (method: string, path: string, body?: unknown) =>
    callUrl(sandbox.url.replace(/\/api$/, path), method, body);

  it('shows and forgets what it holds', async () => {
    await control('POST', '/sandbox/contacts', { name: 'Ada <b>', ContactNumber: [{ public_number: 421901123456 }] });
    await send();
    expect(JSON.parse((await control('GET', '/sandbox/contacts')).text)).toEqual(sandbox.contacts());
    expect(JSON.parse((await control('GET', '/sandbox/operations')).text)).toMatchObject([
      { method: 'POST', path: '/bulk/contacts.json', status: 200, commands: 4, operations: 1 },
    ]);
    const page = await control('GET', '/');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('Ada &lt;b&gt;');
    await control('DELETE', '/sandbox/contacts');
    expect(held()).toBe('');
  });

  it('takes faults, and says what is wrong with one', async () => {
    expect((await control('POST', '/sandbox/faults', [{ kind: 'error', when: 'before' }])).status).toBe(200);
    expect((await send()).status).toBe(500);
    const refused = await control('POST', '/sandbox/faults', { kind: 'explode' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('must be one of: throttle');
    await control('POST', '/sandbox/faults', { kind: 'drop', when: 'before' });
    await control('DELETE', '/sandbox/faults');
    expect((await send()).status).toBe(200);
    expect((await control('GET', '/sandbox/nothing')).status).toBe(404);
  });

  it('starts over when it is reset', async () => {
    sandbox.fault({ kind: 'throttle', skip: 1 });
    await send();
    sandbox.reset();
    expect([sandbox.contacts(), sandbox.operations]).toEqual([[], []]);
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
  });
});
