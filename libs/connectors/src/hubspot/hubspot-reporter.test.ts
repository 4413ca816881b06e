import type { RecordOutcome } from '@cloudtalk-sync/connector-kit';
import { RetryableError } from '@cloudtalk-sync/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotSandboxOptions } from '../../../../apps/sandbox/src/hubspot/options.js';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, type OpenSession } from './test-session.js';

const REPORT = { status: 'ct_status', code: 'ct_code', message: 'ct_message', contactId: 'ct_id', time: 'ct_time' };
const TIME = new Date('2026-11-22T02:00:00.000Z');
const never = new AbortController().signal;

let clock: TestClock;
let sandbox: HubSpotSandbox;
let session: OpenSession;

async function start(options: HubSpotSandboxOptions = {}, typeOfTime = 'datetime', timeout = '30s'): Promise<void> {
  sandbox = await startHubSpotSandbox({ clock: clock.now, ...options });
  for (const name of ['ct_code', 'ct_message', 'ct_id']) sandbox.addProperty(name, 'string');
  sandbox.addProperty('ct_status', 'enumeration', { options: ['imported', 'failed'] });
  sandbox.addProperty('ct_time', typeOfTime);
  session = await openSession(sandbox.url, { clock, report: REPORT, options: { timeout } });
}

function outcome(recordId: string, more: Partial<RecordOutcome> = {}): RecordOutcome {
  return { recordId, status: 'imported', code: '', message: '', contactId: '1000', link: '', time: TIME, ...more };
}

function shown(id: string): unknown {
  const { properties = {} } = sandbox.records().find((record) => record.id === id) ?? {};
  return Object.fromEntries(Object.values(REPORT).map((name) => [name, properties[name]]));
}

function updates(): number {
  return sandbox.requests.filter(({ kind }) => kind === 'batch update').length;
}

beforeEach(() => {
  clock = new TestClock();
});
afterEach(async () => {
  await session.close();
  await sandbox.close();
});

