import { generateKeyPairSync } from 'node:crypto';
import type { Session } from '@cloudtalk-sync/connector-kit';
import { describe, expect, it } from 'vitest';
import { optionsSchema } from './salesforce-options.js';
import { salesforce } from './salesforce.js';
import { contextWith, never, optionsAt, refusalOf, TestClock } from './test-session.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const auth = { clientId: 'id', username: 'me@example.com', privateKey: pem };

function problemsOf(options: object): string[] {
  const parsed = optionsSchema.safeParse({ auth, ...options });
  return parsed.success ? [] : parsed.error.issues.map(({ message, path }) => `${path.join('.')}: ${message}`);
}

describe('the options', () => {
  it('need no more than a login', () => {
    expect(optionsSchema.parse({ auth })).toMatchObject({
      loginUrl: 'https://login.salesforce.com',
      object: 'Contact',
      lookBack: 600_000,
      pageSize: 2_000,
      reserve: 0.2,
      timeout: 120_000,
      apiVersion: '62.0',
    });
  });

  it('take durations and shares as the rest of the config does', () => {
    expect(optionsSchema.parse({ auth, lookBack: '1h', timeout: '90s', reserve: '50%' })).toMatchObject({
      lookBack: 3_600_000,
      timeout: 90_000,
      reserve: 0.5,
    });
  });

  it.each([
    [/^loginUrl: This is no address/, { loginUrl: 'http://login.salesforce.com' }],
    [/^loginUrl: This is no address/, { loginUrl: 'https://me:secret@login.salesforce.com' }],
    [/^auth: This is no way to log in/, { auth: undefined }],
    [/^auth: This is no way to log in/, { auth: { clientId: 'id' } }],
    [/^auth: This is no way to log in/, { auth: { ...auth, clientSecret: 'x' } }],
    [/^auth\.privateKey: This is no RSA private key/, { auth: { ...auth, privateKey: 'nonsense' } }],
    [/^loginUrl: Client credentials work only/, { auth: { clientId: 'id', clientSecret: 's' } }],
    [/^object: This cannot be/, { object: 'Contact; DROP' }],
    [/^lookBack: This is no duration/, { lookBack: '10 minutes' }],
    [/^reserve: This is no share/, { reserve: '100%' }],
    [/^pageSize: This is no page size/, { pageSize: 5_000 }],
    [/^apiVersion: This is no version/, { apiVersion: '62' }],
    [/^where: This condition is empty/, { where: ' ' }],
    [/^where: A quote/, { where: "Name = 'x" }],
    [/^where: A condition has no semicolon/, { where: 'A = 1; B = 2' }],
    [/^where: The parentheses/, { where: 'A = 1) OR (B = 2' }],
    [/^where: The parentheses/, { where: '(A = 1' }],
    [/^where: The word WHERE/, { where: 'WHERE A = 1' }],
    [/^where: A sub-select/, { where: 'Id NOT IN ( select ContactId FROM CampaignMember)' }],
  ])('are refused in words: %s', (words, options) => {
    const problems = problemsOf(options);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(words);
  });

  it.each(["Name = 'it\\'s; (select here'", "(A = 1 AND (B = 2)) OR C IN ('x', 'y')"])(
    'take the condition %s',
    (where) => {
      expect(problemsOf({ where })).toEqual([]);
    },
  );
});

describe('a connection', () => {
  const clock = new TestClock();
  const open = (context: Parameters<typeof contextWith>[0]): Promise<Session> =>
    salesforce.open(salesforce.optionsSchema.parse(optionsAt('http://127.0.0.1:9')), contextWith(context));

  it.each(['First Name', 'Name FROM User --', 'Owner.', '1st', "Name'"])(
    'never queries the field %s',
    async (field) => {
      const { source } = await open({ clock, fields: ['LastName', field, 'Mobile-Phone'] });
      if (source.kind !== 'pass') throw new Error('This is no CRM.');
      const refusal = await refusalOf(source.read('beginning', never));
      expect(refusal).toMatchObject({ name: 'FatalError', code: 'unknown_field' });
      expect(refusal.message).toContain(`: ${field}, Mobile-Phone.`);
      expect(salesforce.fieldNames?.mapped.safeParse(field).success).toBe(false);
    },
  );

  it('reports to fields of the record itself only', () => {
    const written = salesforce.fieldNames?.written;
    expect(written?.safeParse('CloudTalk_Status__c').success).toBe(true);
    expect(written?.safeParse('Account.Status__c').success).toBe(false);
  });

  it('refuses a mapping whose query would be longer than Salesforce takes', async () => {
    const fields = Array.from({ length: 700 }, (_, n) => `A_rather_long_field_name_${n}__c`);
    const { source } = await open({ clock, fields });
    if (source.kind !== 'pass') throw new Error('This is no CRM.');
    const refusal = await refusalOf(source.read('beginning', never));
    expect(refusal).toMatchObject({ name: 'FatalError', code: 'query_too_long' });
    expect(refusal.message).toContain('bytes');
  });
});
