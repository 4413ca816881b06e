import type { IdOrder } from './options.js';

export type Properties = Readonly<Record<string, string | null>>;

/** One contact, or one version of it in the search. */
export interface ContactRecord {
  readonly id: string;
  readonly properties: Properties;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Since when it is archived. */
  readonly archivedAt?: Date;
}

/** Compares ids as the portal does; both are texts of digits. */
export function compareIds(order: IdOrder): (a: string, b: string) => number {
  if (order === 'numeric') return (a, b) => a.length - b.length || compareTexts(a, b);
  return compareTexts;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A record as the API shows it: the properties asked for, and those that HubSpot always adds. */
export function shownContact(record: ContactRecord, names: readonly string[]): unknown {
  const { id, properties, createdAt, updatedAt, archivedAt } = record;
  const shown = new Set(['createdate', 'hs_object_id', 'lastmodifieddate', ...names]);
  return {
    id,
    properties: Object.fromEntries([...shown].map((name) => [name, properties[name] ?? null])),
    createdAt,
    updatedAt,
    archived: archivedAt !== undefined,
    ...(archivedAt === undefined ? {} : { archivedAt }),
  };
}
