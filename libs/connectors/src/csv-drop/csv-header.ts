import { TEMPLATE_COLUMNS } from '@cloudtalk-sync/validation';
import type { CsvRecord } from './csv-records.js';
import { refusals } from './file-refusals.js';

/** The columns that we add to `errors.csv`; a file that ends with all of them is one of ours, and they are not read. */
export const ERROR_COLUMNS = ['_row', '_code', '_error', '_fix'] as const;

/** One of these must be there, beside `name` (CloudTalk's import article, "Required columns"). */
const IDENTIFIERS = ['phone', 'email', 'email2'];

/** More columns are refused: no table of contacts has them, and each row would carry them all (a limit of ours). */
const MOST_COLUMNS = 2000;

/** What nobody sees in a header, and what therefore is no part of a column's name. */
const INVISIBLE = /\p{Cf}/gu;

export interface Header {
  /** The columns that are read, trimmed, in order. */
  readonly fields: readonly string[];
  /** Cells that a complete row has, those of our own columns included. */
  readonly width: number;
}

/** The header from the cells of the first record; throws FatalError when a name is missing, reserved or repeated. */
export function parseHeader({ cells, more }: Pick<CsvRecord, 'cells' | 'more'>): Header {
  const names = cells.map((cell) => cell.replace(INVISIBLE, '').trim());
  const fields = isErrorsFile(names) ? names.slice(0, -ERROR_COLUMNS.length) : names;
  if (fields.length > MOST_COLUMNS) throw refusals.tooManyColumns(fields.length + more, MOST_COLUMNS);
  const unnamed = fields.indexOf('');
  if (unnamed !== -1) throw refusals.emptyHeader(unnamed + 1);
  const repeated = repetitions(fields);
  if (repeated.length > 0) throw refusals.duplicateHeader(repeated);
  if (fields.includes('__proto__')) throw refusals.reservedHeader('__proto__');
  return { fields, width: names.length };
}

function isErrorsFile(names: readonly string[]): boolean {
  const last = names.slice(-ERROR_COLUMNS.length);
  return names.length > ERROR_COLUMNS.length && ERROR_COLUMNS.every((column, index) => last[index] === column);
}

/** Throws FatalError unless a header can be read by CloudTalk's template: `name`, and a phone or e-mail column. */
export function checkTemplateHeader(fields: readonly string[]): void {
  const names = fields.map((field) => field.trim().toLowerCase());
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && holdsTemplate(only)) {
    throw refusals.wrongDelimiter(only, 'a comma, semicolon, tab or |');
  }
  const missing = [
    ...(names.includes('name') ? [] : ['column "name"']),
    ...(IDENTIFIERS.some((name) => names.includes(name)) ? [] : ['column "phone", "email" or "email2"']),
  ];
  if (missing.length > 0) throw refusals.missingColumns(missing.join(' and no '), fields);
  const template: readonly string[] = TEMPLATE_COLUMNS;
  const repeated = repetitions(names).filter((name) => template.includes(name));
  if (repeated.length > 0) throw refusals.duplicateHeader(repeated);
}

function holdsTemplate(cell: string): boolean {
  const words = cell.toLowerCase().split(/[^a-z0-9_]+/);
  return words.includes('name') && IDENTIFIERS.some((name) => words.includes(name));
}

function repetitions(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(names.filter((name) => seen.size === seen.add(name).size))];
}
