import type { ChangeReporter, RecordOutcome, SessionContext, WriteAnswer } from '@cloudtalk-sync/connector-kit';
import { afterEach, describe, expect, it } from 'vitest';
import type { SalesforceSandboxOptions } from '../../../../apps/sandbox/src/salesforce/options.js';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../../../apps/sandbox/src/salesforce/server.js';
import { never, outcomeOf, refusalOf, sessionAt, TestClock } from './test-session.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const ALL: SessionContext['report'] = {
  status: 'CloudTalk_Status__c',
  code: 'CloudTalk_Code__c',
  message: 'CloudTalk_Message__c',
  contactId: 'CloudTalk_Id__c',
  link: 'CloudTalk_Link__c',
  time: 'CloudTalk_Synced_At__c',
};

interface World {
  readonly sandbox: SalesforceSandbox;
  readonly ids: readonly string[];
  readonly write: (...outcomes: readonly RecordOutcome[]) => Promise<readonly WriteAnswer[]>;
  readonly record: (id: string) => Readonly<Record<string, unknown>>;
}

async function world(
  people: number,
  options: SalesforceSandboxOptions = {},
  report: SessionContext['report'] = ALL,
  object = 'Contact',
): Promise<World> {
  const clock = new TestClock();
  const sandbox = await startSalesforceSandbox({ clock: clock.now, ...options });
  const session = await sessionAt(sandbox.url, { clock, report }, { timeout: '3s', object });
  closing.push(
    () => sandbox.close(),
    () => session.close(),
  );
  const reporter = session.reporter as ChangeReporter;
  return {
    sandbox,
    ids: Array.from({ length: people }, (_, n) => sandbox.put(object, { LastName: `Person ${n}` })),
    write: (...outcomes) => reporter.write(outcomes, never),
    record: (id) => sandbox.records(object).find((record) => record['Id'] === id) ?? {},
  };
}

describe('an outcome', () => {
  it('stands in the fields of its record, each part in the field configured for it', async () => {
    const {
      ids: [id = ''],
      record,
      write,
    } = await world(1);
    const link = 'https://my.cloudtalk.io/c/4711';
    expect(await write(outcomeOf(id, { link }))).toEqual([{ recordId: id, ok: true }]);
    expect(record(id)).toMatchObject({
      CloudTalk_Status__c: 'imported',
      CloudTalk_Code__c: null,
      CloudTalk_Message__c: null,
      CloudTalk_Id__c: '4711',
      CloudTalk_Link__c: link,
      CloudTalk_Synced_At__c: '2026-11-22T02:30:00.000Z',
    });
  });

  it('clears what an earlier one said', async () => {
    const {
      ids: [id = ''],
      record,
      write,
    } = await world(1);
    await write(outcomeOf(id, { status: 'failed', code: 'invalid_phone', message: 'Too short.', contactId: '' }));
    expect(record(id)).toMatchObject({ CloudTalk_Code__c: 'invalid_phone', CloudTalk_Id__c: null });
    await write(outcomeOf(id));
    expect(record(id)).toMatchObject({ CloudTalk_Code__c: null, CloudTalk_Message__c: null, CloudTalk_Id__c: '4711' });
  });

  it('touches no field that is not configured', async () => {
    const {
      ids: [id = ''],
      record,
      write,
    } = await world(1, {}, { status: 'CloudTalk_Status__c' });
    await write(outcomeOf(id));
    expect(record(id)).toMatchObject({ CloudTalk_Status__c: 'imported', CloudTalk_Id__c: null, LastName: 'Person 0' });
  });

  it('is cut to the length of its field between two characters, with an ellipsis', async () => {
    const {
      ids: [id = ''],
      record,
      write,
    } = await world(1);
    await write(outcomeOf(id, { status: 'failed', message: `${'x'.repeat(253)}👍 and more` }));
    expect(record(id)['CloudTalk_Message__c']).toBe(`${'x'.repeat(253)}…`);
  });

  it.each([
    ['contactId', { contactId: '1234567' }],
    ['link', { link: 'https://my.cloudtalk.io/c/1' }],
  ] as const)('whose %s does not fit into its field is not written, and the others are', async (part, given) => {
    const fields = { Contact: [{ name: 'Short__c', type: 'string', length: 6 }] } as const;
    const report = { status: 'CloudTalk_Status__c', [part]: 'Short__c' };
    const { ids, record, write } = await world(3, { fields }, report);
    const [first = '', second = '', third = ''] = ids;
    const answers = await write(
      outcomeOf(first),
      outcomeOf(second, given),
      outcomeOf(third, { link: 'a:b', contactId: '123456' }),
    );
    expect(new Map(answers.map(({ ok, recordId }) => [recordId, ok]))).toEqual(
      new Map([
        [first, true],
        [second, false],
        [third, true],
      ]),
    );
    expect(answers.find(({ ok }) => !ok)).toMatchObject({
      code: 'too_long',
      message: `The field Short__c takes only 6 characters, which is too short for the ${part}.`,
    });
    expect(record(second)).toMatchObject({ CloudTalk_Status__c: null, Short__c: null });
    expect(record(third)).toMatchObject({ Short__c: part === 'link' ? 'a:b' : '123456' });
    expect(await write(outcomeOf(second, given))).toMatchObject([{ ok: false }]);
  });

  it('takes the form of its field: an id as a number, a time as a date', async () => {
    const fields = {
      Contact: [
        { name: 'No__c', type: 'double' },
        { name: 'Day__c', type: 'date' },
      ],
    } as const;
    const {
      ids: [id = ''],
      record,
      write,
    } = await world(1, { fields }, { contactId: 'No__c', time: 'Day__c' });
    await write(outcomeOf(id));
    expect(record(id)).toMatchObject({ No__c: 4711, Day__c: '2026-11-22' });
  });
});

