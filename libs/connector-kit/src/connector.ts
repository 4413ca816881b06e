import type { Warning } from '@cloudtalk-sync/validation';
import type { z } from 'zod';
import type { Outcome, RecordOutcome, ReportPart, RunEnd, RunSummary } from './outcome.js';
import type { Cursor, SourceRecord } from './record.js';
import type { Start } from './start.js';

/**
 * The code for one kind of source: one constant per connector, one line in the registry. Vendor errors leave it only
 * as ConfigError, RetryableError or FatalError.
 */
export interface Connector<Options = unknown> {
  /** The word that `connector:` holds in the config. */
  readonly type: string;
  readonly optionsSchema: z.ZodType<Options>;
  /** A stored cursor that it does not let through is as none: everything is read again. */
  readonly cursorSchema: z.ZodType;
  /** True when records can be read without a mapping, by CloudTalk's template columns. */
  readonly hasTemplate: boolean;
  /** What its fields can be called, where not everything can be a name; a message of these says what to write instead. */
  readonly fieldNames?: {
    /** In a mapping or `doNotCall`. */
    readonly mapped: z.ZodType<string>;
    /** In a report. */
    readonly written: z.ZodType<string>;
  };
  /**
   * The options that say which records are read: once one of them is another, everything is to be read again. Left out
   * where there are none, or where the cursors see to it.
   */
  readonly selectedBy?: readonly string[];
  open(options: Options, context: SessionContext): Promise<Session>;
}

export interface SessionContext {
  readonly connectionId: string;
  /** The clock; everything that waits or compares ages asks it. */
  readonly clock: Clock;
  /** ISO alpha-2; the code page of a file without BOM that is not UTF-8 follows from it. */
  readonly defaultCountry: string;
  /** True when records are read by CloudTalk's template columns: a file's header must then be usable by itself. */
  readonly readsTemplate: boolean;
  /** Files larger than this are refused as a whole; bytes. */
  readonly maxFileSize: number;
  /** The source fields that the connection looks at, each once; a dot leads through a relationship (`Owner.Email`). */
  readonly fields: readonly string[];
  /** Which field of a record takes which part of its outcome back; empty: nothing is written back. */
  readonly report: Readonly<Partial<Record<ReportPart, string>>>;
  /**
   * The org or portal that the records of the connection are of, where it is known. The same ids are other people in
   * another one: a session whose keys open that throws FatalError, whether it is to read, to write or to check.
   */
  readonly org?: string | undefined;
  /** Hears, in each pass, of every file that waits and is never taken; `name` can be shown in a log. */
  readonly onIgnored?: (name: string, why: string) => void;
}

