import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SalesforceSandboxOptions } from './options.js';
import { type SalesforceSandbox, startSalesforceSandbox } from './server.js';
import { type Answered, APP, Caller } from './test-caller.js';

let sandbox: SalesforceSandbox;
let caller: Caller;
let time = 0;

beforeEach(() => start());
afterEach(() => sandbox.close());

async function start(options: SalesforceSandboxOptions = {}): Promise<void> {
  await (sandbox as SalesforceSandbox | undefined)?.close();
  time = Date.parse('2026-11-22T02:00:00.400Z');
  sandbox = await startSalesforceSandbox({ clock: () => new Date(time), ...options });
  caller = new Caller(sandbox.url);
  await caller.login();
}

const errorOf = ({ body, status }: Answered): unknown[] => {
  const [first] = body as readonly { readonly errorCode: string }[];
  return [status, first?.errorCode];
};
type Page = {
  readonly totalSize: number;
  readonly done: boolean;
  readonly nextRecordsUrl?: string;
  readonly records: readonly Readonly<Record<string, unknown>>[];
};
async function namesOf(soql: string, all = false): Promise<unknown[]> {
  const { body } = await caller.query(soql, all);
  return (body as Page).records.map((record) => record['LastName']);
}

describe('the login of the stand-in', () => {
  it('names the instance and the org, and gives a token that works', async () => {
    const { body } = await caller.login();
    expect(body).toMatchObject({ instance_url: sandbox.url, token_type: 'Bearer' });
    expect((body as { id: string }).id).toMatch(/\/id\/00D\w{15}\/005\w{15}$/);
    expect((await caller.query('SELECT Id FROM Contact')).status).toBe(200);
  });

  it.each([
    [{ client_id: 'other' }, 'invalid_client_id'],
    [{ client_secret: 'other' }, 'invalid_client'],
    [{ grant_type: 'other' }, 'unsupported_grant_type'],
    [{ grant_type: 'password', username: 'integration@example.com', password: 'other' }, 'invalid_grant'],
  ])('refuses %j', async (form, error) => {
    const { body, status } = await caller.login({ ...APP, ...form });
    expect([status, body]).toEqual([400, expect.objectContaining({ error })]);
  });

  it('really verifies an assertion', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await start({ publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() });
    const now = Math.floor(time / 1000);
    const claims = { iss: 'sandbox-client', sub: 'integration@example.com', aud: sandbox.url, exp: now + 180 };
    const loginWith = async (changed: object, spoil = ''): Promise<number> => {
      const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
      const content = `${encode({ alg: 'RS256' })}.${encode({ ...claims, ...changed })}`;
      const signature = createSign('RSA-SHA256')
        .update(content + spoil)
        .sign(privateKey, 'base64url');
      const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      return (await caller.login({ grant_type, assertion: `${content}.${signature}` })).status;
    };
    expect(await loginWith({})).toBe(200);
    expect(await loginWith({}, 'x')).toBe(400);
    for (const changed of [
      { iss: 'x' },
      { sub: 'x' },
      { aud: 'https://evil.example' },
      { exp: now - 1 },
      { exp: now + 900 },
    ]) {
      expect(await loginWith(changed)).toBe(400);
    }
  });

  it('refuses a token that nobody gave, that is too old or that was used too often', async () => {
    expect(errorOf(await new Caller(sandbox.url).query('SELECT Id FROM Contact'))).toEqual([401, 'INVALID_SESSION_ID']);
    time += 3 * 3_600_000;
    expect((await caller.query('SELECT Id FROM Contact')).status).toBe(401);
    await start({ tokenRequests: 1 });
    expect((await caller.query('SELECT Id FROM Contact')).status).toBe(200);
    expect((await caller.query('SELECT Id FROM Contact')).status).toBe(401);
  });
});