describe('a page of outcomes', () => {
  it('of 200 is one call', async () => {
    const { ids, sandbox, write } = await world(200);
    expect(await write(...ids.map((id) => outcomeOf(id)))).toHaveLength(200);
    expect(sandbox.requests.map(({ kind }) => kind)).toEqual(['token', 'limits', 'describe', 'update']);
    expect(new Set(sandbox.records('Contact').map((one) => one['CloudTalk_Status__c']))).toEqual(new Set(['imported']));
  });

  it('writes a record that is in it twice once, with the later outcome', async () => {
    const {
      ids: [id = ''],
      record,
      write,
    } = await world(1);
    const answers = await write(outcomeOf(id, { status: 'failed' }), outcomeOf(id));
    expect(answers).toEqual([{ recordId: id, ok: true }]);
    expect(record(id)['CloudTalk_Status__c']).toBe('imported');
  });

  it('is nothing at all when there is nothing to write', async () => {
    const {
      ids: [id = ''],
      sandbox,
      write,
    } = await world(1, {}, {});
    expect(await write(outcomeOf(id))).toEqual([{ recordId: id, ok: true }]);
    expect(sandbox.requests).toEqual([]);
  });

  it('gives each record its own answer, and the others are written', async () => {
    const rule = ({ LastName }: Readonly<Record<string, unknown>>): string | undefined =>
      LastName === 'Person 3' ? 'A contact needs a phone.' : undefined;
    const { ids, record, sandbox, write } = await world(6, { validationRules: { Contact: rule } });
    const [locked = '', deleted = '', merged = '', ruled = '', good = '', last = ''] = ids;
    sandbox.remove(deleted);
    sandbox.merge(merged, last);
    sandbox.fault({ kind: 'lock rows', rows: 1 });
    const answers = await write(...[...ids, '003000000000000AAA'].map((id) => outcomeOf(id)));
    expect(answers.map((answer) => [answer.recordId, answer.ok ? 'ok' : answer.code])).toEqual([
      [locked, 'UNABLE_TO_LOCK_ROW'],
      [deleted, 'ENTITY_IS_DELETED'],
      [merged, 'ENTITY_IS_DELETED'],
      [ruled, 'FIELD_CUSTOM_VALIDATION_EXCEPTION'],
      [good, 'ok'],
      [last, 'ok'],
      ['003000000000000AAA', 'INVALID_CROSS_REFERENCE_KEY'],
    ]);
    const gone = answers.flatMap((answer) => (!answer.ok && answer.isGone ? [answer.recordId] : []));
    expect(gone).toEqual([deleted, merged, '003000000000000AAA']);
    expect(answers[3]).toMatchObject({ message: 'A contact needs a phone.', fix: expect.stringContaining('rule') });
    expect(record(good)['CloudTalk_Status__c']).toBe('imported');
    expect(record(ruled)['CloudTalk_Status__c']).toBeNull();
  });
});

