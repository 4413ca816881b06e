import { cleanAddress, cleanText, trimPlain } from './clean-text.js';
import { type Normalised, type Refused, refuse } from './normalised.js';
import type { WarningCode } from './warning-table.js';

/** One value of a list cell: the text it was read from, and what its normaliser made of it. */
export interface CellEntry {
  readonly text: string;
  readonly result: Normalised;
}

/** How the values of one kind of list are read. */
export interface ListReader {
  readonly normalise: (text: string) => Normalised;
  /** True when a piece that is no valid value was meant as one, so that it may be refused by itself. */
  readonly resembles: (piece: string) => boolean;
}

/** Values in one cell; more are no list that people keep. */
const MOST_ENTRIES = 1000;
/** Characters of a cell, with room for that many long addresses. */
const LONGEST_CELL = 100_000;

const SEPARATOR = /[:;,|/\r\n\uff1a\uff1b\uff0c\uff5c\uff0f]/;
const FULL_WIDTH_SEPARATOR = /[\uff1a\uff1b\uff0c\uff5c\uff0f]/g;
/** Separators beside the colon, those first that are least often part of one value. */
const OTHER_SEPARATORS = [/[;|\r\n]+|\s\/\s/, /[;,|\r\n]+|\s[\/\u2013-]\s/, /[;,|\/\r\n]+/] as const;
const [SUREST_SEPARATOR] = OTHER_SEPARATORS;
const OTHER_SEPARATOR = /[;,|\/\r\n]|\s[\u2013-]\s/;
/** How a phone number begins that is written with its prefix. */
const PREFIX = /^\(?([+0])/;
const SIX_DIGITS = /(?:\d\D*){6}/;
/** The beginning of a formula that holds the whole cell: ="..." */
const FORMULA_START = /^\s*="/;
const LINK_SCHEME = /^(?:tel|callto|mailto)$/i;

/**
 * The values of one cell: separated by `:` as CloudTalk has it, and, as a repair, by `;` `,` `|`, a line break, `/` or a
 * dash between spaces when every piece is a valid value by itself. Blank values are left out. A cell of more than a
 * thousand, or of more than 100,000 characters, is refused as a whole, since to look at each would take minutes.
 */
export function readListCell(cell: string, reader: ListReader): CellEntry[] {
  const tooLong = refusalOfLength(cell);
  if (tooLong) return [{ text: cell, result: tooLong }];
  if (!SEPARATOR.test(cell)) return readPart(cell, reader);
  const count = countEntries(cell);
  if (count > MOST_ENTRIES) return [{ text: cell, result: refuse('too_many', { count, limit: MOST_ENTRIES }) }];
  const inner = isFormula(cell) ? cleanText(cell) : undefined;
  if (inner?.ok && inner.value !== cell.trim()) return readListCell(inner.value, reader).map(asRepaired(inner.repairs));
  return splitAtColons(withPlainSeparators(cell)).flatMap((part) => readPart(part, reader));
}

/** Whether a cell was perhaps written as a formula, which then holds the whole of its list. */
export function isFormula(cell: string): boolean {
  return FORMULA_START.test(cell);
}

/** Refuses a cell that is too long to be looked at value by value. */
export function refusalOfLength({ length }: string): Refused | undefined {
  return length > LONGEST_CELL ? refuse('too_long', { length, limit: LONGEST_CELL }) : undefined;
}

/** The text with full-width separators as the plain ones that they stand for. */
export function withPlainSeparators(text: string): string {
  return text.replace(FULL_WIDTH_SEPARATOR, (separator) => String.fromCharCode(separator.charCodeAt(0) - 0xfee0));
}

/** The number of pieces of a cell that are not blank, between separators of any kind; 0 for a cell too short to matter. */
function countEntries(cell: string): number {
  if (cell.length < 2 * MOST_ENTRIES) return 0;
  let count = 0;
  let isInside = false;
  for (let index = 0; index < cell.length; index += 1) {
    const character = cell.charAt(index);
    const isBlank = character <= ' ';
    if (SEPARATOR.test(character)) isInside = false;
    else if (!isBlank && !isInside) {
      isInside = true;
      count += 1;
    }
  }
  return count;
}

/** Notes on each accepted value what was repaired of the cell around it. */
function asRepaired(repairs: readonly WarningCode[]): (entry: CellEntry) => CellEntry {
  return ({ text, result }) =>
    result.ok ? { text, result: { ...result, repairs: [...repairs, ...result.repairs] } } : { text, result };
}

/**
 * The parts of a cell between its colons, trimmed and not blank; the colon of `tel:` and `mailto:` separates nothing, nor
 * does one between the quotes before an @.
 */
function splitAtColons(cell: string): string[] {
  const parts: string[] = [];
  const pieces = cell.split(':');
  let scheme = '';
  for (let index = 0; index < pieces.length; index += 1) {
    let part = trimPlain(pieces[index] ?? '');
    if (LINK_SCHEME.test(part)) {
      scheme = `${part}:`;
      continue;
    }
    const last = part.startsWith('"') && !part.includes('"@') ? quoteEnd(pieces, index) : index;
    if (last > index)
      part = pieces
        .slice(index, last + 1)
        .join(':')
        .trim();
    index = last;
    if (part !== '') parts.push(scheme + part);
    scheme = '';
  }
  return parts;
}

/** The index of the piece in which a quoted beginning of an address ends; that of its first piece when it never does. */
function quoteEnd(pieces: readonly string[], first: number): number {
  const last = pieces.findIndex((piece, index) => index > first && piece.includes('"'));
  return last > first && pieces[last]?.includes('"@') ? last : first;
}

function readPart(part: string, reader: ListReader): CellEntry[] {
  const whole = readWhole(part, reader);
  if (!OTHER_SEPARATOR.test(part)) return whole;
  const isRefused = whole.some(({ result }) => !result.ok);
  for (const separator of OTHER_SEPARATORS) {
    const entries = validPieces(piecesOf(part, separator), isRefused, reader);
    if (entries) return entries;
  }
  const { texts } = piecesOf(part, SUREST_SEPARATOR);
  const areMeant = texts.length > 1 && texts.every(reader.resembles) && (isRefused || standAlone(texts));
  return areMeant ? texts.flatMap((text) => readWhole(text, reader)) : whole;
}

/**
 * The pieces when each is a valid value, be it in two readings; of a part that is valid as a whole only several with
 * prefixes.
 */
function validPieces(
  { texts, repairs, whole }: Pieces,
  isRefused: boolean,
  reader: ListReader,
): CellEntry[] | undefined {
  if (texts.length === 0 || (!isRefused && (texts.length === 1 || !havePrefixes(texts)))) return undefined;
  const entries: CellEntry[] = [];
  for (const text of texts) {
    const read = readWhole(text, reader);
    if (!read.every(isValue)) return undefined;
    entries.push(...read);
  }
  if (entries.length === 0) return undefined;
  const repaired = asRepaired([...repairs, 'other_separator']);
  return entries.map((entry) => ({ ...repaired(entry), text: whole }));
}

interface Pieces {
  /** The part that was cut. */
  readonly whole: string;
  readonly texts: readonly string[];
  /** What was repaired of the part before it was cut. */
  readonly repairs: readonly WarningCode[];
}

function piecesOf(part: string, separator: RegExp): Pieces {
  const cleaned = cleanAddress(part);
  if (!cleaned.ok) return { whole: part, texts: [], repairs: [] };
  const texts = cleaned.value.split(separator).map((piece) => piece.trim());
  return { whole: part, texts: texts.filter((text) => text !== ''), repairs: cleaned.repairs };
}

function isValue({ result }: CellEntry): boolean {
  return result.ok || result.kind === 'phone_ambiguous';
}

/** True when all pieces begin with +, or all with 0; the halves of one number do not: 0621/1234567, 4779/2200. */
function havePrefixes(pieces: readonly string[]): boolean {
  const prefixes = pieces.map((piece) => PREFIX.exec(piece)?.[1]);
  return prefixes.every((prefix) => prefix !== undefined && prefix === prefixes[0]);
}

/** True for halves of a valid number that are more than groups of its digits (98480 / 22338): nobody would have that one. */
function standAlone(pieces: readonly string[]): boolean {
  return havePrefixes(pieces) || pieces.every((piece) => !PREFIX.test(piece) && SIX_DIGITS.test(piece));
}

function readWhole(text: string, reader: ListReader): CellEntry[] {
  const result = reader.normalise(text);
  return result.ok && result.value === '' ? [] : [{ text: trimPlain(text), result }];
}
