import { createHash } from 'node:crypto';
import type { ReportPart } from '@cloudtalk-sync/connector-kit';
import type { DoNotCall, ListPolicies, MappingConfig, OnDelete, OnMerge } from '@cloudtalk-sync/mapping';
import type { SyncAccount, SyncConnection } from './world.js';

/**
 * What a run keeps from its beginning to its end, whatever the config says meanwhile. Plain JSON. A run that an earlier
 * version asked for lacks what is newer.
 */
export interface RunSettings {
  readonly mapping: MappingConfig | null;
  readonly tag: string | null;
  readonly defaultCountry: string;
  readonly unknownColumns: 'warn' | 'fail';
  readonly stopAfterFailures: number;
  /** A run is stopped when this part of its first rows fails; null: never for that. */
  readonly stopAtFailureShare: number | null;
  readonly lists: ListPolicies;
  readonly report?: Readonly<Partial<Record<ReportPart, string>>>;
  /** The address of a contact for a person's browser, with {{ id }}. */
  readonly contactUrl?: string | null;
  readonly onDelete?: OnDelete;
  readonly onMerge?: OnMerge;
  readonly mostErased?: number | undefined;
  readonly doNotCall?: DoNotCall | null;
  /** The options of the source that say which records are read. */
  readonly selection?: Readonly<Record<string, unknown>>;
}

/** The settings of a run that is asked for now. */
export function settingsOf(connection: SyncConnection, account: SyncAccount): RunSettings {
  return {
    mapping: connection.mapping ?? null,
    tag: connection.tag ?? null,
    defaultCountry: account.defaultCountry,
    unknownColumns: connection.unknownColumns,
    stopAfterFailures: connection.stopAfterFailures,
    stopAtFailureShare: connection.stopAtFailureShare ?? null,
    lists: connection.lists,
    report: connection.report,
    contactUrl: account.contactUrl ?? null,
    onDelete: connection.onDelete,
    onMerge: connection.onMerge,
    mostErased: connection.mostErased,
    doNotCall: connection.doNotCall ?? null,
    ...selectionOf(connection),
  };
}

function selectionOf({ connector, options }: SyncConnection): Pick<RunSettings, 'selection'> {
  if (connector.selectedBy === undefined) return {};
  const given = Object.entries(options as Readonly<Record<string, unknown>>);
  const selecting = given.filter(([name, value]) => connector.selectedBy?.includes(name) && value !== undefined);
  return { selection: Object.fromEntries(selecting) };
}

/**
 * Equal for equal settings, whatever the order of their members, and for equal content of the suppression file, where
 * there is one.
 */
export function settingsHash(settings: RunSettings, suppression?: string): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(suppression === undefined ? settings : { ...settings, suppression })))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
