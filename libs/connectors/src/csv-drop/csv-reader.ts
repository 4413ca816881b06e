import type { InputDescription, RecordStream, SourceRecord } from '@cloudtalk-sync/connector-kit';
import { sniffDelimiter, separatorLine, type Delimiter } from './csv-delimiter.js';
import { asText, chooseEncoding, headText, type Encoding, type EncodingChoice } from './csv-encoding.js';
import { checkTemplateHeader, parseHeader, type Header } from './csv-header.js';
import { inspect, type Inspection } from './csv-inspect.js';
import { foreignKind } from './csv-kind.js';
import { parseRecords, type CsvRecord } from './csv-records.js';
import { recordMaker } from './csv-rows.js';
import type { ByteSource } from './csv-source.js';
import { fileChanged, refusals } from './file-refusals.js';

export interface CsvOptions {
  /** Absent: found out from the header and the rows after it. */
  readonly delimiter?: Delimiter | undefined;
  /** For files without BOM that are not UTF-8; absent: by `defaultCountry`. */
  readonly encoding?: Encoding | undefined;
  /** The column that holds the id of a record. */
  readonly idColumn?: string | undefined;
  /** True: refuse a header that CloudTalk's template columns cannot be read from; absent: any header is fine. */
  readonly readsTemplate?: boolean | undefined;
  /** ISO alpha-2. */
  readonly defaultCountry: string;
  /** Bytes; larger files are refused. */
  readonly maxFileSize: number;
}

export interface CsvPosition {
  /** Rows up to this one are left out. */
  readonly row: number;
}

/** How the text of one file is to be cut into records. */
interface Format {
  readonly encoding: EncodingChoice;
  readonly delimiter: string;
  /** Excel's `sep=` line; empty when there is none. */
  readonly separator: string;
}

/**
 * Reads a CSV: its format and header at once, its rows as they are asked for. Throws FatalError, here or while the rows
 * are read, when the file as a whole cannot be imported.
 */
export async function readCsv(
  source: ByteSource,
  options: CsvOptions,
  after: CsvPosition = { row: 0 },
  signal?: AbortSignal,
): Promise<RecordStream> {
  const file = await inspect(source, options.maxFileSize, signal);
  const format = formatOf(file, options);
  const header = await headerOf(records(source, file, format, signal), format, options);
  return {
    input: describe(source, file, format, header),
    records: rows(source, options, { file, format, header, after: after.row, signal }),
  };
}

function formatOf(file: Inspection, options: CsvOptions): Format {
  const foreign = foreignKind(file.head);
  if (foreign) throw refusals.notCsv(foreign);
  const encoding = chooseEncoding(file, options.encoding, options.defaultCountry);
  const head = headText(file, encoding);
  if (head.trim() === '') throw refusals.empty();
  const separator = separatorLine(head);
  const text = head.slice(separator?.text.length ?? 0);
  const sniffed = sniffDelimiter(text, file.size === file.head.length);
  return {
    encoding,
    delimiter: options.delimiter ?? separator?.delimiter ?? sniffed ?? ',',
    separator: separator?.text ?? '',
  };
}

async function headerOf(
  records: AsyncIterable<readonly CsvRecord[]>,
  format: Format,
  options: CsvOptions,
): Promise<Header> {
  for await (const [first] of records) {
    if (!first) continue;
    const header = parseHeader(first);
    checkHeader(header, format, options);
    return header;
  }
  throw refusals.empty();
}

function checkHeader({ fields }: Header, format: Format, options: CsvOptions): void {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && sniffDelimiter(only, true)) {
    if (options.delimiter) throw refusals.wrongDelimiter(only, `${named(format.delimiter)}, as options.delimiter says`);
    if (format.separator !== '') throw refusals.wrongSeparatorLine(only, format.separator.trim());
  }
  if (options.readsTemplate) checkTemplateHeader(fields);
  const { idColumn } = options;
  if (idColumn !== undefined && !fields.includes(idColumn.trim())) throw refusals.noIdColumn(idColumn, fields);
}

/** A delimiter as it reads well in a sentence. */
function named(delimiter: string): string {
  return { ',': 'a comma', ';': 'a semicolon', '\t': 'a tab' }[delimiter] ?? delimiter;
}

function describe(source: ByteSource, file: Inspection, format: Format, header: Header): InputDescription {
  return {
    name: source.name,
    size: file.size,
    sha256: file.sha256,
    fields: header.fields,
    format: { delimiter: format.delimiter, encoding: format.encoding.encoding },
    warnings: format.encoding.warnings,
  };
}

/** The records behind the separator line, as they are read; their lines are counted from that line on. */
function records(
  source: ByteSource,
  file: Inspection,
  { encoding, separator, delimiter }: Format,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly CsvRecord[]> {
  const text = asText(unchanged(source, file), encoding);
  return parseRecords(withoutStart(text, separator.length), delimiter, signal);
}

/** Leaves out the first `count` characters. */
async function* withoutStart(pieces: AsyncIterable<string>, count: number): AsyncGenerator<string> {
  let left = count;
  for await (const piece of pieces) {
    yield left === 0 ? piece : piece.slice(left);
    left = Math.max(0, left - piece.length);
  }
}

/** The bytes again; throws RetryableError when there are more or fewer than at the inspection. */
async function* unchanged(source: ByteSource, file: Inspection): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of source.open()) {
    size += chunk.length;
    if (size > file.size) throw fileChanged(source.name);
    yield chunk;
  }
  if (size < file.size) throw fileChanged(source.name);
}

interface Reading {
  readonly file: Inspection;
  readonly format: Format;
  readonly header: Header;
  readonly after: number;
  readonly signal: AbortSignal | undefined;
}

async function* rows(source: ByteSource, options: CsvOptions, reading: Reading): AsyncGenerator<SourceRecord> {
  const { file, format, header, after, signal } = reading;
  const make = recordMaker(source.name, header, format.delimiter, options.idColumn);
  const skippedLines = format.separator === '' ? 0 : 1;
  let row = -1;
  for await (const page of records(source, file, format, signal)) {
    for (const record of page) {
      row++;
      if (row === 0 || row <= after) continue;
      signal?.throwIfAborted();
      yield make({ ...record, line: record.line + skippedLines }, row);
    }
  }
}
