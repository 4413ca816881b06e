import type { Session, SessionContext, SourceRecord } from '@cloudtalk-sync/connector-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IdOrder } from '../../../../apps/sandbox/src/salesforce/ids.js';
import type { SalesforceSandboxOptions } from '../../../../apps/sandbox/src/salesforce/options.js';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../../../apps/sandbox/src/salesforce/server.js';
import { never, readAll, refusalOf, sessionAt, TestClock } from './test-session.js';

let clock: TestClock;
let sandbox: SalesforceSandbox;
const sessions: Session[] = [];

beforeEach(() => start());
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  await sandbox.close();
});

async function start(options: SalesforceSandboxOptions = {}): Promise<void> {
  await (sandbox as SalesforceSandbox | undefined)?.close();
  clock = new TestClock();
  sandbox = await startSalesforceSandbox({ clock: clock.now, dailyRequests: 1_000_000, ...options });
}

async function open(context: Partial<SessionContext> = {}, options: object = {}): Promise<Session> {
  const session = await sessionAt(sandbox.url, { clock, ...context }, { ...options });
  sessions.push(session);
  return session;
}

function people(count: number, object = 'Contact'): string[] {
  return Array.from({ length: count }, (_, n) => sandbox.put(object, { LastName: `Person ${n}` }));
}

const kindsOf = (): string[] => sandbox.requests.map(({ kind }) => kind);

describe('what a record holds', () => {
  it('is what the mapping asks for, relationships as objects, without anything that Salesforce adds', async () => {
    const account = sandbox.put('Account', { Name: 'Acme', Tier__c: 'Gold' });
    const id = sandbox.put('Contact', { LastName: 'Nová', AccountId: account, DoNotCall: true });
    const fields = ['LastName', 'DoNotCall', 'Account.Name', 'Account.Tier__c', 'Account.Owner.Email', 'Email'];
    const [record] = await readAll(await open({ fields }));
    expect(record).toEqual({
      id,
      fields: {
        Id: id,
        LastName: 'Nová',
        DoNotCall: true,
        Account: { Name: 'Acme', Tier__c: 'Gold', Owner: { Email: 'integration@example.com' } },
        Email: null,
      },
      cursor: { time: '2026-11-22T02:00:00.000Z', id, asked: '2026-11-22T02:00:00.000Z' },
      origin: {},
    });
  });

  it('has an empty place where a relationship leads nowhere', async () => {
    sandbox.put('Contact', { LastName: 'Nová' });
    const [record] = await readAll(await open({ fields: ['Account.Name', 'Account.Owner.Email'] }));
    expect(record?.fields['Account']).toBeNull();
  });

  it('is named as it was asked for, whatever the case in Salesforce, and asked for once', async () => {
    sandbox.put('Contact', { LastName: 'Nová' });
    const [record] = await readAll(await open({ fields: ['lastname', 'LASTNAME', 'owner.email', 'Owner.Email'] }));
    const Email = 'integration@example.com';
    expect(record?.fields).toMatchObject({
      lastname: 'Nová',
      LASTNAME: 'Nová',
      owner: { email: Email },
      Owner: { Email },
    });
    expect(sandbox.requests.at(-1)?.path.match(/lastname/gi)).toHaveLength(1);
  });
});

describe('records that are no more', () => {
  it('come as deleted, merged and converted, with where they went', async () => {
    const [gone = '', loser = '', survivor = ''] = people(3);
    sandbox.remove(gone);
    sandbox.merge(loser, survivor);
    const byId = new Map((await readAll(await open())).map((record) => [record.id, record.gone]));
    expect(byId.get(gone)).toEqual({ how: 'deleted' });
    expect(byId.get(loser)).toEqual({ how: 'merged', into: survivor });
    expect(byId.get(survivor)).toBeUndefined();
  });

  it('come as converted for a lead, also when the lead is deleted afterwards', async () => {
    const [lead = '', other = ''] = people(2, 'Lead');
    const [contact, another] = [sandbox.convert(lead), sandbox.convert(other)];
    sandbox.remove(other);
    const session = await open({}, { object: 'Lead' });
    const byId = new Map((await readAll(session)).map((record) => [record.id, record.gone]));
    expect(byId.get(lead)).toEqual({ how: 'converted', into: contact });
    expect(byId.get(other)).toEqual({ how: 'converted', into: another });
  });

  it('come also when the condition lets them through no more, and nothing else does', async () => {
    const [gone = '', loser = '', survivor = '', lead = ''] = [...people(3), ...people(1, 'Lead')];
    people(1);
    sandbox.remove(gone);
    sandbox.merge(loser, survivor);
    const contacts = await readAll(await open({}, { where: "LeadSource = 'Web'" }));
    expect(contacts.map(({ id }) => id).sort()).toEqual([gone, loser].sort());
    expect(contacts.every((record) => record.gone !== undefined)).toBe(true);
    const contact = sandbox.convert(lead);
    people(1, 'Lead');
    const leads = await readAll(
      await open({}, { object: 'Lead', where: "IsConverted = false AND LeadSource = 'Web'" }),
    );
    expect(leads.map(({ gone: end, id }) => [id, end])).toEqual([[lead, { how: 'converted', into: contact }]]);
  });

  it('do not come as living ones when nobody may see what they became', async () => {
    const [lead = ''] = people(1, 'Lead');
    sandbox.edit(lead, { IsConverted: true });
    expect(await readAll(await open({}, { object: 'Lead', where: 'IsConverted = false' }))).toEqual([]);
  });

  it('are noticed by a later reading', async () => {
    const [id = ''] = people(1);
    const session = await open();
    const [before] = await readAll(session);
    clock.pass(3_600_000);
    sandbox.remove(id);
    const later = await readAll(session, { since: before?.cursor });
    expect(later.map(({ gone }) => gone)).toEqual([{ how: 'deleted' }]);
  });
});

