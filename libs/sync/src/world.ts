import type { Clock, Connector, ReportPart } from '@cloudtalk-sync/connector-kit';
import type { DoNotCall, ListPolicies, MappingConfig, OnDelete, OnMerge } from '@cloudtalk-sync/mapping';
import type { Store } from '@cloudtalk-sync/store';

/** One CloudTalk account as configured. Durations are in milliseconds. */
export interface SyncAccount {
  readonly id: string;
  readonly baseUrl: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** ISO alpha-2. */
  readonly defaultCountry: string;
  readonly operationsPerMinute: number;
  /** Our part of the operations, 0 to 1; the rest is left to the company's other tools. */
  readonly share: number;
  readonly requestTimeout: number;
  /** How long after a lost answer the look-up waits. */
  readonly settle: number;
  /** An older directory is read again before the next rows are sent. */
  readonly directoryMaxAge: number;
  /** The address of a contact for a person's browser, with {{ id }}. */
  readonly contactUrl?: string | undefined;
}

/** One configured connection, with its connector and that connector's own options. */
export interface SyncConnection {
  readonly id: string;
  readonly accountId: string;
  readonly connector: Connector;
  readonly options: unknown;
  readonly tag?: string | undefined;
  readonly mapping?: MappingConfig | undefined;
  readonly unknownColumns: 'warn' | 'fail';
  /** Bytes. */
  readonly maxFileSize: number;
  readonly stopAfterFailures: number;
  /** A run is stopped when this part of its first rows fails, above 0 and at most 1; absent: never for that. */
  readonly stopAtFailureShare?: number | undefined;
  readonly lists: ListPolicies;
  /** Which fields of a record take which part of its outcome back; empty: nothing is written back. */
  readonly report: Readonly<Partial<Record<ReportPart, string>>>;
  /** How often everything is read, not only what changed; null: never. */
  readonly fullReadAfter: number | null;
  readonly onDelete: OnDelete;
  readonly onMerge: OnMerge;
  /** So many records that are erased at once are believed; absent: 50, or a tenth of all where that is more. */
  readonly mostErased?: number | undefined;
  /** Absent: everybody is pushed. */
  readonly doNotCall?: DoNotCall | undefined;
}

/** Where the engine writes what it does; never a phone number, an e-mail or a credential. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** The work that can be asked for. Jobs carry an id only; whoever does the work reads the state anew. */
export type Work = 'read' | 'deliver' | 'report';

/** What every part of the engine stands on. */
export interface World {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Rings for work that may be there; losing a ring costs a second, never a row. */
  readonly ring: (work: Work, id: string) => void;
}

/** Thrown away when work is told to stop; whatever was begun is taken up again at the next start. */
export function stopIfAsked(signal: AbortSignal): void {
  signal.throwIfAborted();
}
