import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { isDeepStrictEqual } from 'node:util';
import type { InputDescription, SourceRecord } from '../../libs/connector-kit/src/index.js';
import { type ByteSource, readCsv } from '../../libs/connectors/src/index.js';
import { ConfigError, FatalError, RetryableError } from '../../libs/errors/src/index.js';
import { templateMapping } from '../../libs/mapping/src/index.js';
import { type CheckedRecord, checkRecord } from '../../libs/sync/src/index.js';
import { reviveContact } from '../../libs/validation/src/index.js';
import type { FuzzCase } from './fuzz-case.js';

/** A case that takes longer has hung or is on its way there; milliseconds. The usual one takes less than 2. */
const LONGEST = 5_000;

/** Values of one cell that are looked at. */
const MOST_VALUES = 1_000;

/** What one case did, for the statistics. */
export interface Judgement {
  readonly rows: number;
  readonly valid: number;
  readonly refused: boolean;
}

/**
 * Reads, maps and checks one input as an import does. Throws an Error that says what is wrong when it crashes, takes too
 * long, or does not account for every row of the file.
 */
export async function judge(input: FuzzCase): Promise<Judgement> {
  const start = performance.now();
  const judgement = await judged(input);
  const took = performance.now() - start;
  if (took > LONGEST) throw new Error(`It took ${Math.round(took)} ms.`);
  return judgement;
}

async function judged(input: FuzzCase): Promise<Judgement> {
  const { defaultCountry } = input;
  const records: SourceRecord[] = [];
  let valid = 0;
  try {
    const stream = await readCsv(source(input), { defaultCountry, maxFileSize: 8_388_608 });
    const mapping = templateMapping(stream.input.fields ?? [], { tag: 'fuzz' });
    for await (const record of stream.records) {
      records.push(record);
      const checked = checkRecord(record, mapping, { defaultCountry, unknownColumns: 'warn' });
      expectLittle(record, checked);
      if (checked.ok) expectSound(checked.contact);
      else if (checked.issues.length === 0) throw new Error(`Row ${records.length} failed without a reason.`);
      if (checked.ok) valid++;
    }
    expectEveryRow(records, input.bytes, stream.input);
    return { rows: records.length, valid, refused: false };
  } catch (error) {
    if (!isOneOfOurs(error)) throw error;
    return { rows: records.length, valid, refused: true };
  }
}

function source({ bytes, chunkSize }: FuzzCase): ByteSource {
  return {
    name: 'fuzz.csv',
    size: async () => bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
    },
  };
}

function isOneOfOurs(error: unknown): boolean {
  if (error instanceof ConfigError) return true;
  if (!(error instanceof FatalError) && !(error instanceof RetryableError)) return false;
  if (error.message === '' || error.fix === '') throw new Error('A refusal says nothing.', { cause: error });
  return true;
}

/** A row with a cell of more values than are looked at fails for that very reason, or because it is damaged. */
function expectLittle({ fields }: SourceRecord, checked: CheckedRecord): void {
  const isOverfull = ['phone', 'email', 'email2', 'tags'].some(
    (field) =>
      String(fields[field] ?? '')
        .split(':')
        .filter((value) => value.trim() !== '').length > MOST_VALUES,
  );
  const isTold =
    !checked.ok && checked.issues.some(({ field, code }) => field === 'row' || /^too_(?:many|long)$/.test(code));
  if (isOverfull && !isTold) throw new Error('A cell without end was looked at value by value.');
}

function expectSound(contact: object): void {
  const stored: unknown = JSON.parse(JSON.stringify(contact));
  if (!isDeepStrictEqual(reviveContact(stored), contact)) throw new Error('A contact changes when it is stored.');
  const { phones, emails } = reviveContact(stored);
  if (phones.length + emails.length === 0) throw new Error('A valid contact has neither a number nor an e-mail.');
  const wrong = phones.find((phone) => !/^\+[1-9]\d{3,18}$/.test(phone));
  if (wrong !== undefined) throw new Error(`${wrong} is no number in E.164.`);
}

/** Compares the rows with csv-parse's reading of the same text. */
function expectEveryRow(
  records: readonly SourceRecord[],
  bytes: Buffer,
  { format, fields = [] }: InputDescription,
): void {
  const text = iconv.decode(bytes, format?.['encoding'] ?? 'utf-8').replace(/^"?sep=[^"\r\n]"?(?:\r\n|\n|\r|$)/i, '');
  const rows: string[][] = parse(text, {
    delimiter: format?.['delimiter'] ?? ',',
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  const [, ...expected] = rows.filter((cells) => cells.some((cell) => cell.trim() !== ''));
  if (records.length !== expected.length) throw new Error(`Of ${expected.length} rows ${records.length} came out.`);
  let line = 0;
  records.forEach((record, index) => {
    const cells = fields.map((field) => record.fields[field]);
    const wanted = fields.map((_field, column) => expected[index]?.[column] ?? '');
    if (!isDeepStrictEqual(cells, wanted))
      throw new Error(`Row ${index + 1} has other cells: ${JSON.stringify(cells)}.`);
    if (record.origin.row !== index + 1) throw new Error(`Row ${index + 1} is called row ${record.origin.row}.`);
    if ((record.origin.line ?? 0) <= line) throw new Error(`Row ${index + 1} starts before the one above it ends.`);
    line = record.origin.line ?? 0;
  });
}
