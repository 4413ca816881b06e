import { startHubSpotSandbox, startSalesforceSandbox } from '../../apps/sandbox/src/index.js';
import { phoneOf } from '../builders/csv.js';

/** The CRMs that are measured, as `connector:` names them. */
export const CRMS = ['salesforce', 'hubspot'] as const;
export type Crm = (typeof CRMS)[number];

/** The part of all contacts that was last changed at one and the same time: 12,000 of 100,000. */
export const DENSE = 0.12;

/** One request to a CRM. */
export interface Call {
  readonly isWrite: boolean;
  readonly status: number | undefined;
}

/** A stand-in for one of them, with its real limits. */
export interface StandIn {
  readonly url: string;
  readonly calls: () => readonly Call[];
  /** The records as a person would see them, each as a text. */
  readonly shown: () => readonly string[];
  /** Makes the contact of this number, which stands in its last name; returns its id. */
  readonly put: (number: number) => string;
  /** Changes a contact without changing what it says. */
  readonly touch: (id: string) => void;
  readonly close: () => Promise<void>;
}

/** Starts a stand-in for each CRM. */
export const START: Readonly<Record<Crm, (clock?: () => Date) => Promise<StandIn>>> = {
  salesforce: async (clock) => {
    const sandbox = await startSalesforceSandbox(clock === undefined ? {} : { clock });
    return {
      ...sandbox,
      calls: () => sandbox.requests.map(({ kind, status }) => ({ isWrite: kind === 'update', status })),
      shown: () => sandbox.records('Contact').map((record) => JSON.stringify(record)),
      put: (number) =>
        sandbox.put('Contact', {
          FirstName: 'Contact',
          LastName: String(number),
          MobilePhone: phoneOf(number),
          Email: emailOf(number),
        }),
      touch: (id) => sandbox.edit(id, {}),
    };
  },
  hubspot: async (clock) => {
    const sandbox = await startHubSpotSandbox(clock === undefined ? {} : { clock });
    for (const part of ['status', 'code', 'message', 'id']) sandbox.addProperty(`cloudtalk_${part}`, 'string');
    sandbox.addProperty('cloudtalk_synced_at', 'datetime');
    return {
      ...sandbox,
      calls: () => sandbox.requests.map(({ kind, status }) => ({ isWrite: kind === 'batch update', status })),
      shown: () => sandbox.records().map((record) => JSON.stringify(record)),
      put: (number) =>
        sandbox.put({
          firstname: 'Contact',
          lastname: String(number),
          phone: phoneOf(number),
          email: emailOf(number),
        }),
      touch: (id) => sandbox.edit(id, {}),
    };
  },
};

function emailOf(number: number): string {
  return `contact.${number}@example.com`;
}