describe('a query', () => {
  it('shows the fields that are asked for, in the shape of Salesforce', async () => {
    const id = sandbox.put('Contact', { LastName: 'Nová' });
    const { body } = await caller.query('select Id, lastname, Owner.Email, Account.Name, SystemModstamp from contact');
    const url = (object: string, of: unknown): string => `/services/data/v62.0/sobjects/${object}/${String(of)}`;
    const owner = sandbox.records('Contact')[0]?.['OwnerId'];
    expect(body).toEqual({
      totalSize: 1,
      done: true,
      records: [
        {
          attributes: { type: 'Contact', url: url('Contact', id) },
          Id: id,
          LastName: 'Nová',
          Owner: { attributes: { type: 'User', url: url('User', owner) }, Email: 'integration@example.com' },
          Account: null,
          SystemModstamp: '2026-11-22T02:00:00.000+0000',
        },
      ],
    });
  });

  it('finds what its condition says', async () => {
    sandbox.put('Contact', { LastName: 'One', Email: 'one@example.com', DoNotCall: true });
    time += 1_000;
    sandbox.put('Contact', { LastName: 'Two' });
    time += 1_000;
    sandbox.put('Contact', { LastName: "O'Three" });
    const where = (condition: string): Promise<unknown[]> =>
      namesOf(`SELECT LastName FROM Contact WHERE ${condition} ORDER BY SystemModstamp, Id`);
    expect(await where("LastName = 'one'")).toEqual(['One']);
    expect(await where("LastName = 'O\\'Three'")).toEqual(["O'Three"]);
    expect(await where('Email = null')).toEqual(['Two', "O'Three"]);
    expect(await where('Email != null AND DoNotCall = true')).toEqual(['One']);
    expect(await where("LastName IN ('One', 'Two') AND (NOT LastName = 'Two')")).toEqual(['One']);
    expect(await where('SystemModstamp > 2026-11-22T02:00:00.000Z')).toEqual(['Two', "O'Three"]);
    expect(await where("Owner.Email = 'integration@example.com' AND SystemModstamp >= 2026-11-22T02:00:02Z")).toEqual([
      "O'Three",
    ]);
    expect(await where("(SystemModstamp = 2026-11-22T02:00:01Z AND Id > '') OR LastName = 'One'")).toEqual([
      'One',
      'Two',
    ]);
    expect(await namesOf('SELECT LastName FROM Contact ORDER BY LastName DESC LIMIT 2')).toEqual(['Two', 'One']);
  });

  it('leaves deleted records out unless all are asked for', async () => {
    sandbox.remove(sandbox.put('Contact', { LastName: 'Gone' }));
    expect(await namesOf('SELECT LastName FROM Contact')).toEqual([]);
    expect(await namesOf('SELECT LastName FROM Contact', true)).toEqual(['Gone']);
  });

  it.each([
    ['SELECT Nope FROM Contact', 'INVALID_FIELD', "No such column 'Nope' on entity 'Contact'"],
    ['SELECT Nope.Name FROM Contact', 'INVALID_FIELD', "Didn't understand relationship 'Nope'"],
    ['SELECT Id FROM Nope', 'INVALID_TYPE', "sObject type 'Nope' is not supported"],
    ['SELECT Id FORM Contact', 'MALFORMED_QUERY', 'unexpected token'],
    ['SELECT Id FROM Contact WHERE', 'MALFORMED_QUERY', 'unexpected token'],
    ["SELECT Id FROM Contact WHERE Id = '1' AND Id = '2' OR Id = '3'", 'MALFORMED_QUERY', 'unexpected token'],
    ["SELECT Id FROM Contact WHERE SystemModstamp > '2026-11-22T02:00:00Z'", 'INVALID_FIELD', 'dateTime'],
    ['SELECT Description v FROM Contact GROUP BY Description', 'MALFORMED_QUERY', 'can not be grouped'],
  ])('%s is refused in the words of Salesforce', async (soql, code, words) => {
    const answered = await caller.query(soql);
    expect(errorOf(answered)).toEqual([400, code]);
    expect((answered.body as { message: string }[])[0]?.message).toContain(words);
  });

  it('comes in pages of the size asked for, within what Salesforce allows', async () => {
    for (let n = 0; n < 450; n += 1) sandbox.put('Contact', { LastName: `Person ${n}` });
    const page = async (answered: Promise<Answered>): Promise<Page> => (await answered).body as Page;
    const headers = { 'Sforce-Query-Options': 'batchSize=50' };
    const first = await page(caller.query('SELECT Id FROM Contact', false, headers));
    expect([first.totalSize, first.done, first.records.length]).toEqual([450, false, 200]);
    const second = await page(caller.send(first.nextRecordsUrl ?? ''));
    const third = await page(caller.send(second.nextRecordsUrl ?? ''));
    expect([third.done, third.records.length, third.nextRecordsUrl]).toEqual([true, 50, undefined]);
    expect(await page(caller.send(first.nextRecordsUrl ?? ''))).toEqual(second);
    time += 16 * 60_000;
    expect(errorOf(await caller.send(first.nextRecordsUrl ?? ''))).toEqual([400, 'INVALID_QUERY_LOCATOR']);
  });

  it('for the values of a field has one page only', async () => {
    for (let n = 0; n < 201; n += 1) sandbox.put('Contact', { LastName: `Person ${n}` });
    const headers = { 'Sforce-Query-Options': 'batchSize=200' };
    const values = async (most: number): Promise<Answered> =>
      caller.query(`SELECT LastName v FROM Contact GROUP BY LastName LIMIT ${most}`, false, headers);
    expect((await values(200)).body).toMatchObject({ totalSize: 200, done: true });
    expect(errorOf(await values(201))).toEqual([400, 'EXCEEDED_ID_LIMIT']);
  });

  it('of 100,000 records finds those behind a time', async () => {
    for (let n = 0; n < 100_000; n += 1) {
      if (n % 1_000 === 0) time += 1_000;
      sandbox.put('Contact', { LastName: `Person ${n}` });
    }
    const soql = 'SELECT Id FROM Contact WHERE SystemModstamp > 2026-11-22T02:01:30Z ORDER BY SystemModstamp, Id';
    expect(((await caller.query(soql)).body as Page).totalSize).toBe(10_000);
  });
});

