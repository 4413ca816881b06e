import { connectorContract, type ContractSetup, type Trouble } from '@cloudtalk-sync/connector-kit/contract';
import { compareIds, type IdOrder } from '../../../../apps/sandbox/src/salesforce/ids.js';
import type { SalesforceFault } from '../../../../apps/sandbox/src/salesforce/faults.js';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../../../apps/sandbox/src/salesforce/server.js';
import { salesforce } from './salesforce.js';
import { contextWith, optionsAt, TestClock } from './test-session.js';

connectorContract('salesforce, with ids ordered by their bytes', () => salesforceSetup('bytes'));
connectorContract('salesforce, with ids ordered ignoring their case', () => salesforceSetup('ignoring case'));

/**
 * Nine contacts in pages of two: four changed in the same second, five later, of which one is deleted and one merged.
 * By time they stand in the order of their ids, so that they do so too when a report has moved their times.
 */
async function salesforceSetup(idOrder: IdOrder): Promise<ContractSetup> {
  const clock = new TestClock();
  const sandbox = await startSalesforceSandbox({ clock: clock.now, idOrder, longestPage: 2 });
  const account = sandbox.put('Account', { Name: 'Acme' });
  const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) =>
    sandbox.put('Contact', { LastName: `Person ${n}`, AccountId: n % 2 === 0 ? account : null }),
  );
  ids.sort(compareIds(idOrder));
  for (const id of ids.slice(4)) {
    clock.pass(1_000);
    sandbox.edit(id, { Phone: '+421901000001' });
  }
  const [survivor = '', loser = '', last = ''] = ids.slice(-3);
  sandbox.merge(loser, survivor);
  sandbox.remove(last);
  return {
    connector: salesforce,
    options: optionsAt(sandbox.url, { timeout: '2s' }),
    context: contextWith({
      clock,
      fields: ['LastName', 'Email', 'Account.Name', 'Owner.Email'],
      report: { status: 'CloudTalk_Status__c', message: 'CloudTalk_Message__c', contactId: 'CloudTalk_Id__c' },
    }),
    records: ids.length,
    reported: async () =>
      sandbox.records('Contact').map((record) => {
        const { CloudTalk_Id__c, CloudTalk_Message__c, CloudTalk_Status__c, Id } = record;
        return { Id, CloudTalk_Id__c, CloudTalk_Message__c, CloudTalk_Status__c };
      }),
    erase: () => {
      sandbox.erase(last);
      return last;
    },
    breakWorld: () => sandbox.close(),
    troubles: troublesOf(sandbox),
    dispose: () => sandbox.close(),
  };
}

type Becomes = Trouble['becomes'];

function troublesOf(sandbox: SalesforceSandbox): readonly Trouble[] {
  const trouble = (name: string, becomes: Becomes, ...faults: readonly SalesforceFault[]): Trouble => ({
    name,
    becomes,
    arrange: () => {
      sandbox.calm();
      for (const fault of faults) sandbox.fault({ times: Infinity, ...fault });
    },
  });
  const refused = (status: number, code: string, becomes: Becomes): Trouble =>
    trouble(code, becomes, { kind: 'status', status, code });
  const login = (name: string, becomes: Becomes, fault: SalesforceFault): Trouble =>
    trouble(`login: ${name}`, becomes, { kind: 'expire token' }, { ...fault, match: 'token' });
  return [
    ...['invalid_grant', 'invalid_client', 'invalid_client_id', 'inactive_user'].map((code) =>
      login(code, 'FatalError', { kind: 'status', status: 400, code }),
    ),
    login('unknown_error', 'RetryableError', { kind: 'status', status: 400, code: 'unknown_error' }),
    login('unavailable', 'RetryableError', { kind: 'status', status: 503, html: true }),
    login('junk', 'RetryableError', { kind: 'junk' }),
    login('without a session', 'RetryableError', { kind: 'junk', json: {} }),
    login('no answer', 'RetryableError', { kind: 'time out', when: 'before' }),
    refused(401, 'INVALID_SESSION_ID', 'FatalError'),
    refused(403, 'REQUEST_LIMIT_EXCEEDED', 'RetryableError'),
    refused(403, 'API_DISABLED_FOR_ORG', 'FatalError'),
    refused(403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'FatalError'),
    refused(403, 'SOME_NEW_CODE', 'FatalError'),
    refused(400, 'INVALID_FIELD', 'FatalError'),
    refused(400, 'INVALID_TYPE', 'FatalError'),
    refused(400, 'MALFORMED_QUERY', 'FatalError'),
    refused(400, 'QUERY_TIMEOUT', 'RetryableError'),
    refused(400, 'REQUEST_RUNNING_TOO_LONG', 'RetryableError'),
    refused(403, 'API_CURRENTLY_DISABLED', 'RetryableError'),
    refused(404, 'NOT_FOUND', 'FatalError'),
    refused(429, 'SOME_NEW_LIMIT', 'RetryableError'),
    refused(500, 'UNKNOWN_EXCEPTION', 'RetryableError'),
    refused(503, 'SERVER_UNAVAILABLE', 'RetryableError'),
    trouble('a page of the edge', 'RetryableError', { kind: 'status', status: 502, html: true }),
    trouble('a broken connection', 'RetryableError', { kind: 'drop', when: 'before' }),
    trouble('no answer', 'RetryableError', { kind: 'time out', when: 'before' }),
    trouble('half a body', 'RetryableError', { kind: 'stall' }),
    trouble('half of the JSON', 'RetryableError', { kind: 'truncate' }),
    trouble('a page of HTML with 200', 'RetryableError', { kind: 'junk' }),
    ...JUNK.map(([name, json]) => trouble(name, 'RetryableError', { kind: 'junk', json })),
    trouble('a redirect', 'RetryableError', { kind: 'redirect', to: 'http://127.0.0.1:9/elsewhere' }),
    {
      name: 'only the reserve is left',
      becomes: 'RetryableError',
      arrange: () => {
        sandbox.calm();
        sandbox.spend(12_001);
      },
    },
  ];
}

const JUNK: readonly (readonly [name: string, json: unknown])[] = [
  ['an empty object', {}],
  ['null', null],
  ['fewer records than it says', { totalSize: 9, done: true, records: [] }],
  ['no next page', { totalSize: 9, done: false, records: [] }],
  ['records without ids', { totalSize: 1, done: true, records: [{ LastName: 'Person 1' }] }],
  [
    'a next page on another host',
    {
      totalSize: 9,
      done: false,
      nextRecordsUrl: 'http://127.0.0.1:9/services/data/v62.0/query/01g-2',
      records: [{ Id: '003000000000001AAA', SystemModstamp: '2026-11-22T02:00:00.000+0000', IsDeleted: false }],
    },
  ],
];