describe('a write', () => {
  it('to a lead that was converted meanwhile is refused, with the permission that would allow it', async () => {
    const {
      ids: [converted = '', open = ''],
      record,
      sandbox,
      write,
    } = await world(2, {}, ALL, 'Lead');
    sandbox.convert(converted);
    const [answer, other] = await write(outcomeOf(converted), outcomeOf(open));
    expect(answer).toMatchObject({ ok: false, code: 'CANNOT_UPDATE_CONVERTED_LEAD' });
    expect(answer).toMatchObject({ fix: expect.stringContaining('"View and Edit Converted Leads"') });
    expect(other).toEqual({ recordId: open, ok: true });
    expect(record(converted)['CloudTalk_Status__c']).toBeNull();
  });

  it.each([
    ['whose answer is lost', { kind: 'drop', when: 'after' } as const, 'unreachable'],
    ['that is answered too late', { kind: 'time out', when: 'after' } as const, 'timeout'],
    ['that fails in Salesforce', { kind: 'status', status: 500 } as const, 'unavailable'],
    ['that is answered with a page', { kind: 'junk' } as const, 'junk_answer'],
    ['that is answered with too few results', { kind: 'junk', json: [] } as const, 'junk_answer'],
    [
      'that is answered for another record',
      { kind: 'junk', json: [{ id: '003000000000009AAA', success: true, errors: [] }] } as const,
      'junk_answer',
    ],
  ])('%s can be tried again', async (_what, fault, code) => {
    const {
      ids: [id = ''],
      record,
      sandbox,
      write,
    } = await world(1);
    sandbox.fault({ ...fault, match: 'update' });
    expect(await refusalOf(write(outcomeOf(id)))).toMatchObject({ name: 'RetryableError', code });
    await write(outcomeOf(id));
    expect(record(id)['CloudTalk_Status__c']).toBe('imported');
  });

  it('into a field that is not there is refused before anything is sent, and works once it is there', async () => {
    const {
      ids: [id = ''],
      sandbox,
      write,
    } = await world(1, {}, { status: 'Nothing__c' });
    const refusal = await refusalOf(write(outcomeOf(id)));
    expect(refusal).toMatchObject({ name: 'FatalError', code: 'report_field_unusable' });
    expect(refusal.message).toContain('Nothing__c');
    expect(sandbox.requests.some(({ kind }) => kind === 'update')).toBe(false);
  });

  it('leaves the reserve of the daily calls alone', async () => {
    const {
      ids: [id = ''],
      record,
      sandbox,
      write,
    } = await world(1, { dailyRequests: 100 });
    sandbox.spend(90);
    for (let time = 0; time < 2; time += 1) {
      expect(await refusalOf(write(outcomeOf(id)))).toMatchObject({ code: 'api_budget_used_up' });
    }
    expect(record(id)['CloudTalk_Status__c']).toBeNull();
    expect(sandbox.requests.map(({ kind }) => kind)).toEqual(['token', 'limits']);
  });
});