describe('an update', () => {
  it('answers each record by itself, in their order, and moves the times of those that changed', async () => {
    const ids = [1, 2, 3, 4].map((n) => sandbox.put('Contact', { LastName: `Person ${n}` }));
    time += 60_000;
    sandbox.remove(ids[1] ?? '');
    const { body } = await caller.update([
      { id: ids[0], CloudTalk_Status__c: 'imported' },
      { id: ids[1], CloudTalk_Status__c: 'imported' },
      { id: ids[2], CloudTalk_Message__c: 'x'.repeat(256) },
      { id: ids[0], CloudTalk_Status__c: 'failed' },
      { id: ids[2], SystemModstamp: '2026-11-22T02:00:00Z' },
      { id: ids[3], Email: 'imported' },
    ]);
    const codes = (body as { success: boolean; errors: { statusCode: string }[] }[]).map(({ errors, success }) =>
      success ? 'ok' : errors[0]?.statusCode,
    );
    expect(codes).toEqual([
      ...['ok', 'ENTITY_IS_DELETED', 'STRING_TOO_LONG', 'DUPLICATE_VALUE', 'DUPLICATE_VALUE'],
      'INVALID_EMAIL_ADDRESS',
    ]);
    const [unchanged, , changed] = sandbox.records('Contact');
    expect([unchanged?.['Id'], unchanged?.['CloudTalk_Status__c']]).toEqual([ids[2], null]);
    const moved = sandbox.records('Contact').find(({ Id }) => Id === ids[0]);
    expect(moved).toMatchObject({ CloudTalk_Status__c: 'imported', SystemModstamp: '2026-11-22T02:01:00.000+0000' });
    expect(changed).toBeDefined();
  });

  it('gives a unique field each value once, whoever asks for it twice', async () => {
    await start({ fields: { Contact: [{ name: 'Key__c', type: 'string', unique: true }] } });
    const [one, other] = ['One', 'Other'].map((name) => sandbox.put('Contact', { LastName: name }));
    const update = async (id: string | undefined, key: string): Promise<unknown> =>
      (await caller.update([{ id, Key__c: key }])).body;
    expect(await update(one, 'a')).toMatchObject([{ success: true }]);
    expect(await update(one, 'a')).toMatchObject([{ success: true }]);
    expect(await update(other, 'a')).toMatchObject([{ errors: [{ statusCode: 'DUPLICATE_VALUE' }] }]);
    expect(await update(other, 'b')).toMatchObject([{ success: true }]);
  });

  it('is refused as a whole for an unknown field, a wrong form, or more than 200 records', async () => {
    const id = sandbox.put('Contact', { LastName: 'One' });
    expect(errorOf(await caller.update([{ id, Nope: 'x' }]))).toEqual([400, 'INVALID_FIELD']);
    expect(errorOf(await caller.update([{ id, DoNotCall: 'yes' }]))).toEqual([400, 'JSON_PARSER_ERROR']);
    expect(errorOf(await caller.update(Array.from({ length: 201 }, () => ({ id }))))).toEqual([
      400,
      'EXCEEDED_ID_LIMIT',
    ]);
  });
});

