import type { InputDescription } from '@cloudtalk-sync/connector-kit';
import { type CsvOptions, readCsvFile } from '@cloudtalk-sync/connectors';
import { FatalError, type Reason, reasonOf } from '@cloudtalk-sync/errors';
import { checkRecord, mappingOf, type RunSettings } from '@cloudtalk-sync/sync';
import type { Issue, ValidContact, Warning } from '@cloudtalk-sync/validation';

export interface CheckOptions extends Pick<RunSettings, 'mapping' | 'tag' | 'defaultCountry'> {
  /** Bytes. */
  readonly maxFileSize: number;
  readonly format: Pick<CsvOptions, 'delimiter' | 'encoding' | 'idColumn'>;
}

/** A row after the check. */
export interface CheckedRow {
  readonly row: number;
  readonly line: number;
  readonly status: 'valid' | 'failed';
  /** Normalised; null for a failed row. */
  readonly contact: ValidContact | null;
  readonly issues: readonly Issue[];
  readonly warnings: readonly Warning[];
}

/** A file whose rows are checked as they are asked for; the end says whether the file could be read to its end. */
export interface CheckedFile {
  readonly warnings: readonly Warning[];
  /** Returns why the file as a whole is refused, if it is. */
  readonly rows: AsyncGenerator<CheckedRow, Reason | undefined>;
}

/** Checks a file as an import would, agents for form only and every column kept as an attribute. */
export async function checkFile(path: string, options: CheckOptions): Promise<CheckedFile> {
  const { format, mapping, defaultCountry, maxFileSize } = options;
  const { delimiter, encoding, idColumn } = format;
  try {
    const csv = { delimiter, encoding, idColumn, defaultCountry, maxFileSize, readsTemplate: mapping === null };
    const stream = await readCsvFile(path, csv);
    return { warnings: stream.input.warnings, rows: checkRows(stream.input, stream.records, options) };
  } catch (error) {
    return { warnings: [], rows: noRows(reasonIfRefused(error)) };
  }
}

async function* noRows(reason: Reason): AsyncGenerator<CheckedRow, Reason> {
  yield* [];
  return Promise.resolve(reason);
}

async function* checkRows(
  input: InputDescription,
  records: Awaited<ReturnType<typeof readCsvFile>>['records'],
  options: CheckOptions,
): AsyncGenerator<CheckedRow, Reason | undefined> {
  const mapping = mappingOf(options, input);
  const rules = { defaultCountry: options.defaultCountry, unknownColumns: 'warn' } as const;
  try {
    for await (const record of records) {
      const checked = checkRecord(record, mapping, rules);
      yield {
        row: record.origin.row ?? 0,
        line: record.origin.line ?? 0,
        status: checked.ok ? 'valid' : 'failed',
        contact: checked.ok ? checked.contact : null,
        issues: checked.ok ? [] : checked.issues,
        warnings: checked.warnings,
      };
    }
    return undefined;
  } catch (error) {
    return reasonIfRefused(error);
  }
}

function reasonIfRefused(error: unknown): Reason {
  if (error instanceof FatalError) return reasonOf(error);
  throw error;
}
