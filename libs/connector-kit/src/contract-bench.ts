import { randomUUID } from 'node:crypto';
import type { ClaimedFile, Connector, DropSource, RecordStream, Session, SessionContext } from './connector.js';
import { type Outcome, type OutcomeKind, OUTCOMES, type RecordOutcome, type RunSummary } from './outcome.js';
import type { SourceRecord } from './record.js';
import { cursorOf, type Start } from './start.js';

/** A small world of the connector's own kind, made anew for each test of the contract. */
export interface ContractSetup {
  readonly connector: Connector;
  /** Options as they stand in a config; they have to pass the connector's own schema. */
  readonly options: unknown;
  readonly context: SessionContext;
  /** How many records the source holds: one finished file of a drop, everything of a CRM; at least three. */
  readonly records: number;
  /** What a person sees of the reports: the contents of files, the fields of records. */
  reported(): Promise<unknown>;
  /** Makes the source unusable, so that `check` has to throw. */
  breakWorld(): Promise<void>;
  /**
   * Changes every record that lives, all of them after a first reading; absent where nothing can be read since another
   * reading.
   */
  change?(): void | Promise<void>;
  /** Erases a record for good and returns its id; absent where the source cannot be asked about it. */
  erase?(): string | Promise<string>;
  /** What a vendor can answer, each with the error that it must become. */
  readonly troubles?: readonly Trouble[];
  dispose(): Promise<void>;
}

/** What a session does when it meets a trouble. */
export type Doing = 'reading' | 'writing';
type OurError = 'ConfigError' | 'RetryableError' | 'FatalError';

/** One way in which a source can fail. */
export interface Trouble {
  readonly name: string;
  /** Lets the source fail in this way from now on, in the midst of what is done. */
  arrange(doing: Doing): void | Promise<void>;
  readonly becomes: OurError;
  /** What it becomes for a reporter that wants changes, where that is not the same: each record refused, or never met. */
  readonly whileWriting?: OurError | 'refused records' | 'not met';
}

/** A signal that never aborts. */
export const never = new AbortController().signal;

const TIME = new Date('2026-11-22T02:00:00Z');

/** One setup, the sessions that a test opens on it, and the steps that the engine would take. */
export class ContractBench {
  private readonly runId = randomUUID();
  private readonly sessions: Session[] = [];
  private file: ClaimedFile | undefined;
  private records: readonly SourceRecord[] | undefined;

  constructor(readonly setup: ContractSetup) {}

  async session(): Promise<Session> {
    return this.sessions[0] ?? (await this.anotherSession());
  }

  async anotherSession(more: Partial<SessionContext> = {}): Promise<Session> {
    const { connector, options, context } = this.setup;
    const session = await connector.open(connector.optionsSchema.parse(options), { ...context, ...more });
    this.sessions.push(session);
    return session;
  }

  /** Reads from `start` on; a drop's one file is claimed at the first reading. */
  async read(start: Start = 'beginning', signal = never): Promise<RecordStream> {
    const { source } = await this.session();
    if (source.kind === 'pass') return source.read(start, signal);
    return source.read(await this.claim(source), start === 'beginning' ? undefined : cursorOf(start), signal);
  }

  async readAll(start?: Start): Promise<readonly SourceRecord[]> {
    const records: SourceRecord[] = [];
    for await (const record of (await this.read(start)).records) records.push(record);
    return records;
  }

  async claim(source: DropSource): Promise<ClaimedFile> {
    if (this.file) return this.file;
    const [waiting] = await source.finished(never);
    this.file = waiting && (await source.claim(waiting, this.runId));
    if (!this.file) throw new Error('The setup has no finished file that can be claimed.');
    return this.file;
  }

  /** Reports one record as failed and the others as created. */
  async report(): Promise<void> {
    const { reporter } = await this.session();
    const { input } = await this.read();
    const records = await this.readAll();
    if (reporter.wants === 'every row') {
      await reporter.report(this.summary(records.length), input, outcomesOf(records));
      return;
    }
    const outcomes = records
      .map(({ id = '' }) => id)
      .sort()
      .map(recordOutcome);
    for (let from = 0; from < outcomes.length; from += reporter.pageSize) {
      await reporter.write(outcomes.slice(from, from + reporter.pageSize), never);
    }
  }

  /** Writes one outcome by a reporter that wants changes; says what became of it. */
  async write(session?: Session): Promise<string> {
    const { reporter } = session ?? (await this.session());
    if (reporter.wants !== 'changes') throw new Error('This reporter wants every row.');
    const [record] = await this.living();
    const answers = await reporter.write([recordOutcome(record?.id ?? '', 0)], never);
    return answers.every(({ ok }) => !ok) ? 'refused records' : 'written all the same';
  }

  /** Which of these records the source says were erased for good. */
  async erased(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const { source } = await this.session();
    if (source.kind !== 'pass' || source.erased === undefined) throw new Error('This source cannot be asked.');
    return source.erased(ids, never);
  }

  /** The records that are not gone, as they were read first. */
  async living(): Promise<readonly SourceRecord[]> {
    this.records ??= await this.readAll();
    return this.records.filter(({ gone }) => gone === undefined);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.close()));
    await this.setup.dispose();
  }

  private summary(rows: number): RunSummary {
    const none = Object.fromEntries(OUTCOMES.map((kind) => [kind, 0])) as Record<OutcomeKind, number>;
    return {
      runId: this.runId,
      connectionId: this.setup.context.connectionId,
      kind: 'pass',
      status: 'completed with failures',
      requestedAt: TIME,
      startedAt: TIME,
      endedAt: TIME,
      totals: { ...none, created: rows - 1, failed: 1 },
      rows,
      operations: 1,
      warnings: [],
    };
  }
}

function recordOutcome(recordId: string, index: number): RecordOutcome {
  const common = { recordId, time: TIME, link: '' };
  return index === 0
    ? { ...common, status: 'failed', code: 'invalid_phone', message: 'It is too short.', contactId: '' }
    : { ...common, status: 'imported', code: '', message: '', contactId: String(1000 + index) };
}

async function* outcomesOf(records: readonly SourceRecord[]): AsyncGenerator<Outcome> {
  for (const [index, { id, fields, origin }] of records.entries()) {
    const issue = {
      field: 'phone',
      code: 'invalid_phone' as const,
      value: '1',
      message: 'It is too short.',
      fix: 'Correct it.',
    };
    const common = { ...(id === undefined ? {} : { recordId: id }), fields, origin, warnings: [] };
    yield index === 0
      ? { ...common, outcome: 'failed', issues: [issue] }
      : { ...common, outcome: 'created', contactId: 1000 + index, issues: [] };
  }
}
