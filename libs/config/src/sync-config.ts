import type { ReportPart } from '@cloudtalk-sync/connector-kit';
import type { DoNotCall, ListPolicies, MappingConfig, OnDelete, OnMerge } from '@cloudtalk-sync/mapping';

/** The config file, checked, with every default filled in and every `${NAME}` replaced. */
export interface SyncConfig {
  /** One, called `default`. */
  readonly accounts: readonly AccountConfig[];
  readonly connections: readonly ConnectionConfig[];
  /** The file it came from, as it was named. */
  readonly file: string;
}

/** A CloudTalk company and how much of it may be used. */
export interface AccountConfig {
  readonly id: 'default';
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** ISO alpha-2; completes national phone numbers. */
  readonly defaultCountry: string;
  /** What CloudTalk allows to the whole company (API reference: 60). */
  readonly operationsPerMinute: number;
  /** The part of it that is ours, above 0 and at most 1. */
  readonly share: number;
  /** Milliseconds. */
  readonly requestTimeout: number;
  /**
   * How long after the sending of a request whose answer was lost the look-up waits; milliseconds, longer than
   * requestTimeout.
   */
  readonly settle: number;
  /** The directory is read again when it is older; milliseconds. */
  readonly directoryMaxAge: number;
  /** The address of a contact for a person's browser, with {{ id }}. */
  readonly contactUrl?: string;
}

export type Schedule =
  | { readonly kind: 'cron'; readonly cron: string; readonly timezone: string }
  /** `every` in milliseconds. */
  | { readonly kind: 'every'; readonly every: number };

/** One configured account or drop of a connector. */
export interface ConnectionConfig {
  readonly id: string;
  readonly accountId: 'default';
  /** The connector's type. */
  readonly connector: string;
  /** Absent: it runs only when it is asked to. */
  readonly schedule?: Schedule;
  /** As the connector's own schema gave them. */
  readonly options: unknown;
  /** Put on every contact of the import. */
  readonly tag?: string;
  /** Absent: the records are read by CloudTalk's template columns. */
  readonly mapping?: MappingConfig;
  /** Which of the source's fields take which part of the outcome back; empty: nothing is written back. */
  readonly report: Readonly<Partial<Record<ReportPart, string>>>;
  /** How often everything is read, not only what changed; milliseconds, null: never. */
  readonly fullReadAfter: number | null;
  readonly onDelete: OnDelete;
  readonly onMerge: OnMerge;
  /** So many records that are erased at once are believed; absent: 50, or a tenth of all where that is more. */
  readonly mostErased?: number;
  /** Absent: everybody is pushed. */
  readonly doNotCall?: DoNotCall;
  /** What becomes of a file with columns that nothing maps. */
  readonly unknownColumns: 'warn' | 'fail';
  /** Bytes. */
  readonly maxFileSize: number;
  /** A run is stopped at this many failed rows. */
  readonly stopAfterFailures: number;
  /** A run is stopped when this part of its first rows fails, above 0 and at most 1; absent: never for that. */
  readonly stopAtFailureShare?: number;
  /** What becomes of list entries that others put on a contact. */
  readonly lists: ListPolicies;
}
