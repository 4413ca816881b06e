import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Connector,
  type Cursor,
  type Fields,
  type Outcome,
  type RunSummary,
  type SourceRecord,
} from '@cloudtalk-sync/connector-kit';
import { z } from 'zod';

/** A record as a CRM keeps it: its id, and its fields as they are now. */
export interface KeptRecord {
  readonly id: string;
  readonly fields: Fields;
}

/** One report that came back. */
export interface KeptReport {
  readonly run: RunSummary;
  readonly outcomes: readonly Outcome[];
}

const cursorSchema = z.strictObject({ position: z.int().min(0) });

/** A CRM in memory: records in the order of their changes, read from a position on. */
export class MemorySource {
  /** The changes, oldest first; a record changed twice stands here twice. */
  readonly changes: KeptRecord[] = [];
  readonly reports: KeptReport[] = [];
  /** Where each reading began, oldest first. */
  readonly readings: number[] = [];
  /** How many records were handed out in all. */
  handedOut = 0;
  /** From this position on nothing is handed out until it is taken away or the reading is told to stop. */
  blockAt: number | undefined;
  /** Thrown at the beginning of each reading. */
  trouble: Error | undefined;

  put(id: string, fields: Fields): void {
    this.changes.push({ id, fields });
  }

  readonly connector: Connector = {
    type: 'memory',
    optionsSchema: z.strictObject({}),
    cursorSchema,
    hasTemplate: false,
    open: () =>
      Promise.resolve({
        source: { kind: 'pass', read: (cursor, signal) => Promise.resolve(this.#read(cursor, signal)) },
        reporter: {
          wants: 'every row',
          report: async (run, _input, outcomes) => {
            const kept: Outcome[] = [];
            for await (const outcome of outcomes) kept.push(outcome);
            this.reports.push({ run, outcomes: kept });
            return { places: [] };
          },
        },
        check: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
  };

  #read(
    cursor: Cursor | undefined,
    signal: AbortSignal,
  ): { input: { warnings: [] }; records: AsyncIterable<SourceRecord> } {
    if (this.trouble) throw this.trouble;
    const from = cursor === undefined ? 0 : cursorSchema.parse(cursor).position;
    this.readings.push(from);
    return { input: { warnings: [] }, records: this.#records(from, signal) };
  }

  async *#records(from: number, signal: AbortSignal): AsyncGenerator<SourceRecord> {
    for (let position = from; position < this.changes.length; position += 1) {
      while (this.blockAt !== undefined && position >= this.blockAt) await sleep(5, undefined, { signal });
      const record = this.changes[position];
      if (record === undefined) return;
      this.handedOut += 1;
      yield { ...record, cursor: { position: position + 1 }, origin: {} };
    }
  }
}