describe('the daily limit', () => {
  it('stands in every answer, is the last 24 hours, and refuses what goes beyond', async () => {
    await start({ dailyRequests: 3 });
    const usage = async (): Promise<unknown[]> => {
      const { headers, status } = await caller.send('/limits');
      return [status, headers.get('sforce-limit-info')];
    };
    expect(await usage()).toEqual([200, 'api-usage=1/3']);
    sandbox.spend(2);
    expect(await usage()).toEqual([403, 'api-usage=4/3']);
    time += 24 * 3_600_000 + 1;
    await caller.login();
    expect(await usage()).toEqual([200, 'api-usage=1/3']);
  });
});

describe('what people do in the org', () => {
  it('moves the times of both records of a merge', () => {
    const [loser, survivor] = [sandbox.put('Contact', { LastName: 'L' }), sandbox.put('Contact', { LastName: 'S' })];
    time += 60_000;
    sandbox.merge(loser, survivor);
    expect(sandbox.records('Contact')).toMatchObject(
      [loser, survivor].sort().map((Id) => ({ Id, SystemModstamp: '2026-11-22T02:01:00.000+0000' })),
    );
    expect(sandbox.records('Contact').find(({ Id }) => Id === loser)).toMatchObject({
      IsDeleted: true,
      MasterRecordId: survivor,
    });
  });

  it('makes a contact of a lead', () => {
    const lead = sandbox.put('Lead', { LastName: 'Nová', Email: 'nova@example.com' });
    const ConvertedContactId = sandbox.convert(lead);
    expect(sandbox.records('Lead')).toMatchObject([{ IsConverted: true, IsDeleted: false, ConvertedContactId }]);
    expect(sandbox.records('Contact')).toMatchObject([{ Id: ConvertedContactId, Email: 'nova@example.com' }]);
  });

  it('is refused for what is not there', () => {
    expect(() => sandbox.put('Nope', {})).toThrow(/no object Nope/);
    expect(() => sandbox.put('Contact', { Nope: 1 })).toThrow(/no field Nope/);
    expect(() => sandbox.edit('003', {})).toThrow(/no record 003/);
  });
});

describe('a fault', () => {
  it('meets the requests it is for, so many times, after so many', async () => {
    sandbox.fault({ kind: 'status', status: 503, match: 'query', skip: 1, times: 2 });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await caller.query('SELECT Id FROM Contact')).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect((await caller.send('/limits')).status).toBe(200);
    expect(sandbox.requests.map(({ fault }) => fault ?? '')).toEqual(['', '', 'status', 'status', '', '']);
  });

  it('after a write has written', async () => {
    const id = sandbox.put('Contact', { LastName: 'One' });
    sandbox.fault({ kind: 'drop', when: 'after', match: 'update' });
    await expect(caller.update([{ id, LastName: 'Changed' }])).rejects.toThrow('fetch failed');
    expect(sandbox.records('Contact')).toMatchObject([{ LastName: 'Changed' }]);
  });

  it('at random is the same for the same seed, and ends with calm', async () => {
    const statusesWith = async (seed: number): Promise<number[]> => {
      await start({ faults: { seed, rates: { unavailable: 0.5 } } });
      sandbox.fault({ kind: 'expire locators' });
      for (let n = 0; (await caller.login()).status !== 200 && n < 50; n += 1);
      const statuses: number[] = [];
      for (let n = 0; n < 20; n += 1) statuses.push((await caller.send('/limits')).status);
      return statuses;
    };
    const statuses = await statusesWith(7);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(await statusesWith(7)).toEqual(statuses);
    sandbox.calm();
    await caller.login();
    expect((await caller.send('/limits')).status).toBe(200);
  });
});
