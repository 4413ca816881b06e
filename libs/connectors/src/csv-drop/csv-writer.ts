import { stringify } from 'csv-stringify/sync';
import { encoded, type Encoding } from './csv-encoding.js';
import type { FileWriter, Transport } from './transport.js';

/** Rows that are turned into text at once: few enough to hold nothing else up. */
const ROWS_AT_ONCE = 200;

export interface CsvLayout {
  readonly path: string;
  readonly columns: readonly string[];
  readonly delimiter: string;
  readonly encoding: Encoding;
  /** Text before the header: a BOM, a `sep=` line. */
  readonly start: string;
}

/** A CSV that is written row by row and appears as a whole; without any row, and unless `begin` is called, never. */
export class CsvWriter {
  private file: FileWriter | undefined;
  private waiting: (readonly string[])[] = [];

  constructor(
    private readonly transport: Transport,
    private readonly layout: CsvLayout,
  ) {}

  async begin(): Promise<void> {
    if (this.file) return;
    this.file = await this.transport.create(this.layout.path);
    await this.file.write(encoded(this.layout.start, this.layout.encoding));
    await this.flush([this.layout.columns]);
  }

  async add(row: readonly string[]): Promise<void> {
    this.waiting.push(row);
    if (this.waiting.length >= ROWS_AT_ONCE) await this.flushWaiting();
  }

  /** True when there is a file now. */
  async commit(): Promise<boolean> {
    await this.flushWaiting();
    await this.file?.commit();
    return this.file !== undefined;
  }

  async discard(): Promise<void> {
    await this.file?.discard();
  }

  private async flushWaiting(): Promise<void> {
    if (this.waiting.length === 0) return;
    await this.begin();
    await this.flush(this.waiting);
    this.waiting = [];
  }

  private async flush(rows: readonly (readonly string[])[]): Promise<void> {
    const text = stringify(
      rows.map((row) => [...row]),
      { delimiter: this.layout.delimiter },
    );
    await this.file?.write(encoded(text, this.layout.encoding));
  }
}
