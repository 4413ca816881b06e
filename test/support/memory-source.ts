import { setTimeout as sleep } from 'node:timers/promises';
import { FatalError } from '@cloudtalk-sync/errors';
import {
  type ChangeReporter,
  type Connector,
  cursorOf,
  type Fields,
  type Finding,
  type Gone,
  type Outcome,
  type RecordOutcome,
  type RowReporter,
  type RunSummary,
  type SourceRecord,
  type Start,
  type WriteAnswer,
} from '@cloudtalk-sync/connector-kit';
import { z } from 'zod';

/** A record as a CRM keeps it: its id, and its fields as they are now. */
export interface KeptRecord {
  readonly id: string;
  readonly fields: Fields;
  readonly gone?: Gone;
}

/** One report that came back. */
export interface KeptReport {
  readonly run: RunSummary;
  readonly outcomes: readonly Outcome[];
}

const BREAKDOWN = new FatalError({ code: 'junk', message: 'The source broke down.', fix: 'Ask its vendor.' });

const cursorSchema = z.strictObject({ position: z.int().min(0) });

/** A CRM in memory: records in the order of their changes, read from a position on. */
export class MemorySource {
  /** The changes, oldest first; a record changed twice stands here twice. */
  readonly changes: KeptRecord[] = [];
  readonly reports: KeptReport[] = [];
  /** What was written onto each record, oldest first, where `writesBack`. */
  readonly written: RecordOutcome[] = [];
  /** How often outcomes were to be written. */
  writes = 0;
  /** Records that do not take what is written. */
  readonly locked = new Set<string>();
  /** Records for which it breaks down over whatever they are written with. */
  readonly breaking = new Set<string>();
  /** Records that are no more, which it says only when they are to be told something. */
  readonly missing = new Set<string>();
  /** Whether outcomes are written onto the records, or every row is reported. */
  writesBack = false;
  /** Where each reading began, oldest first. */
  readonly readings: number[] = [];
  /** How many records were handed out in all. */
  handedOut = 0;
  /** From this position on nothing is handed out until it is taken away or the reading is told to stop. */
  blockAt: number | undefined;
  /** Which reading gives nothing for the time being, counted from 1. */
  heldReading: number | undefined;
  /** Thrown at the beginning of each reading. */
  trouble: Error | undefined;
  /** Whether it can be asked which records were erased. */
  canBeAsked = false;
  /** The questions about records, oldest first. */
  readonly asked: (readonly string[])[] = [];
  /** Called with the number of each such question, from 1 on, before it is answered. */
  onAsked: (question: number) => void | Promise<void> = () => undefined;
  /** Records that are in the recycle bin, out of reach of a `where`, or not to be seen: there, and never handed out. */
  readonly elsewhere = new Set<string>();
  /** Thrown by each write. */
  writeTrouble: Error | undefined;
  /** Thrown by each write after it was carried out. */
  lostAnswer: Error | undefined;
  findings: readonly Finding[] = [];
  /** What the source says of the values of a field. */
  readonly values = new Map<string, readonly string[]>();
  /** Thrown when it is asked for values. */
  valuesTrouble: Error | undefined;
  /** Those of them that no record has. */
  readonly unused = new Set<string>();
  /** Among which records it looks for them, where not only among those that it reads. */
  usedAmong: string | undefined;
  /** What a check ends with. */
  refusal: Error | undefined;

  put(id: string, fields: Fields): void {
    this.changes.push({ id, fields });
  }

  /** The record is no more. */
  end(id: string, gone: Gone): void {
    this.changes.push({ id, fields: {}, gone });
  }

  /** It was never there. */
  erase(id: string): void {
    this.changes.splice(0, this.changes.length, ...this.changes.filter((change) => change.id !== id));
  }

  readonly connector: Connector = {
    type: 'memory',
    optionsSchema: z.strictObject({}),
    cursorSchema,
    hasTemplate: false,
    open: () =>
      Promise.resolve({
        source: {
          kind: 'pass',
          read: (start, signal) => Promise.resolve(this.#read(start, signal)),
          usedAmong: this.usedAmong,
          usedOf: (_field, values) => Promise.resolve(new Set(values.filter((value) => !this.unused.has(value)))),
          ...(this.canBeAsked ? { erased: (ids: readonly string[]) => this.#erased(ids) } : {}),
          valuesOf: (field) =>
            this.valuesTrouble ? Promise.reject(this.valuesTrouble) : Promise.resolve(this.values.get(field) ?? []),
        },
        reporter: this.writesBack ? this.#changeReporter() : this.#rowReporter(),
        check: () => (this.refusal ? Promise.reject(this.refusal) : Promise.resolve(this.findings)),
        close: () => Promise.resolve(),
      }),
  };

  async #erased(ids: readonly string[]): Promise<ReadonlySet<string>> {
    this.asked.push(ids);
    await this.onAsked(this.asked.length);
    const there = new Set([...this.elsewhere, ...this.changes.map(({ id }) => id)]);
    return new Set(ids.filter((id) => !there.has(id)));
  }

  #rowReporter(): RowReporter {
    return {
      wants: 'every row',
      report: async (run, _input, outcomes) => {
        const kept: Outcome[] = [];
        for await (const outcome of outcomes) kept.push(outcome);
        this.reports.push({ run, outcomes: kept });
        return { places: [] };
      },
    };
  }

  #changeReporter(): ChangeReporter {
    return {
      wants: 'changes',
      pageSize: 2,
      write: (outcomes) => {
        this.writes += 1;
        if (this.writeTrouble) throw this.writeTrouble;
        if (outcomes.some(({ recordId }) => this.breaking.has(recordId))) throw BREAKDOWN;
        const answers = outcomes.map(({ recordId }) => this.#answerOf(recordId));
        this.written.push(...outcomes.filter((_outcome, index) => answers[index]?.ok));
        if (this.lostAnswer) throw this.lostAnswer;
        return Promise.resolve(answers);
      },
    };
  }

  #answerOf(recordId: string): WriteAnswer {
    const refused = { recordId, ok: false } as const;
    if (this.missing.has(recordId))
      return { ...refused, code: 'MISSING', message: 'It is gone.', fix: 'Nothing.', isGone: true };
    if (!this.locked.has(recordId)) return { recordId, ok: true };
    return { ...refused, code: 'LOCKED', message: 'It is locked.', fix: 'Unlock it.' };
  }

  #read(start: Start, signal: AbortSignal): { input: { warnings: [] }; records: AsyncIterable<SourceRecord> } {
    if (this.trouble) throw this.trouble;
    const cursor = start === 'beginning' || 'again' in start ? undefined : cursorOf(start);
    const from = cursor === undefined ? 0 : cursorSchema.parse(cursor).position;
    this.readings.push(from);
    return { input: { warnings: [] }, records: this.#records(from, this.readings.length, signal) };
  }

  async *#records(from: number, reading: number, signal: AbortSignal): AsyncGenerator<SourceRecord> {
    while (this.heldReading === reading) await sleep(5, undefined, { signal });
    for (let position = from; position < this.changes.length; position += 1) {
      while (this.blockAt !== undefined && position >= this.blockAt) await sleep(5, undefined, { signal });
      const record = this.changes[position];
      if (record === undefined) return;
      this.handedOut += 1;
      yield { ...record, cursor: { position: position + 1 }, origin: {} };
    }
  }
}
