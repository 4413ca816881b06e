import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { FatalError } from '@cloudtalk-sync/errors';
import { normaliseEmail, normalisePhone } from '@cloudtalk-sync/validation';
import { parse } from 'csv-parse';
import type { RunSettings } from '../settings.js';

/** Who stands in a suppression file. */
export interface Suppressed {
  /** Numbers in E.164, and e-mails in lower case. */
  readonly reach: ReadonlySet<string>;
  /** The first lines that seem to name somebody whom nobody can make out, and how many more there are. */
  readonly unread: { readonly lines: readonly number[]; readonly more: number };
}

export const NOBODY: Suppressed = { reach: new Set(), unread: { lines: [], more: 0 } };

/** So many lines are named. */
const NAMED = 10;
/** Words and addresses as they stand, without what is in no address: Ann <ann@example.com>. */
const PIECES = /[^\s<>:;,|"()[\]]+/g;
/** The same, cut at every sign but those that addresses have inside, and without these at the ends: 'o'neil@example.com'. */
const NARROW_PIECES = /(?![.%+_'@-])[\p{L}\p{M}\p{N}\p{Cf}.%+_'@-]+(?<![.%+_'@-])/gu;
/** Words, and signs that no number has inside: +421901000001 (home), +421901000002. */
const BETWEEN_NUMBERS = /[\p{L}:;,|<>\r\n][^\p{Nd}+]*|(?=\+)/u;
/** The same, and every sign that few numbers have inside: +421901000001 / +421901000002, but 0901/000 001. */
const NARROW_BETWEEN_NUMBERS = /[^\p{Nd}\p{Zs}\t().+\u2212\p{Pd}]+|\s\p{Pd}\s|(?=\+)/u;
/** A plus or a zero, eight more digits and no words: more than a date has. */
const LIKE_A_NUMBER = /^[^\d\p{L}+]*[+0](?:[^\d\p{L}:]*\d){8,}[^\d\p{L}:]*$/u;
const SEVEN_DIGITS = /(?:\d\D*){7}/;

/**
 * The SHA-256 of the suppression file; undefined where there is none. To be taken before the file is read for a run: what
 * changes in between is then seen by the next one. Throws FatalError when it cannot be read.
 */
export async function suppressionHash({ doNotCall }: Pick<RunSettings, 'doNotCall'>): Promise<string | undefined> {
  if (doNotCall?.file === undefined) return undefined;
  const path = resolve(doNotCall.file);
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part);
  } catch (error) {
    throw unreadable(path, error);
  }
  return hash.digest('hex');
}

/**
 * Every phone number and e-mail of a CSV, in whatever column. Throws FatalError when it cannot be read or has none. Each
 * cell is read as it stands and narrowly, and both readings count: rather one too many is kept out than one too few.
 */
export async function readSuppressed(file: string, defaultCountry: string): Promise<Suppressed> {
  const path = resolve(file);
  const reach = new Set<string>();
  const unread: { lines: number[]; more: number } = { lines: [], more: 0 };
  const records = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  const input = createReadStream(path);
  input.on('error', (error) => records.destroy(error));
  try {
    for await (const { info, record } of input.pipe(records) as AsyncIterable<ParsedLine>) {
      const found = record.map((cell) => reachOf(cell.trim(), defaultCountry));
      for (const one of found.flat()) reach.add(one);
      if (!isUnread(record, found)) continue;
      if (unread.lines.length < NAMED) unread.lines.push(info.lines);
      else unread.more += 1;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  if (reach.size === 0) throw unreadable(path, new Error('it holds neither a phone number nor an e-mail'));
  return { reach, unread };
}

interface ParsedLine {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

/**
 * True for a line with a cell that has an @ and no address, or looks like a number and is none, or with seven digits
 * somewhere and nothing that can be read in any cell: beside a number or an address, digits are taken for a date or the like.
 */
function isUnread(record: readonly string[], found: readonly (readonly string[])[]): boolean {
  const isNobody = found.flat().length === 0;
  return record.some((cell, index) => {
    const read = found[index] ?? [];
    if (cell.includes('@')) return !read.some((one) => one.includes('@'));
    return read.length === 0 && (LIKE_A_NUMBER.test(cell) || (isNobody && SEVEN_DIGITS.test(cell)));
  });
}

/** The addresses of a cell, and the numbers beside them. */
function reachOf(cell: string, defaultCountry: string): readonly string[] {
  // Word processors set another sign for a typed apostrophe.
  const typed = cell.replaceAll('\u2019', "'");
  const pieces = [...(cell.match(PIECES) ?? []), ...(typed.match(NARROW_PIECES) ?? [])];
  const addresses = pieces.filter((piece) => piece.includes('@'));
  const rest = typed.replace(NARROW_PIECES, (piece) => (piece.includes('@') ? ';' : piece));
  const read = [
    ...addresses.map((address) => normaliseEmail(address)),
    ...numbersIn(rest).map((number) => normalisePhone(number, defaultCountry)),
  ];
  return read.flatMap((result) => (result.ok && result.value !== '' ? [result.value.toLowerCase()] : []));
}

function numbersIn(cell: string): readonly string[] {
  return [...new Set([cell, ...cell.split(BETWEEN_NUMBERS), ...cell.split(NARROW_BETWEEN_NUMBERS)])];
}

/** Going on without the file would push people who must not be called. */
function unreadable(path: string, error: unknown): FatalError {
  return new FatalError(
    {
      code: 'suppression_unreadable',
      message: `The suppression file ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      fix: 'Put it there, readable for this user, with a number or an e-mail in each line; the import goes on by itself. Or take doNotCall.file out of the config.',
    },
    { cause: error },
  );
}
