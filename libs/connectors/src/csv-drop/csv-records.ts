import { pipeline, Readable } from 'node:stream';
import { CsvError, Parser } from 'csv-parse';
import { refusals } from './file-refusals.js';

export interface CsvRecord {
  readonly cells: readonly string[];
  /** Where the record starts, counted from 1. */
  readonly line: number;
}

/** The records of a CSV in UTF-8 that are not blank. Throws FatalError when a quotation mark is never closed. */
export async function* parseRecords(
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
  signal?: AbortSignal,
): AsyncGenerator<CsvRecord> {
  signal?.throwIfAborted();
  const lines = new LineCounter();
  const parser = newParser(delimiter, lines);
  const stop = (): void => void parser.destroy(reasonOf(signal));
  signal?.addEventListener('abort', stop, { once: true });
  pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), parser, () => undefined);
  try {
    for await (const cells of parser as AsyncIterable<readonly string[]>) {
      const line = lines.next();
      if (!isBlank(cells)) yield { cells, line };
    }
  } catch (error) {
    throw error instanceof CsvError ? translated(error, lines.end) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The settings that were right on every awkward file tried (reference/toolchain.md, "Intake"). */
function newParser(delimiter: string, lines: LineCounter): Parser {
  return new Parser({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    on_record: (cells: string[], info) => {
      lines.add(cells, info.lines);
      return cells;
    },
  });
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason));
}

function translated(error: CsvError, lastLine: number): Error {
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? refusals.openQuote(lastLine + 1)
    : refusals.brokenRow(lastLine, error.message);
}

/**
 * The line where each record starts. csv-parse counts to the end of a record, and a CR LF inside quotation marks as two
 * lines; here it is the one that an editor shows.
 */
class LineCounter {
  private readonly starts: number[] = [];
  private surplus = 0;
  /** The line where the last record that was parsed ends; 0 before the first. */
  end = 0;

  /** Takes a record as it is parsed; `counted` is the line where it ends by csv-parse's count. */
  add(cells: readonly string[], counted: number): void {
    this.starts.push(this.end + 1);
    for (const cell of cells) {
      if (cell.includes('\r\n')) this.surplus += cell.match(/\r\n/g)?.length ?? 0;
    }
    this.end = counted - this.surplus;
  }

  /** The start of the next record that is given out. */
  next(): number {
    return this.starts.shift() ?? this.end;
  }
}
