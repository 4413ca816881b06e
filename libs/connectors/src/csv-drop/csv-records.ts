import { refusals } from './file-refusals.js';

/** Cells that are kept of a record: more than any header may have. */
const MOST_CELLS = 4000;

export interface CsvRecord {
  /** The first 4,000 cells at most. */
  readonly cells: readonly string[];
  /** How many cells there are after those. */
  readonly more: number;
  /** Where the record starts, counted from 1. */
  readonly line: number;
}

/**
 * The records of a CSV that are not blank, as many at once as each piece of text completes. Throws FatalError when a
 * quotation mark is never closed, and the signal's reason when it is aborted.
 */
export async function* parseRecords(
  texts: AsyncIterable<string>,
  delimiter: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly CsvRecord[]> {
  const cutter = new RecordCutter(delimiter);
  for await (const text of untilAborted(texts, signal)) {
    const records = cutter.cut(text);
    if (records.length > 0) yield records;
  }
  yield cutter.end();
}

/** Gives up at once when the signal is aborted, also while the next piece does not come. */
async function* untilAborted<T>(pieces: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const iterator = pieces[Symbol.asyncIterator]();
  let giveUp: ((reason: unknown) => void) | undefined;
  const stop = (): void => giveUp?.(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await new Promise<IteratorResult<T>>((resolve, reject) => {
        giveUp = reject;
        iterator.next().then(resolve, reject);
      });
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    const closed = iterator.return?.();
    if (signal?.aborted) closed?.catch(() => undefined);
    else await closed;
  }
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Where the reading stands between two characters. */
type Place = 'before a cell' | 'in a cell' | 'in quotes' | 'after a quote';

/**
 * Cuts text into records as it comes, wherever the pieces are cut. A cell is quoted when its first character is a
 * quotation mark; one that is followed by anything but a delimiter or a line's end closes nothing, and all marks of that
 * cell are kept. Lines end with CR LF, LF or CR. Agrees with csv-parse, as configured in `csv-records.test.ts`.
 */
export class RecordCutter {
  readonly #delimiter: number;
  #place: Place = 'before a cell';
  #cells: string[] = [];
  #more = 0;
  /** The beginning of a cell that goes on in the next piece, or its content without the quotation marks. */
  #cell = '';
  #line = 1;
  #breaksInCells = 0;
  #endedWithReturn = false;

  /** `delimiter` is one UTF-16 unit, and neither a quotation mark nor a line's end. */
  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** The records that this piece of the text completes. */
  cut(text: string): readonly CsvRecord[] {
    const records: CsvRecord[] = [];
    let at = this.#endedWithReturn && text.charCodeAt(0) === LINE_FEED ? 1 : 0;
    if (text !== '') this.#endedWithReturn = false;
    while (at < text.length) {
      if (this.#place === 'before a cell') {
        const isQuoted = text.charCodeAt(at) === QUOTE;
        this.#place = isQuoted ? 'in quotes' : 'in a cell';
        if (isQuoted) at++;
      } else if (this.#place === 'in a cell') at = this.#readCell(text, at, records);
      else if (this.#place === 'in quotes') at = this.#readQuoted(text, at);
      else at = this.#readAfterQuote(text, at);
    }
    return records;
  }

  /** The last record, when the text does not end with a line's end; throws FatalError in the middle of quotes. */
  end(): readonly CsvRecord[] {
    if (this.#place === 'in quotes') throw refusals.openQuote(this.#line);
    const records: CsvRecord[] = [];
    if (this.#place === 'before a cell' && this.#cells.length === 0) return records;
    this.#endCell(this.#cell);
    this.#endRecord(records);
    return records;
  }

  #readCell(text: string, from: number, records: CsvRecord[]): number {
    const delimiter = this.#delimiter;
    let at = from;
    let code = 0;
    for (; at < text.length; at++) {
      code = text.charCodeAt(at);
      if (code === delimiter || code === LINE_FEED || code === RETURN) break;
    }
    const part = text.slice(from, at);
    const cell = this.#cell === '' ? part : this.#cell + part;
    if (at === text.length) {
      this.#cell = cell;
      return at;
    }
    this.#endCell(cell);
    this.#cell = '';
    this.#place = 'before a cell';
    if (code === delimiter) return at + 1;
    this.#endRecord(records);
    if (code === RETURN && text.charCodeAt(at + 1) === LINE_FEED) return at + 2;
    this.#endedWithReturn = code === RETURN && at + 1 === text.length;
    return at + 1;
  }

  #readQuoted(text: string, from: number): number {
    const quote = text.indexOf('"', from);
    if (quote === -1) {
      this.#cell += text.slice(from);
      return text.length;
    }
    this.#cell += text.slice(from, quote);
    this.#place = 'after a quote';
    return quote + 1;
  }

  #readAfterQuote(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      this.#cell += '"';
      this.#place = 'in quotes';
      return at + 1;
    }
    this.#breaksInCells += countBreaks(this.#cell);
    this.#place = 'in a cell';
    if (code !== this.#delimiter && code !== LINE_FEED && code !== RETURN) this.#cell = `"${this.#cell}"`;
    return at;
  }

  /** Where there are too many cells, the last that is kept becomes the first that holds something. */
  #endCell(cell: string): void {
    if (this.#cells.length < MOST_CELLS) this.#cells.push(cell);
    else {
      this.#more += 1;
      if (this.#cells[MOST_CELLS - 1]?.trim() === '') this.#cells[MOST_CELLS - 1] = cell;
    }
  }

  #endRecord(records: CsvRecord[]): void {
    if (!isBlank(this.#cells)) records.push({ cells: this.#cells, more: this.#more, line: this.#line });
    this.#cells = [];
    this.#more = 0;
    this.#line += 1 + this.#breaksInCells;
    this.#breaksInCells = 0;
  }
}

function countBreaks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) count++;
  }
  return count;
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}
