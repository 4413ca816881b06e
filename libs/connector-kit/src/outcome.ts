import type { Issue, Warning } from '@cloudtalk-sync/validation';
import type { Reason } from '@cloudtalk-sync/errors';
import type { Fields, Origin } from './record.js';

/** How a row ended. `merged`: into another row of the same run. `skipped`: by a policy, which `reason` names. */
export const OUTCOMES = [
  'created',
  'updated',
  'unchanged',
  'merged',
  'skipped',
  'removed',
  'failed',
  'not processed',
] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** One row's end, on its way back to the source. */
export interface Outcome {
  readonly outcome: OutcomeKind;
  readonly recordId?: string;
  readonly origin: Origin;
  readonly fields: Fields;
  readonly contactId?: number;
  /** Why it failed; empty for every other outcome. */
  readonly issues: readonly Issue[];
  readonly warnings: readonly Warning[];
  /** Why it was skipped. */
  readonly reason?: string;
}

/** The parts of an outcome that fields of a CRM's record can take. */
export const REPORT_PARTS = ['status', 'code', 'message', 'contactId', 'link', 'time'] as const;
export type ReportPart = (typeof REPORT_PARTS)[number];

/** What became of one record of a CRM, on its way into the fields of that record. */
export interface RecordOutcome {
  readonly recordId: string;
  readonly status: 'imported' | 'failed' | 'skipped';
  /** The codes of its issues, each once, joined by `; `; empty unless it failed. */
  readonly code: string;
  /** Why it failed or was skipped, in sentences of any length; empty when it was imported. */
  readonly message: string;
  /** Its contact in CloudTalk; empty when there is none. */
  readonly contactId: string;
  /** The address of that contact for a person's browser; empty when there is none. */
  readonly link: string;
  /** When its run ended. */
  readonly time: Date;
}

export type RunEnd = 'completed' | 'completed with failures' | 'stopped' | 'failed';

/** What a reporter gets to know of the run whose outcomes it writes. */
export interface RunSummary {
  readonly runId: string;
  readonly connectionId: string;
  readonly kind: string;
  readonly status: RunEnd;
  /** Why the run as a whole failed or was stopped. */
  readonly error?: Reason;
  readonly requestedAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Rows by outcome; every kind is present. */
  readonly totals: Readonly<Record<OutcomeKind, number>>;
  /** Rows read. */
  readonly rows: number;
  /** Operations of the CloudTalk budget used by this run. */
  readonly operations: number;
  /** Warnings about the input as a whole. */
  readonly warnings: readonly Warning[];
  /** The run whose rows it tries again; absent for any other kind. */
  readonly retryOf?: string;
  /** The earliest run that had an input of the same content, if any. */
  readonly sameContentAs?: string;
}
