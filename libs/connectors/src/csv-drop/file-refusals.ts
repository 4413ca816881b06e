import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { onOneLine } from '@cloudtalk-sync/validation';

const MEGABYTE = 1024 * 1024;

const NOTED = {
  encoding_guessed: 'neither UTF-8 nor marked by a BOM; the warning names the encoding that was taken',
  encoding_damaged: 'UTF-8 with some damaged characters; the rows that hold one in an imported value are refused',
  unknown_column: 'a column that is neither one of the template nor a custom attribute of the account was left out',
} as const;

const REFUSED = {
  file_too_large: 'more bytes than `maxFileSize`',
  file_empty: 'not even a header row',
  not_csv: 'a workbook, an archive, a picture or the like; or a quotation mark that is never closed',
  encoding_unreadable: 'bytes that mean nothing in its encoding',
  header_duplicate: 'a column name that is there twice',
  header_unusable: 'a column without a name, or none that a contact could be read from',
  wrong_delimiter: 'columns separated by something else than was said',
} as const;

/** What can be said of a file as a whole, by code: first that with which it is imported all the same. */
export const FILE_CODES = { ...NOTED, ...REFUSED } as const;

/** A code with which a file is imported all the same. */
export type Noted = keyof typeof NOTED;
type Refused = keyof typeof REFUSED;

/** Why a file as a whole cannot be imported: one sentence and one way out for each. */
export const refusals = {
  tooLarge: (size: number, limit: number) =>
    refusal(
      'file_too_large',
      `File size exceeds ${megabytes(limit)} MB: the file has ${size} bytes.`,
      'Split the file into smaller ones, each with the header row, and drop those.',
    ),
  empty: () =>
    refusal(
      'file_empty',
      'The file is empty: it has not even a header row.',
      'Export the file again with the column names in its first row.',
    ),
  notCsv: (looksLike: string) =>
    refusal(
      'not_csv',
      `The file is not a CSV: it looks like ${looksLike}.`,
      'Open it in the program it comes from, save it as CSV (UTF-8) and drop that file.',
    ),
  unreadable: (what: string) =>
    refusal(
      'encoding_unreadable',
      `The text of the file cannot be read: ${what}.`,
      'Save the file as CSV (UTF-8), or name its code page in options.encoding of the connection.',
    ),
  duplicateHeader: (names: readonly string[]) =>
    refusal(
      'header_duplicate',
      `The header names ${names.length > 1 ? 'these columns' : 'this column'} more than once: ${quotedList(names)}.`,
      'Give every column a name of its own.',
    ),
  emptyHeader: (column: number) =>
    refusal(
      'header_unusable',
      `Column ${column} of the header has no name.`,
      'Give every column a name, or delete the columns without one.',
    ),
  tooManyColumns: (count: number, limit: number) =>
    refusal(
      'header_unusable',
      `The header has ${count} columns, and at most ${limit} can be read.`,
      'Export only the columns that are needed.',
    ),
  reservedHeader: (name: string) =>
    refusal('header_unusable', `A column cannot be called "${name}".`, 'Give that column another name.'),
  missingColumns: (missing: string, found: readonly string[]) =>
    refusal(
      'header_unusable',
      `The header has no ${missing}; its columns are: ${quotedList(found)}.`,
      'Name the columns as in the template (name, phone, email, ...), or give the connection a mapping.',
    ),
  noIdColumn: (column: string, found: readonly string[]) =>
    refusal(
      'header_unusable',
      `The header has no column "${column}", which options.idColumn names; its columns are: ${quotedList(found)}.`,
      'Correct options.idColumn of the connection, or add that column to the file.',
    ),
  wrongDelimiter: (header: string, expected: string) =>
    refusal(
      'wrong_delimiter',
      `The columns of the file are not separated by ${expected}; its header is read as one column: "${shortened(header)}".`,
      'Save the file with , or ; or | or a tab between the columns, and set options.delimiter to that or leave it out.',
    ),
  wrongSeparatorLine: (header: string, line: string) =>
    refusal(
      'wrong_delimiter',
      `The line "${line}" at the top of the file is wrong: by it, the header is read as one column: "${shortened(header)}".`,
      'Delete that first line, or correct it to what stands between the columns.',
    ),
  openQuote: (line: number) =>
    refusal(
      'not_csv',
      `The row at line ${line} has a quotation mark that is opened and never closed, so the file cannot be split into rows from there on.`,
      'Close or remove the quotation mark in that row and drop the file again.',
    ),
};

/** The file was written to while it was read; reading it again gives the whole of it. */
export function fileChanged(name: string): RetryableError {
  return new RetryableError({
    code: 'file_changed',
    message: `The file ${name} changed while it was being read.`,
    fix: 'Nothing, if the upload still ran: it is read again. Upload under a temporary name and rename at the end.',
  });
}

/** Names in quotation marks, as many as a person wants to read. */
function quotedList(names: readonly string[]): string {
  const some = names.slice(0, 20).map((name) => `"${shortened(name)}"`);
  return some.join(', ') + (names.length > some.length ? ` and ${names.length - some.length} more` : '');
}

function shortened(text: string): string {
  return onOneLine(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}

function megabytes(bytes: number): number {
  return Math.round((bytes / MEGABYTE) * 100) / 100;
}

function refusal(code: Refused, message: string, fix: string): FatalError {
  return new FatalError({ code, message, fix });
}