export interface Clock {
  now(): Date;
  /** Resolves after `milliseconds`, or rejects with the signal's reason. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** One open connection. */
export interface Session {
  readonly source: PassSource | DropSource;
  readonly reporter: RowReporter | ChangeReporter;
  /**
   * Looks for everything that a person should mend before a run, all at once; empty when there is nothing. Throws
   * ConfigError, RetryableError or FatalError when the source cannot be used at all.
   */
  check(signal?: AbortSignal): Promise<readonly Finding[]>;
  /** Makes in the source what the report needs and says what it made, a sentence each; absent where a person must do it. */
  setup?(signal?: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** One thing that a person should mend. */
export interface Finding {
  /** What it is about: a field, a scope, an owner. */
  readonly place: string;
  readonly message: string;
  readonly fix: string;
}

/** A source that is read as a whole, or from a cursor on: a CRM. */
export interface PassSource {
  readonly kind: 'pass';
  read(start: Start, signal: AbortSignal): Promise<RecordStream>;
  /** Up to 2,000 of the different texts that a field has, for a check before the first run. */
  valuesOf(field: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Which of these values of the field some record has; absent where `valuesOf` gives only such. */
  usedOf?(field: string, values: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Among which records `usedOf` looks, in words; absent where only among those that are read. */
  readonly usedAmong?: string | undefined;
  /**
   * Which of these records, at most `MOST_ASKED` and each once, were erased for good: the source has them in no state any
   * more, whatever the options let through, and has no record that they went into. Some of `ids` are of records that were
   * just read: an answer that names one of these is not believed. Absent where it cannot be asked.
   */
  erased?(ids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
}

/** So many records a source is asked about at once. */
export const MOST_ASKED = 100;

/** A source that yields one run for each finished file. */
export interface DropSource {
  readonly kind: 'drop';
  /** The finished files of the inbox, oldest first; takes a second look at young ones itself. */
  finished(signal: AbortSignal): Promise<readonly WaitingFile[]>;
  /** Takes a file for a run by one rename; undefined when somebody else was faster. */
  claim(file: WaitingFile, runId: string): Promise<ClaimedFile | undefined>;
  /** What is claimed now: the files of processing/. */
  claimed(): Promise<readonly ClaimedFile[]>;
  /**
   * Reads a file without taking it: one that waits in the inbox, or any file of this machine by its path. Throws as
   * `read` does.
   */
  look(file: LookedAtFile, cursor: Cursor | undefined, signal: AbortSignal): Promise<RecordStream>;
  /** Reads a claimed file from `cursor` on. Throws FatalError when the file as a whole cannot be imported. */
  read(file: ClaimedFile, cursor: Cursor | undefined, signal: AbortSignal): Promise<RecordStream>;
  /**
   * Moves a claimed file to where its run's end says; does nothing when it lies there already. A file that has another
   * size than was read goes back to the inbox instead, to be imported as it is now.
   */
  finish(file: ClaimedFile, run: FinishedRun): Promise<'moved' | 'returned'>;
}

/** What the end of a claimed file depends on. */
export interface FinishedRun {
  readonly status: RunEnd;
  readonly requestedAt: Date;
  /** Bytes that were read; absent: not known. */
  readonly size?: number | undefined;
}

export interface WaitingFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export interface LookedAtFile {
  readonly name: string;
  /** Absent: it waits in the inbox. */
  readonly path?: string;
}

export interface ClaimedFile {
  readonly runId: string;
  /** As it was called in the inbox. */
  readonly name: string;
}

/** Records in the order of the source, with what is known of the input as a whole. */
export interface RecordStream {
  readonly input: InputDescription;
  readonly records: AsyncIterable<SourceRecord>;
}

/** What is known of an input before its first record. Plain JSON: it is stored with the run. */
export interface InputDescription {
  /** The name of the file; absent for a CRM. */
  readonly name?: string;
  /** The org or portal that the records are of; absent for a file. */
  readonly org?: string;
  /** Bytes. */
  readonly size?: number;
  /** SHA-256 of the content, in hex. */
  readonly sha256?: string;
  /** The names of the fields that every record has, in order (a file's header); absent where records differ. */
  readonly fields?: readonly string[];
  /** Whatever the connector's reporter needs to know again (delimiter, encoding). */
  readonly format?: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

/** The writing half of a session that writes `every row` of a run: files. Reporting the same twice is harmless. */
export interface RowReporter {
  readonly wants: 'every row';
  report(run: RunSummary, input: InputDescription | undefined, outcomes: AsyncIterable<Outcome>): Promise<ReportResult>;
}

export interface ReportResult {
  /** Where the reports are, for a person. */
  readonly places: readonly string[];
}

/** The writing half of a session that writes only `changes` against what was last reported, onto the records: a CRM. */
export interface ChangeReporter {
  readonly wants: 'changes';
  /** The most records that one `write` may have. */
  readonly pageSize: number;
  /**
   * Writes what became of these records into their fields; one answer for each, in any order. Writing the same twice is
   * harmless. Throws RetryableError or FatalError when nothing can be written at all.
   */
  write(outcomes: readonly RecordOutcome[], signal: AbortSignal): Promise<readonly WriteAnswer[]>;
}

/** Whether a record took its outcome. */
export type WriteAnswer =
  | { readonly recordId: string; readonly ok: true }
  /**
   * `code` and `message` as the source said them, `fix` in our words; `isGone`: the record is no more, so that it is not
   * tried again.
   */
  | {
      readonly recordId: string;
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly fix: string;
      readonly isGone?: true;
    };
