import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  connectorContract,
  type ContractSetup,
  type Doing,
  type Trouble,
} from '@cloudtalk-sync/connector-kit/contract';
import type { Fault } from '../../../../apps/sandbox/src/hubspot/faults.js';
import type { IdOrder } from '../../../../apps/sandbox/src/hubspot/options.js';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { hubspotWithin } from './hubspot.js';
import { TestClock } from './test-clock.js';

connectorContract('hubspot, ids ordered as numbers', () => hubspotSetup('numeric'));
connectorContract('hubspot, ids ordered as texts', () => hubspotSetup('lexicographic'));

const REPORT = { status: 'ct_status', code: 'ct_code', message: 'ct_message', contactId: 'ct_id', time: 'ct_time' };

/** Pages of two and six results of a search, so that contacts of one moment have to be read in the order of their ids. */
const LIMITS = { page: 2, results: 6 };
const HOUR = 3_600_000;

/** Fifteen contacts, into one of which two were merged, and an archived one: 18 records. Their ids have several lengths. */
async function hubspotSetup(idOrder: IdOrder): Promise<ContractSetup> {
  const clock = new TestClock();
  const sandbox = await startHubSpotSandbox({ idOrder, clock: clock.now, mostResults: LIMITS.results });
  const elsewhere = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const archived = fill(sandbox);
  return {
    connector: hubspotWithin(LIMITS),
    options: { accessToken: 'sandbox-token', basePath: sandbox.url, timeout: '2s' },
    context: {
      connectionId: 'crm',
      clock,
      defaultCountry: 'SK',
      readsTemplate: false,
      maxFileSize: 1_000,
      fields: ['firstname', 'phone', 'company.name', 'owner.email'],
      report: REPORT,
    },
    records: 18,
    change: () => {
      clock.pass(HOUR);
      for (const { id } of sandbox.records()) sandbox.edit(id, { phone: '+421901000002' });
      clock.pass(HOUR);
    },
    reported: () => {
      const shown = (properties: object): unknown => Object.entries(properties).filter(([name]) => /^ct_/.test(name));
      return Promise.resolve(sandbox.records().map(({ id, properties }) => [id, shown(properties)]));
    },
    erase: () => {
      sandbox.erase(archived);
      return archived;
    },
    breakWorld: () => Promise.resolve(sandbox.fault({ kind: 'status', status: 401, times: 1e9 })),
    troubles: troubles(sandbox, `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`),
    dispose: async () => {
      elsewhere.close();
      await sandbox.close();
    },
  };
}

/** Fills the portal; returns the contact that is archived. */
function fill(sandbox: HubSpotSandbox): string {
  const company = sandbox.addCompany({ name: 'Firma' });
  const owner = sandbox.addOwner({ email: 'alice.agent@example.com' });
  const more = Array.from({ length: 10 }, (_, index) => `Person ${index}`);
  const ids = ['Anna', 'Ján', 'Eva', 'Ivan', 'Zoe', 'Primary', 'Gone', ...more].map((firstname) =>
    sandbox.put({ firstname, phone: '+421901000001', associatedcompanyid: company, hubspot_owner_id: owner }),
  );
  const [secondary = '', , , , , primary = '', archived = ''] = ids;
  sandbox.mergeAnew(primary, secondary);
  sandbox.remove(archived);
  for (const name of Object.values(REPORT)) sandbox.addProperty(name, name === 'ct_time' ? 'datetime' : 'string');
  return archived;
}

function troubles(sandbox: HubSpotSandbox, elsewhere: string): readonly Trouble[] {
  const trouble = (
    name: string,
    becomes: Trouble['becomes'],
    fault: Fault,
    more: Pick<Trouble, 'whileWriting'> = {},
  ): Trouble => ({
    name,
    becomes,
    ...more,
    arrange: (doing: Doing) => {
      sandbox.calm();
      sandbox.fault({ ...fault, times: 1e9, ...(doing === 'writing' ? { match: 'batch update' } : {}) });
    },
  });
  const ofReading = { whileWriting: 'not met' } as const;
  const ofRecords = { whileWriting: 'refused records' } as const;
  return [
    trouble('a refused token', 'FatalError', { kind: 'status', status: 401 }),
    trouble('a token without rights', 'FatalError', { kind: 'status', status: 403 }),
    trouble('a missing scope', 'FatalError', { kind: 'missing scope', scopes: ['crm.objects.contacts.read'] }),
    trouble('a refused request', 'FatalError', { kind: 'status', status: 400 }, ofRecords),
    trouble('a wrong address', 'FatalError', { kind: 'status', status: 404 }, ofRecords),
    trouble('a redirect to another host', 'FatalError', { kind: 'redirect', to: elsewhere, match: 'list' }),
    trouble('a redirect of the account', 'FatalError', { kind: 'redirect', to: elsewhere }, ofReading),
    trouble('the daily limit', 'RetryableError', { kind: 'throttle', policy: 'DAILY' }),
    trouble('the limit of ten seconds', 'RetryableError', { kind: 'throttle', policy: 'TEN_SECONDLY_ROLLING' }),
    trouble('the limit of a second', 'RetryableError', { kind: 'throttle', policy: 'SECONDLY', retryAfter: 1 }),
    trouble('a 429 of the edge', 'RetryableError', { kind: 'status', status: 429, html: true }),
    trouble('a locked portal', 'RetryableError', { kind: 'status', status: 423 }),
    trouble('a portal that is moved', 'RetryableError', { kind: 'status', status: 477, retryAfter: 3_600 }),
    trouble('an internal error', 'RetryableError', { kind: 'status', status: 500 }),
    trouble('a bad gateway', 'RetryableError', { kind: 'status', status: 502, html: true }),
    trouble('an unavailable portal', 'RetryableError', { kind: 'status', status: 503 }),
    trouble('a gateway out of time', 'RetryableError', { kind: 'status', status: 504, html: true }),
    trouble('an edge out of time', 'RetryableError', { kind: 'status', status: 524, html: true }),
    trouble('a broken connection', 'RetryableError', { kind: 'drop', when: 'before' }),
    trouble('an answer that never comes', 'RetryableError', { kind: 'time out', when: 'before', match: 'list' }),
    trouble('an answer that stalls', 'RetryableError', { kind: 'stall', match: 'list' }),
    trouble('half of an answer', 'RetryableError', { kind: 'truncate', match: 'list' }),
    trouble('a page instead of contacts', 'RetryableError', { kind: 'junk', match: 'list' }),
    trouble('a page instead of companies', 'RetryableError', { kind: 'junk', match: 'companies' }, ofReading),
    trouble('a page instead of the account', 'RetryableError', { kind: 'junk', match: 'account' }, ofReading),
  ];
}
