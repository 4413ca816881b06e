import type { Reason } from '@cloudtalk-sync/errors';
import type { Warning } from '@cloudtalk-sync/validation';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RunState, WorkingState } from '../states.js';

export type RunKind = 'pass' | 'file' | 'upload' | 'retry' | 'preview';

/** How far the intake of a run has come; each step may be begun again after a crash. */
export type IntakeStep =
  'reading' | 'comparing records' | 'folding' | 'merging' | 'comparing contacts' | 'following the gone' | 'done';

/** What is known of a run's input; the connector's own description, stored as it gave it. */
export interface StoredInput {
  readonly name?: string;
  readonly org?: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly fields?: readonly string[];
  readonly format?: Readonly<Record<string, string>>;
  /** Where a file lies that is only looked at; absent for one that waits in an inbox. */
  readonly path?: string;
  readonly warnings: readonly Warning[];
}

/** What a run is expected to cost, made before its first row is sent. */
export interface Forecast {
  readonly operations: number;
  readonly seconds: number;
  /** ISO time. */
  readonly endsAt: string;
}

/** Why a run waits and where it goes on. */
export interface Waiting {
  readonly from: WorkingState;
  readonly reason: Reason;
  /** True when it goes on only after a person has mended something. */
  readonly needsPerson: boolean;
  /** ISO time of the next check. */
  readonly checkAt: string;
}

/** What was written back to the records of a source. */
export interface WriteBack {
  readonly written: number;
  /** Records that did not take it; the next run tries them again. */
  readonly failed: number;
  /** Why, the most frequent first, at most ten. */
  readonly causes: readonly WriteBackCause[];
  /** How often it was begun. */
  readonly attempts: number;
  /** The key of the last record that was tried before the others were left to the next run. */
  readonly brokenOffAt?: string;
}

export interface WriteBackCause extends Reason {
  readonly count: number;
  /** The id of one of the records. */
  readonly example: string;
}

/** One import: one pass over a CRM connection, or one file of a drop. */
@Entity('runs')
export class RunEntity {
  @PrimaryColumn('uuid')
  id!: string;

  /** Grows with every run: the order in which runs were requested, and in which their rows are sent. */
  @Column({ type: 'bigint', insert: false, update: false })
  sequence!: number;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @Column('text', { name: 'connection_id' })
  connectionId!: string;

  @Column('text')
  kind!: RunKind;

  @Column('text')
  state!: RunState;

  @Column('uuid', { name: 'retry_of', nullable: true })
  retryOf!: string | null;

  /** A retry of the rows with an issue of this code only. */
  @Column('text', { name: 'retry_code', nullable: true })
  retryCode!: string | null;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** The mapping and policies it began with; it keeps them to its end, once it has read something. */
  @Column('jsonb')
  settings!: unknown;

  @Column('text', { name: 'settings_hash' })
  settingsHash!: string;

  @Column('jsonb', { nullable: true })
  input!: StoredInput | null;

  /** Its own place in the source; becomes the connection's when it completes. */
  @Column('jsonb', { nullable: true })
  cursor!: unknown;

  @Column('text')
  intake!: IntakeStep;

  @Column('jsonb', { nullable: true })
  waiting!: Waiting | null;

  @Column('jsonb', { nullable: true })
  forecast!: Forecast | null;

  /** Why it failed or was stopped as a whole. */
  @Column('jsonb', { nullable: true })
  error!: Reason | null;

  @Column('integer', { name: 'rows_read' })
  rowsRead!: number;

  /** Failed rows that count towards the limit. */
  @Column('integer')
  failures!: number;

  /** Where its reports are. */
  @Column('jsonb')
  places!: readonly string[];

  /**
   * Whether a pass reads everything or only what changed since the last; `nothing` when it was to read everything and no
   * record came; null before it has begun to read.
   */
  @Column('text', { nullable: true })
  reads!: 'everything' | 'changes' | 'nothing' | null;

  @Column('jsonb', { name: 'write_back', nullable: true })
  writeBack!: WriteBack | null;
}
