import type { Connector } from '@cloudtalk-sync/connector-kit';
import type { ScheduledConnection, SyncAccount, SyncConnection } from '@cloudtalk-sync/sync';
import { hubspot } from '../../libs/connectors/src/hubspot/hubspot.js';
import { salesforce } from '../../libs/connectors/src/salesforce/salesforce.js';
import {
  CONTACT_URL,
  HUBSPOT_REPORT,
  type Kind,
  KINDS,
  MAPPINGS,
  ownTag,
  type Policies,
  SALESFORCE_REPORT,
} from './policies.js';
import { OPERATIONS_PER_MINUTE } from './stage.js';
import type { Party } from './weather.js';

/** The deadline of a request; it passes in real time, milliseconds. */
const DEADLINE = 500;
/** How long after a lost answer the look-up waits; it passes in simulated time, milliseconds. */
const SETTLE = 5_000;
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
/** When the connections tick, twenty minutes apart, so that their runs come in this order. */
const TICKS: Readonly<Record<Kind, string>> = { contact: '0 2 * * *', lead: '20 2 * * *', hubspot: '40 2 * * *' };

const KEPT = { numbers: 'union', emails: 'union', tags: 'add', attributes: 'managed' } as const;
const REPLACED = { numbers: 'replace', emails: 'replace', tags: 'replace', attributes: 'managed' } as const;

/** What differs between one engine's config and another's. */
export interface Setup {
  readonly policies: Policies;
  /** Where each party answers. */
  readonly origins: Readonly<Record<Party, string>>;
  /** Every pass reads everything, not only each week. */
  readonly readsAll: boolean;
  /** Whether what others put into lists goes, as it must not. */
  readonly replacesLists: boolean;
}

export const SCHEDULES: readonly ScheduledConnection[] = KINDS.map((id) => ({
  id,
  schedule: { kind: 'cron', cron: TICKS[id], timezone: 'Europe/Bratislava' },
}));

export function accountOf({ origins }: Setup): SyncAccount {
  return {
    id: 'default',
    baseUrl: `${origins.cloudtalk}/api`,
    accessKeyId: 'sandbox-key',
    accessKeySecret: 'sandbox-secret',
    defaultCountry: 'SK',
    operationsPerMinute: OPERATIONS_PER_MINUTE,
    share: 0.8,
    requestTimeout: DEADLINE,
    settle: SETTLE,
    directoryMaxAge: HOUR,
    contactUrl: CONTACT_URL,
  };
}

export function connectionsOf(setup: Setup): readonly SyncConnection[] {
  return KINDS.map((kind) => connectionOf(kind, setup));
}

function connectionOf(kind: Kind, { origins, policies, readsAll, replacesLists }: Setup): SyncConnection {
  const isHubSpot = kind === 'hubspot';
  const connector: Connector = isHubSpot ? (hubspot as Connector) : (salesforce as Connector);
  const options = isHubSpot ? hubspotOptions(origins.hubspot) : salesforceOptions(origins.salesforce, kind);
  return {
    id: kind,
    accountId: 'default',
    connector,
    options: connector.optionsSchema.parse(options),
    tag: ownTag(kind),
    mapping: MAPPINGS[kind],
    unknownColumns: 'warn',
    maxFileSize: 8_388_608,
    stopAfterFailures: 1000,
    lists: replacesLists ? REPLACED : KEPT,
    report: isHubSpot ? HUBSPOT_REPORT : SALESFORCE_REPORT,
    fullReadAfter: readsAll ? 0 : WEEK,
    ...policies[kind],
  };
}

function salesforceOptions(loginUrl: string, kind: Kind): object {
  return {
    loginUrl,
    auth: { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' },
    object: kind === 'lead' ? 'Lead' : 'Contact',
    pageSize: 200,
    timeout: `${DEADLINE}ms`,
  };
}

function hubspotOptions(basePath: string): object {
  return { accessToken: 'sandbox-token', basePath, timeout: `${DEADLINE}ms` };
}