describe.each<IdOrder>(['bytes', 'ignoring case'])('a long reading, with ids ordered by %s', (idOrder) => {
  it('gives 12,000 records of one second once each, in the fewest calls', async () => {
    await start({ idOrder });
    people(12_000);
    const records = await readAll(await open());
    expect(new Set(records.map(({ id }) => id)).size).toBe(12_000);
    expect(records).toHaveLength(12_000);
    expect(kindsOf()).toEqual([
      'token',
      'limits',
      'query',
      'queryMore',
      'queryMore',
      'queryMore',
      'queryMore',
      'queryMore',
    ]);
  });

  it('goes on from where it stood when Salesforce forgets the query, each page anew', async () => {
    await start({ idOrder, longestPage: 7 });
    people(100);
    sandbox.fault({ kind: 'expire locators', match: 'queryMore', times: Infinity });
    const records = await readAll(await open());
    expect(records).toHaveLength(100);
    expect(new Set(records.map(({ id }) => id)).size).toBe(100);
  });

  it('resumes behind any record of a second that has many', async () => {
    await start({ idOrder, longestPage: 10 });
    people(50);
    const session = await open();
    const records = await readAll(session);
    for (const from of [0, 9, 10, 33, 48]) {
      expect(await readAll(session, { behind: records[from]?.cursor })).toEqual(records.slice(from + 1));
    }
  });
});

describe('a reading', () => {
  it('asks for pages of the configured size', async () => {
    people(500);
    await readAll(await open({}, { pageSize: 250 }));
    expect(kindsOf()).toEqual(['token', 'limits', 'query', 'queryMore']);
  });

  it('holds one page at a time: it asks for the next when the last one is used up', async () => {
    await start({ longestPage: 10 });
    people(30);
    const session = await open();
    if (session.source.kind !== 'pass') throw new Error('This is no CRM.');
    const { records } = await session.source.read('beginning', never);
    const iterator = records[Symbol.asyncIterator]();
    for (let n = 0; n < 10; n += 1) await iterator.next();
    expect(kindsOf()).toEqual(['token', 'limits', 'query']);
    await iterator.next();
    expect(kindsOf()).toEqual(['token', 'limits', 'query', 'queryMore']);
  });

  it('gives what came whole before a page failed, and the rest behind it later', async () => {
    await start({ longestPage: 10 });
    people(30);
    sandbox.fault({ kind: 'truncate', match: 'queryMore', skip: 1 });
    const session = await open();
    const given: SourceRecord[] = [];
    const reading = (async () => {
      if (session.source.kind !== 'pass') return;
      for await (const record of (await session.source.read('beginning', never)).records) given.push(record);
    })();
    expect(await refusalOf(reading)).toMatchObject({ name: 'RetryableError', code: 'junk_answer' });
    expect(given).toHaveLength(20);
    const rest = await readAll(session, { behind: given.at(-1)?.cursor });
    expect(new Set([...given, ...rest].map(({ id }) => id)).size).toBe(30);
  });

  it.each([0, 10, 30, 31])(
    'is not over with a second page that says there are %i records and has none',
    async (totalSize) => {
      await start({ longestPage: 10 });
      people(30);
      sandbox.fault({ kind: 'junk', json: { totalSize, done: true, records: [] }, match: 'queryMore' });
      expect(await refusalOf(readAll(await open()))).toMatchObject({ name: 'RetryableError', code: 'junk_answer' });
    },
  );

  it('is not over when Salesforce forgets the query and then answers that there is nothing', async () => {
    await start({ longestPage: 10 });
    people(30);
    sandbox.fault({ kind: 'expire locators', match: 'queryMore' });
    sandbox.fault({ kind: 'junk', json: { totalSize: 10, done: true, records: [] }, match: 'query', skip: 1 });
    expect(await refusalOf(readAll(await open()))).toMatchObject({ name: 'RetryableError', code: 'junk_answer' });
  });
});

describe('the values of a field', () => {
  it('are its different texts, of records that are there', async () => {
    for (const LeadSource of ['Web', 'Fair', 'Web', null]) sandbox.put('Contact', { LastName: 'x', LeadSource });
    sandbox.remove(sandbox.put('Contact', { LastName: 'x', LeadSource: 'Old' }));
    const { source } = await open();
    if (source.kind !== 'pass') throw new Error('This is no CRM.');
    expect([...(await source.valuesOf('LeadSource', never))].sort()).toEqual(['Fair', 'Web']);
    expect(await source.valuesOf('Owner.Email', never)).toEqual(['integration@example.com']);
  });

  it('come in one piece, whatever the size of a page, since Salesforce gives no second one of them', async () => {
    people(250);
    const { source } = await open({}, { pageSize: 200 });
    if (source.kind !== 'pass') throw new Error('This is no CRM.');
    expect(await source.valuesOf('LastName', never)).toHaveLength(250);
  });

  it('are none for a field that cannot be grouped, and an error for one that is not there', async () => {
    const { source } = await open();
    if (source.kind !== 'pass') throw new Error('This is no CRM.');
    expect(await source.valuesOf('Description', never)).toEqual([]);
    expect(await refusalOf(source.valuesOf('Nothing__c', never))).toMatchObject({ code: 'unknown_field' });
  });
});