describe('outcomes in HubSpot', () => {
  it('stand in the properties of each contact, as texts', async () => {
    await start();
    const [anna = '', jan = ''] = ['Anna', 'Jan'].map((firstname) => sandbox.put({ firstname, ct_code: 'old' }));
    const failed = outcome(jan, { status: 'failed', code: 'invalid_phone', message: 'Too short.', contactId: '' });
    const answers = await session.reporter.write([outcome(anna), failed], never);
    expect(answers).toEqual([anna, jan].map((recordId) => ({ recordId, ok: true })));
    const ct_time = String(TIME.getTime());
    expect(shown(anna)).toEqual({ ct_status: 'imported', ct_code: '', ct_message: '', ct_id: '1000', ct_time });
    expect(shown(jan)).toMatchObject({ ct_status: 'failed', ct_code: 'invalid_phone', ct_message: 'Too short.' });
    expect(updates()).toBe(1);
  });

  it.each([
    ['date', String(Date.UTC(2026, 10, 22))],
    ['string', '2026-11-22T02:00:00.000Z'],
  ])('have their time as a property of type %s keeps it', async (type, text) => {
    await start({}, type);
    const id = sandbox.put({ firstname: 'Anna' });
    await session.reporter.write([outcome(id)], never);
    expect(shown(id)).toMatchObject({ ct_time: text });
  });

  it('are cut to what a property holds', async () => {
    await start();
    const id = sandbox.put({ firstname: 'Anna' });
    const message = '💥'.repeat(50_000);
    expect(await session.reporter.write([outcome(id, { message })], never)).toEqual([{ recordId: id, ok: true }]);
    const text = Object(shown(id)).ct_message as string;
    expect(text.length).toBeLessThanOrEqual(65_000);
    expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it('are written once for a contact that comes twice, the last one', async () => {
    await start();
    const id = sandbox.put({ firstname: 'Anna' });
    const answers = await session.reporter.write([outcome(id), outcome(id, { contactId: '7' })], never);
    expect(answers).toEqual([{ recordId: id, ok: true }]);
    expect(shown(id)).toMatchObject({ ct_id: '7' });
  });

  it.each(['dropped', 'named'] as const)(
    'of contacts that are no more (%s) are answered so, and as gone only where archived',
    async (unknownIds) => {
      await start({ unknownIds });
      const [anna = '', gone = ''] = ['Anna', 'Gone'].map((firstname) => sandbox.put({ firstname }));
      sandbox.remove(gone);
      const answers = await session.reporter.write([outcome(gone), outcome(anna), outcome('99999999')], never);
      expect(answers).toMatchObject([
        { recordId: gone, ok: false, code: 'record_missing', isGone: true },
        { recordId: anna, ok: true },
        { recordId: '99999999', ok: false, code: 'record_missing' },
      ]);
      expect(answers[2]).not.toHaveProperty('isGone');
    },
  );

  it('of contacts that were merged into another one are answered as gone only when that is archived', async () => {
    await start();
    const [loser = '', survivor = ''] = ['Anna', 'Jan'].map((firstname) => sandbox.put({ firstname }));
    sandbox.merge(loser, survivor);
    const [merged] = await session.reporter.write([outcome(loser)], never);
    expect(merged).toMatchObject({ recordId: loser, ok: false, code: 'record_missing' });
    expect(merged).not.toHaveProperty('isGone');
    sandbox.remove(survivor);
    expect(await session.reporter.write([outcome(loser)], never)).toMatchObject([{ ...merged, isGone: true }]);
  });

  it('of contacts that an answer shows as living are never answered as gone', async () => {
    await start();
    const id = sandbox.put({ firstname: 'Anna' });
    sandbox.fault({ kind: 'drop ids' });
    const json = { status: 'COMPLETE', results: [{ id, properties: {}, archived: false }] };
    sandbox.fault({ kind: 'junk', json, match: 'batch read', times: 3 });
    const writing = session.reporter.write([outcome(id)], never);
    await expect(writing).rejects.toMatchObject({ name: 'RetryableError', code: 'unreadable_answer' });
  });

  it('that a rule of the portal refuses are answered with its words, the others are written', async () => {
    await start();
    const ids = Array.from({ length: 100 }, () => sandbox.put({ firstname: 'Anna' }));
    sandbox.fault({ kind: 'refuse ids', count: 2 });
    const answers = await session.reporter.write(
      ids.map((id) => outcome(id)),
      never,
    );
    expect(answers.filter(({ ok }) => !ok)).toMatchObject([
      { recordId: ids[0], code: 'validation_error', message: `A rule of the portal refused contact ${ids[0]}` },
      { recordId: ids[1] },
    ]);
    expect(shown(ids[99] ?? '')).toMatchObject({ ct_status: 'imported' });
  });

  it('that HubSpot refuses without naming the contacts are answered with its words, not as missing', async () => {
    await start();
    const ids = Array.from({ length: 3 }, () => sandbox.put({ firstname: 'Anna' }));
    sandbox.fault({ kind: 'refuse ids', count: 2, unnamed: true });
    const answers = await session.reporter.write(
      ids.map((id) => outcome(id)),
      never,
    );
    expect(answers).toMatchObject([
      { recordId: ids[0], ok: false, code: 'validation_error', message: 'A rule of the portal refused some contacts' },
      { recordId: ids[1], ok: false, code: 'validation_error' },
      { recordId: ids[2], ok: true },
    ]);
  });

  it('with an id that no property holds are refused, never cut, and the others are written', async () => {
    await start();
    const [anna = '', jan = ''] = ['Anna', 'Jan'].map((firstname) => sandbox.put({ firstname }));
    const answers = await session.reporter.write(
      [outcome(anna, { contactId: '1'.repeat(65_001) }), outcome(jan)],
      never,
    );
    expect(answers).toMatchObject([
      { recordId: anna, ok: false, code: 'too_long', fix: expect.stringContaining('contactId') as string },
      { recordId: jan, ok: true },
    ]);
    expect(shown(anna)).toMatchObject({ ct_id: undefined });
    expect(shown(jan)).toMatchObject({ ct_id: '1000' });
  });

  it('are written for all but the one whose value HubSpot refuses the whole batch for', async () => {
    await start();
    const ids = Array.from({ length: 100 }, () => sandbox.put({ firstname: 'Anna' }));
    const answers = await session.reporter.write(
      ids.map((id, index) => outcome(id, index === 42 ? { status: 'skipped' } : {})),
      never,
    );
    expect(answers.filter(({ ok }) => !ok)).toMatchObject([
      {
        recordId: ids[42],
        code: 'invalid_option',
        message: expect.stringContaining('skipped was not one of') as string,
      },
    ]);
    expect(answers).toHaveLength(100);
    expect(ids.filter((id) => Object(shown(id)).ct_status === 'imported')).toHaveLength(99);
    expect(updates()).toBeLessThan(20);
  });

  it('are not tried one by one when all say a value that HubSpot refuses', async () => {
    await start();
    const ids = Array.from({ length: 100 }, () => sandbox.put({ firstname: 'Anna' }));
    const answers = await session.reporter.write(
      ids.map((id, index) => outcome(id, { status: index === 42 ? 'imported' : 'skipped' })),
      never,
    );
    expect(answers.map(({ recordId }) => recordId).toSorted()).toEqual(ids.toSorted());
    expect(answers.filter(({ ok }) => ok)).toEqual([{ recordId: ids[42], ok: true }]);
    expect(updates()).toBeLessThan(20);
  });

  it('are not tried one by one when the property itself is wrong', async () => {
    await start();
    const ids = Array.from({ length: 100 }, () => sandbox.put({ firstname: 'Anna' }));
    sandbox.addProperty('ct_code', 'string', { readOnly: true });
    const answers = await session.reporter.write(
      ids.map((id) => outcome(id)),
      never,
    );
    expect(answers).toHaveLength(100);
    expect(answers.every((answer) => !answer.ok && answer.code === 'read_only_value')).toBe(true);
    expect(updates()).toBe(1);
  });

  it.each([
    ['before', 'drop'],
    ['after', 'drop'],
    ['after', 'time out'],
  ] as const)('whose answer is lost (%s it was written: %s) may be written again', async (when, kind) => {
    await start({}, 'datetime', '1s');
    const id = sandbox.put({ firstname: 'Anna' });
    sandbox.fault({ kind, when, match: 'batch update' });
    await expect(session.reporter.write([outcome(id)], never)).rejects.toBeInstanceOf(RetryableError);
    expect(updates()).toBe(1);
    expect(await session.reporter.write([outcome(id)], never)).toEqual([{ recordId: id, ok: true }]);
  });
});
