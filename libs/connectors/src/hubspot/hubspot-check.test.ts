import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotSandboxOptions } from '../../../../apps/sandbox/src/hubspot/options.js';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, type OpenSession } from './test-session.js';

const REPORT = { status: 'ct_status', message: 'ct_message', contactId: 'ct_id', link: 'ct_link', time: 'ct_time' };

let clock: TestClock;
let sandbox: HubSpotSandbox;
const open: { close(): Promise<void> }[] = [];

async function start(options: HubSpotSandboxOptions = {}): Promise<void> {
  sandbox = await startHubSpotSandbox({ clock: clock.now, ...options });
  open.push(sandbox);
}

async function session(more: Parameters<typeof openSession>[1] = {}): Promise<OpenSession> {
  const opened = await openSession(sandbox.url, { clock, ...more });
  open.unshift(opened);
  return opened;
}

beforeEach(() => {
  clock = new TestClock();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('the check of a HubSpot connection', () => {
  it('names everything that has to be mended at once', async () => {
    await start({ missingScopes: ['crm.lists.read', 'crm.objects.owners.read'] });
    sandbox.addProperty('ct_time', 'number');
    sandbox.addProperty('ct_status', 'enumeration', { options: ['imported'] });
    const { check } = await session({
      fields: ['firstname', 'Phone', 'company.nmae', 'owner.email', 'owner.phone', 'deal.name'],
      report: { ...REPORT, code: 'createdate' },
      options: { list: '123' },
    });
    const findings = await check();
    expect(findings.map(({ place }) => place)).toEqual([
      'owner.phone',
      'deal.name',
      'Phone',
      'ct_status',
      'createdate',
      'ct_message',
      'ct_id',
      'ct_link',
      'ct_time',
      'company.nmae',
      'crm.objects.owners.read',
      'crm.lists.read',
    ]);
    expect(findings.find(({ place }) => place === 'ct_status')?.message).toContain('failed, skipped');
    expect(findings.find(({ place }) => place === 'ct_id')?.fix).toContain('Run setup');
    expect(findings.find(({ place }) => place === 'createdate')?.message).toContain('cannot be written');
    for (const { message, fix } of findings) expect(`${message} ${fix}`).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
  });

  it('names the scope for writing when outcomes are to be written, and writes nothing to find out', async () => {
    await start({ missingScopes: ['crm.objects.contacts.write'] });
    sandbox.addProperty('ct_status', 'string');
    sandbox.put({ firstname: 'Anna' });
    const before = JSON.stringify(sandbox.records());
    const { check } = await session({ report: { status: 'ct_status' } });
    expect(await check()).toEqual([
      {
        place: 'crm.objects.contacts.write',
        message:
          'HubSpot does not grant this access token the writing of outcomes: it lacks the scope crm.objects.contacts.write.',
        fix: 'Add the scope crm.objects.contacts.write to the Service Key or private app in HubSpot.',
      },
    ]);
    expect(JSON.stringify(sandbox.records())).toBe(before);
  });

  it('names the scope that setup needs where it has a property to make, and makes nothing to find out', async () => {
    await start({ missingScopes: ['crm.schemas.contacts.write'] });
    const { check } = await session({ report: { status: 'ct_status' } });
    expect(await check()).toMatchObject([
      { place: 'ct_status', fix: expect.stringContaining('Run setup') as string },
      { place: 'crm.schemas.contacts.write', fix: expect.stringContaining('Add the scope') as string },
    ]);
    sandbox.addProperty('ct_status', 'string');
    expect(await check()).toEqual([]);
    await start();
    const properties = sandbox.properties();
    expect(await (await session({ report: { status: 'ct_status' } })).check()).toHaveLength(1);
    expect(sandbox.properties()).toEqual(properties);
  });

  it('does not ask for the scope for writing when nothing is written back, nor find it missing when it is there', async () => {
    await start({ missingScopes: ['crm.objects.contacts.write'] });
    expect(await (await session()).check()).toEqual([]);
    await start();
    sandbox.addProperty('ct_status', 'string');
    expect(await (await session({ report: { status: 'ct_status' } })).check()).toEqual([]);
    expect(sandbox.requests.filter(({ kind }) => kind === 'batch update')).toMatchObject([{ status: 400 }]);
  });

  it('says that a property which takes each value once is none for what contacts can share', async () => {
    await start();
    sandbox.addProperty('ct_key', 'string', { unique: true });
    const { check } = await session({ report: { contactId: 'ct_key' } });
    expect((await check()).map(({ message }) => message)).toEqual([
      'The property ct_key takes each value only once, but several contacts can have the same report.contactId.',
    ]);
  });

  it('throws when HubSpot cannot say whether the token may write', async () => {
    await start();
    sandbox.fault({ kind: 'status', status: 503, match: 'batch update', times: 3 });
    const { check } = await session({ report: { status: 'firstname' } });
    await expect(check()).rejects.toMatchObject({ name: 'RetryableError', code: 'unavailable' });
  });

  it('names each scope that the token lacks, once, whatever needs it', async () => {
    const missingScopes = ['crm.schemas.contacts.read', 'crm.objects.companies.read'];
    await start({ missingScopes });
    const { check } = await session({ fields: ['firstname', 'company.name'] });
    expect((await check()).map(({ place }) => place)).toEqual(missingScopes);
  });

  it('names what setup needs beside what a look at the properties does, each once', async () => {
    const missingScopes = ['crm.schemas.contacts.read', 'crm.objects.contacts.write', 'crm.schemas.contacts.write'];
    await start({ missingScopes });
    const { check } = await session({ report: { status: 'ct_status' } });
    expect((await check()).map(({ place }) => place)).toEqual(missingScopes);
  });

  it('names a list that is not there', async () => {
    await start();
    const { check } = await session({ options: { list: '123' } });
    expect(await check()).toMatchObject([
      { place: 'options.list', message: 'HubSpot does not have the list 123: List does not exist with ID 123.' },
    ]);
  });

  it('names a list that is not of contacts, which is not read either', async () => {
    await start();
    const company = sandbox.addCompany({ name: 'Firma' });
    const list = sandbox.addList([company], '0-2');
    const { check, source } = await session({ options: { list } });
    const message = `The members of the list ${list} in HubSpot are no contacts (but objects of the type 0-2), so that none of them is read.`;
    expect(await check()).toMatchObject([{ place: 'options.list', message }]);
    const reading = source.read('beginning', new AbortController().signal);
    await expect(reading).rejects.toMatchObject({ name: 'FatalError', code: 'not_of_contacts', message });
  });

  it('says by how many characters a search would be too long, unless a list is read without one', async () => {
    await start();
    const fields = Array.from({ length: 30 }, (_, n) => `property_${n}_`.padEnd(100, 'x'));
    for (const field of fields) sandbox.addProperty(field, 'string');
    const { check } = await session({ fields });
    expect(await check()).toEqual([
      {
        place: 'mapping',
        message: expect.stringMatching(/^The properties .* a search of 3\d\d\d characters, \d+ more than/) as string,
        fix: expect.stringContaining('fewer properties') as string,
      },
    ]);
    const list = sandbox.addList([sandbox.put({ firstname: 'Anna' })]);
    expect(await (await session({ fields, options: { list } })).check()).toEqual([]);
  });

  it('throws when HubSpot refuses the token', async () => {
    await start({ accessToken: 'another' });
    const { check } = await session();
    await expect(check()).rejects.toMatchObject({ name: 'FatalError', code: 'token_refused' });
  });
});

describe('the setup of a HubSpot connection', () => {
  it('makes the properties of the report, says so, and makes nothing the second time', async () => {
    await start();
    const { check, setup } = await session({ report: REPORT });
    expect(await check()).toHaveLength(5);
    const made = await setup?.();
    expect(made).toHaveLength(6);
    expect(made?.[0]).toBe('Made the property group cloudtalk_sync of contacts.');
    expect(made?.at(-1)).toBe('Made the property ct_time of contacts (CloudTalk synced at), for report.time.');
    expect(sandbox.properties()).toEqual(expect.arrayContaining(Object.values(REPORT)));
    expect(await check()).toEqual([]);
    expect(await setup?.()).toEqual([]);
  });

  it('makes the rest when it was interrupted', async () => {
    await start();
    const { setup } = await session({ report: REPORT });
    sandbox.fault({ kind: 'status', status: 500, match: '/crm/v3/properties/contacts', skip: 3 });
    await expect(setup?.()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await setup?.()).toHaveLength(4);
    expect(sandbox.properties()).toEqual(expect.arrayContaining(Object.values(REPORT)));
  });

  it('says which scope it needs', async () => {
    await start({ missingScopes: ['crm.schemas.contacts.write'] });
    const { setup } = await session({ report: REPORT });
    await expect(setup?.()).rejects.toThrow('lacks the scope crm.schemas.contacts.write');
  });
});

describe('the values of a field', () => {
  it('are the owners, the options of a property, or unknown', async () => {
    await start();
    const jana = sandbox.addOwner({ email: 'jana@example.com' });
    const { source } = await session();
    const never = new AbortController().signal;
    expect(await source.valuesOf('owner.email', never)).toEqual(['jana@example.com']);
    expect(await source.valuesOf('hubspot_owner_id', never)).toEqual([jana]);
    expect(await source.valuesOf('lifecyclestage', never)).toContain('customer');
    expect(await source.valuesOf('firstname', never)).toEqual([]);
    expect(await source.valuesOf('company.name', never)).toEqual([]);
  });

  it('are used when some contact has them', async () => {
    await start();
    const jana = sandbox.addOwner({ email: 'jana@example.com' });
    const accountant = sandbox.addOwner({ email: 'accountant@example.com' });
    sandbox.put({ firstname: 'Anna', hubspot_owner_id: jana, lifecyclestage: 'customer' });
    clock.pass(60_000);
    const { source } = await session();
    const never = new AbortController().signal;
    const used = async (field: string, ...values: readonly string[]) => [
      ...((await source.usedOf?.(field, values, never)) ?? []),
    ];
    expect(await used('owner.email', 'accountant@example.com', 'jana@example.com')).toEqual(['jana@example.com']);
    expect(await used('hubspot_owner_id', accountant, jana)).toEqual([jana]);
    expect(await used('hubspot_owner_id', accountant)).toEqual([]);
    expect(await used('lifecyclestage', 'lead', 'customer', 'Lead')).toEqual(['customer']);
  });

  it('are looked for in the whole portal, also beside a list, and it is said', async () => {
    await start();
    const { source } = await session({ options: { list: '123' } });
    expect(source.usedAmong).toBe('all contacts of the portal, not only those of the list 123');
    expect((await session()).source.usedAmong).toBeUndefined();
  });

  it('are asked for by the hundred, however many contacts one of them has', async () => {
    await start();
    const ids = Array.from({ length: 250 }, (_, n) => sandbox.addOwner({ email: `owner${n}@example.com` }));
    const [busy = '', calm = ''] = ids;
    for (let n = 0; n < 201; n += 1) sandbox.put({ hubspot_owner_id: busy });
    sandbox.put({ hubspot_owner_id: calm });
    clock.pass(60_000);
    const { source } = await session();
    const emails = ids.map((_, n) => `owner${n}@example.com`);
    const used = await source.usedOf?.('owner.email', emails, new AbortController().signal);
    expect([...(used ?? [])]).toEqual(['owner0@example.com', 'owner1@example.com']);
    expect(sandbox.requests.filter(({ kind }) => kind === 'search')).toHaveLength(5);
  });
});
