import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, type OpenSession, readAll } from './test-session.js';

const COMPANIES = { kind: 'junk', json: { status: 'COMPLETE', results: [] }, match: 'companies' } as const;
const OWNERS = { kind: 'junk', json: { results: [] }, match: 'owners' } as const;
const INCOMPLETE = { name: 'RetryableError', code: 'incomplete_answer' };

let sandbox: HubSpotSandbox;
let session: OpenSession;

/** The names of the companies and the addresses of the owners that the contacts come with. */
async function related(): Promise<readonly unknown[]> {
  const records = await readAll(session);
  return records.map(({ fields }) => [fields['company'], fields['owner']]);
}

function requests(kind: string): number {
  return sandbox.requests.filter((request) => request.kind === kind).length;
}

beforeEach(async () => {
  const clock = new TestClock();
  sandbox = await startHubSpotSandbox({ clock: clock.now });
  session = await openSession(sandbox.url, { clock, fields: ['company.name', 'owner.email'] });
});
afterEach(async () => {
  await session.close();
  await sandbox.close();
});

describe('the company of a contact', () => {
  it('is asked for again where HubSpot says nothing of it, and then waited for', async () => {
    sandbox.put({ associatedcompanyid: sandbox.addCompany({ name: 'Firma' }) });
    sandbox.fault(COMPANIES);
    expect(await related()).toEqual([[{ name: 'Firma' }, null]]);
    sandbox.fault({ ...COMPANIES, times: 2 });
    await expect(related()).rejects.toMatchObject(INCOMPLETE);
  });

  it('is asked for again where only some of the batch are there', async () => {
    const [one = '', other = ''] = ['Firma', 'Acme'].map((name) => sandbox.addCompany({ name }));
    for (const associatedcompanyid of [one, other]) sandbox.put({ associatedcompanyid });
    sandbox.fault({ ...COMPANIES, json: { results: [{ id: one, properties: { name: 'Firma' } }] } });
    expect(await related()).toEqual([
      [{ name: 'Firma' }, null],
      [{ name: 'Acme' }, null],
    ]);
  });

  it('is none where HubSpot says that it is not there', async () => {
    sandbox.put({ associatedcompanyid: '99' });
    expect(await related()).toEqual([[null, null]]);
    expect(requests('companies')).toBe(1);
  });

  it('is the one that it was merged into', async () => {
    sandbox.put({ associatedcompanyid: '99' });
    const results = [{ id: '100', properties: { name: 'Firma', hs_merged_object_ids: '98;99' } }];
    sandbox.fault({ ...COMPANIES, json: { results } });
    expect(await related()).toEqual([[{ name: 'Firma' }, null]]);
  });
});

describe('the owner of a contact', () => {
  it('is asked for again where HubSpot names nobody, and then waited for', async () => {
    sandbox.put({ hubspot_owner_id: sandbox.addOwner({ email: 'jana@example.com' }) });
    sandbox.fault(OWNERS);
    expect(await related()).toEqual([[null, { email: 'jana@example.com' }]]);
    sandbox.fault({ ...OWNERS, times: 2 });
    await expect(related()).rejects.toMatchObject(INCOMPLETE);
  });

  it.each([1, 2])('is not lost with a page that is cut off (%i times)', async (times) => {
    const ids = Array.from({ length: 501 }, (_, n) => sandbox.addOwner({ email: `owner${n}@example.com` }));
    sandbox.put({ hubspot_owner_id: ids[500] ?? '' });
    sandbox.fault({ ...OWNERS, skip: 1, times });
    if (times === 1) expect(await related()).toEqual([[null, { email: 'owner500@example.com' }]]);
    else await expect(related()).rejects.toMatchObject(INCOMPLETE);
  });

  it('is none where it was deactivated', async () => {
    sandbox.addOwner({ email: 'jana@example.com' });
    sandbox.put({ hubspot_owner_id: '99' });
    expect(await related()).toEqual([[null, null]]);
  });

  it('costs no request where nobody has one', async () => {
    sandbox.put({ firstname: 'Anna' });
    expect(await related()).toEqual([[null, null]]);
    expect(requests('owners')).toBe(0);
  });
});
