import type { Connector } from '../../libs/connector-kit/src/index.js';
import { CONNECTORS } from '../../libs/connectors/src/index.js';
import type { SyncConnection } from '../../libs/sync/src/index.js';
import type { Crm } from './crm-stand-ins.js';

/** A connection to a stand-in. */
export interface CrmConnection extends Pick<SyncConnection, 'report'> {
  /** As they stand in a config. */
  readonly options: (url: string) => unknown;
  readonly mapping: NonNullable<SyncConnection['mapping']>;
  /** The fields that the mapping looks at. */
  readonly fields: readonly string[];
  /** The one that holds the number of a contact. */
  readonly numberField: string;
  /** The most records that one write-back may have (reference 1.5 and 2.5). */
  readonly written: number;
  /** The fewest calls that so many records can be read with: all of them, and those that changed. */
  readonly least: { readonly beginning: (records: number) => number; readonly since: (records: number) => number };
}

/** Salesforce: one login, then pages of 2,000 records (reference 2.3), both times. */
const salesforceLeast = (records: number): number => 1 + Math.ceil(records / 2_000);

export const CONNECTIONS: Readonly<Record<Crm, CrmConnection>> = {
  salesforce: {
    options: (url) => ({ loginUrl: url, auth: { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' } }),
    mapping: { name: '{{ FirstName }} {{ LastName }}', phone: 'MobilePhone', email: 'Email' },
    fields: ['FirstName', 'LastName', 'MobilePhone', 'Email'],
    numberField: 'LastName',
    report: {
      status: 'CloudTalk_Status__c',
      code: 'CloudTalk_Code__c',
      message: 'CloudTalk_Message__c',
      contactId: 'CloudTalk_Id__c',
      time: 'CloudTalk_Synced_At__c',
    },
    written: 200,
    least: { beginning: salesforceLeast, since: salesforceLeast },
  },
  hubspot: {
    options: (url) => ({
      accessToken: 'sandbox-token',
      basePath: url,
      requestsPer10Seconds: 180,
    }),
    mapping: { name: '{{ firstname }} {{ lastname }}', phone: 'phone', email: 'email' },
    fields: ['firstname', 'lastname', 'phone', 'email'],
    numberField: 'lastname',
    report: {
      status: 'cloudtalk_status',
      code: 'cloudtalk_code',
      message: 'cloudtalk_message',
      contactId: 'cloudtalk_id',
      time: 'cloudtalk_synced_at',
    },
    written: 100,
    least: {
      /** The account, its properties, pages of 100 (reference 1.4), and one page to learn that nobody is archived. */
      beginning: (records) => 3 + Math.ceil(records / 100),
      /**
       * The account, its properties, and pages of 200 (reference 1.4). A query ends at 10,000 results, and the next one
       * has to repeat at least a record; those few records fit on no fewer pages, so that no reading whatever does with
       * less than this.
       */
      since: (records) => 2 + Math.ceil(records / 200),
    },
  },
};

export function connectorOf(crm: Crm): Connector {
  const connector = CONNECTORS.find(({ type }) => type === crm);
  if (!connector) throw new Error(`There is no connector ${crm}.`);
  return connector;
}
