import type { Finding, SessionContext } from '@cloudtalk-sync/connector-kit';
import { afterEach, describe, expect, it } from 'vitest';
import type { SalesforceSandboxOptions } from '../../../../apps/sandbox/src/salesforce/options.js';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../../../apps/sandbox/src/salesforce/server.js';
import { readAll, refusalOf, sessionAt, TestClock } from './test-session.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Given {
  readonly sandbox?: SalesforceSandboxOptions;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly before?: (sandbox: SalesforceSandbox) => void;
}

async function check(context: Partial<SessionContext>, given: Given = {}): Promise<readonly Finding[]> {
  const clock = new TestClock();
  const sandbox = await startSalesforceSandbox({ clock: clock.now, ...given.sandbox });
  const session = await sessionAt(sandbox.url, { clock, ...context }, given.options);
  closing.push(
    () => sandbox.close(),
    () => session.close(),
  );
  given.before?.(sandbox);
  return session.check();
}

const placesOf = (findings: readonly Finding[]): string[] => findings.map(({ place }) => place);

describe('a check', () => {
  it('finds nothing in an org that has everything', async () => {
    const findings = await check({
      fields: ['FirstName', 'Account.Name', 'Account.Owner.Email', 'Owner.Email', 'HasOptedOutOfCall'],
      report: { status: 'CloudTalk_Status__c', message: 'CloudTalk_Message__c', time: 'CloudTalk_Synced_At__c' },
    });
    expect(findings).toEqual([]);
  });

  it('follows the owner of a lead, who may be a user or a queue', async () => {
    expect(await check({ fields: ['Owner.Email'] }, { options: { object: 'Lead' } })).toEqual([]);
  });

  it('names whole addresses and locations, of which a mapping makes nothing', async () => {
    const address = (name: string) => ({ name, type: 'address', updateable: false }) as const;
    const location = { name: 'Place__c', type: 'location' } as const;
    const fields = { Contact: [address('MailingAddress'), location], Account: [address('BillingAddress')] };
    const asked = ['MailingAddress', 'place__c', 'Account.BillingAddress', 'LastName'];
    const findings = await check({ fields: asked }, { sandbox: { fields } });
    expect(placesOf(findings)).toEqual(['MailingAddress', 'place__c', 'Account.BillingAddress']);
    expect(findings[2]?.message).toContain('BillingAddress of Account is of type address');
    expect(findings[0]?.fix).toContain('MailingStreet, MailingCity');
  });

  it('names everything at once, each with what to do', async () => {
    const findings = await check(
      {
        fields: ['Nothing__c', 'Nobody.Email', 'Account.Nothing__c', 'LastName'],
        report: {
          status: 'Missing__c',
          code: 'Formula__c',
          message: 'Short__c',
          contactId: 'DoNotCall',
          time: 'CloudTalk_Synced_At__c',
        },
      },
      {
        sandbox: {
          fields: {
            Contact: [
              { name: 'Formula__c', type: 'string', updateable: false },
              { name: 'Short__c', type: 'string', length: 20 },
            ],
          },
        },
        options: { where: "Nowhere__c = 'x'" },
      },
    );
    expect(placesOf(findings)).toEqual([
      'Nothing__c',
      'Nobody.Email',
      'Account.Nothing__c',
      'report.status',
      'report.code',
      'report.message',
      'report.contactId',
      'options.where',
    ]);
    const said = findings.map(({ fix, message }) => `${message} ${fix}`);
    expect(said[2]).toContain('Account has no field Nothing__c');
    expect(said[3]).toContain('Setup > Object Manager > Contact > Fields & Relationships > New, as Text(20)');
    expect(said[4]).toContain('may not write the field Formula__c');
    expect(said[5]).toContain('only 20 characters');
    expect(said[6]).toContain('boolean');
    expect(said[7]).toContain('Nowhere__c');
    expect(said[7]).not.toContain('ERROR at Row');
  });

  it('says that a field is too short for an id or an address', async () => {
    const field = (name: string, length: number) => ({ name, type: 'string', length }) as const;
    const fields = { Contact: [field('Six__c', 6), field('Fifty__c', 50)] };
    const findings = await check({ report: { contactId: 'Six__c', link: 'Fifty__c' } }, { sandbox: { fields } });
    expect(findings.map(({ message }) => message)).toEqual([
      'The field Six__c takes only 6 characters, which is too short for the contactId.',
      'The field Fifty__c takes only 50 characters, which is too short for the link.',
    ]);
  });

  it('asks a restricted picklist for every status', async () => {
    const field = { name: 'State__c', type: 'picklist', values: ['imported', 'failed'] } as const;
    const findings = await check({ report: { status: 'State__c' } }, { sandbox: { fields: { Contact: [field] } } });
    expect(findings.map(({ message }) => message)).toEqual(['The picklist State__c does not allow: skipped.']);
  });

  it.each([
    ['code', 'picklist'],
    ['message', 'picklist'],
    ['contactId', 'picklist'],
    ['link', 'picklist'],
    ['time', 'picklist'],
    ['status', 'email'],
    ['message', 'email'],
  ] as const)('says that the %s cannot go into a field for other values (%s)', async (part, type) => {
    const field = { name: 'Field__c', type, ...(type === 'email' ? {} : { values: ['imported', 'failed'] }) };
    const findings = await check({ report: { [part]: 'Field__c' } }, { sandbox: { fields: { Contact: [field] } } });
    expect(findings).toMatchObject([{ place: `report.${part}` }]);
    expect(findings[0]?.message).toContain(`which cannot hold the ${part}.`);
  });

  it('says that a field which takes each value once is none for what records can share', async () => {
    const field = { name: 'Key__c', type: 'string', unique: true } as const;
    const findings = await check({ report: { contactId: 'Key__c' } }, { sandbox: { fields: { Contact: [field] } } });
    expect(findings.map(({ message }) => message)).toEqual([
      'The field Key__c takes each value only once, but several records can have the same contactId.',
    ]);
  });

  it('names what can be no field beside what is none, and each by itself', async () => {
    const fields = ['Full Name', 'Mobile-Phone', 'Owner.', 'Nope__c'];
    const findings = await check({ fields, report: { status: 'Account.Status__c', message: 'Also__c' } });
    expect(placesOf(findings)).toEqual([...fields, 'report.status', 'report.message']);
    expect(findings[0]?.message).toBe('"Full Name" cannot be the name of a field of Salesforce.');
    expect(findings[4]?.fix).toContain('of the record itself');
  });

  it('says when two parts of the report would go into one field, whatever its case', async () => {
    const findings = await check({ report: { status: 'CloudTalk_Message__c', message: 'cloudtalk_message__C' } });
    expect(placesOf(findings)).toEqual(['report.message']);
    expect(findings[0]?.message).toContain('takes report.status already');
  });

  it('says that the query would be too long, beside everything else', async () => {
    const names = Array.from({ length: 700 }, (_, n) => `A_rather_long_field_name_${n}__c`);
    const many = names.map((name) => ({ name, type: 'string' as const }));
    const given = { sandbox: { fields: { Contact: many } }, options: { where: "Nowhere__c = 'x'" } };
    const findings = await check({ fields: names, report: { status: 'Missing__c' } }, given);
    expect(placesOf(findings)).toEqual(['mapping', 'report.status', 'options.where']);
    expect(findings[0]?.message).toMatch(/a query of \d+ bytes/);
    const where = `LastName IN (${names.map((name) => `'${name}'`).join(', ')})`;
    expect(placesOf(await check({}, { options: { where } }))).toEqual(['mapping']);
  });

  it('tries the condition', async () => {
    const findings = await check({}, { options: { where: "LastName = = 'x'" } });
    expect(placesOf(findings)).toEqual(['options.where']);
    expect(findings[0]?.message).toContain('unexpected token');
  });

  it.each(['Contact', 'Lead'])('tries it in the very query that reads a %s', async (object) => {
    const clock = new TestClock();
    const sandbox = await startSalesforceSandbox({ clock: clock.now });
    const session = await sessionAt(sandbox.url, { clock }, { object, where: "LeadSource = 'Web'" });
    closing.push(
      () => sandbox.close(),
      () => session.close(),
    );
    await session.check();
    await readAll(session);
    const [tried, read] = sandbox.requests.flatMap(({ kind, path }) => (kind === 'query' ? [path] : []));
    expect(tried).toBe(`${read} LIMIT 1`);
  });

  it('says when the daily calls are nearly used up, and throws when only the reserve is left', async () => {
    const nearly = await check({}, { sandbox: { dailyRequests: 100 }, before: (sandbox) => sandbox.spend(74) });
    expect(placesOf(nearly)).toEqual(['API calls']);
    const over = check({}, { sandbox: { dailyRequests: 100 }, before: (sandbox) => sandbox.spend(85) });
    expect(await refusalOf(over)).toMatchObject({ name: 'RetryableError', code: 'api_budget_used_up' });
  });

  it('throws for an object that is not there', async () => {
    const refusal = await refusalOf(check({}, { options: { object: 'Nothing__c' } }));
    expect(refusal).toMatchObject({ name: 'FatalError', code: 'unknown_object' });
    expect(refusal.fix).toContain('options.object');
  });
});
