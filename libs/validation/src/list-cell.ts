import { cleanAddress, cleanText, trimPlain } from './clean-text.js';
import type { Normalised } from './normalised.js';
import type { WarningCode } from './warning-table.js';

/** One value of a list cell: the text it was read from, and what its normaliser made of it. */
export interface CellEntry {
  readonly text: string;
  readonly result: Normalised;
}

/** How the values of one kind of list are read. */
export interface ListReader {
  readonly normalise: (text: string) => Normalised;
  /** True when a piece is a valid value as it stands, so that a separator other than the colon may be believed. */
  readonly standsAlone: (piece: string) => boolean;
}

const ANY_SEPARATOR = /[:;,|/\r\n]/;
/** Separators that are never part of one value, and the slash, which may be. */
const FOREIGN_SEPARATOR = /[;,|\r\n]+/;
const SLASH = /\//;
/** The beginning of a formula that holds the whole cell: ="..." */
const FORMULA_START = /^\s*="/;
const LINK_SCHEME = /^(?:tel|callto|mailto)$/i;

/**
 * The values of one cell: separated by `:` as CloudTalk has it, and, as a repair, by `;` `,` `|`, a line break or `/`
 * when every piece is a valid value by itself. Blank values are left out.
 */
export function readListCell(cell: string, reader: ListReader): CellEntry[] {
  if (!ANY_SEPARATOR.test(cell)) return readWhole(cell, reader);
  const inner = FORMULA_START.test(cell) ? cleanText(cell) : undefined;
  if (inner?.ok && inner.value !== cell.trim()) return readListCell(inner.value, reader).map(asRepaired(inner.repairs));
  return splitAtColons(cell).flatMap((part) => readPart(part, reader));
}

/** Notes on each accepted value what was repaired of the cell around it. */
function asRepaired(repairs: readonly WarningCode[]): (entry: CellEntry) => CellEntry {
  return ({ text, result }) =>
    result.ok ? { text, result: { ...result, repairs: [...repairs, ...result.repairs] } } : { text, result };
}

/** The parts of a cell between its colons, trimmed and not blank; the colon of `tel:` and `mailto:` separates nothing. */
export function splitAtColons(cell: string): string[] {
  const parts: string[] = [];
  let scheme = '';
  for (const piece of cell.split(':')) {
    const part = trimPlain(piece);
    if (LINK_SCHEME.test(part)) {
      scheme = `${part}:`;
      continue;
    }
    if (part !== '') parts.push(scheme + part);
    scheme = '';
  }
  return parts;
}

function readPart(part: string, reader: ListReader): CellEntry[] {
  const atForeign = readPieces(part, FOREIGN_SEPARATOR, reader);
  if (atForeign) return atForeign;
  const whole = readWhole(part, reader);
  const isRefused = whole.some(({ result }) => !result.ok);
  return (isRefused && readPieces(part, SLASH, reader)) || whole;
}

function readPieces(part: string, separator: RegExp, reader: ListReader): CellEntry[] | undefined {
  if (!separator.test(part)) return undefined;
  const cleaned = cleanAddress(part);
  if (!cleaned.ok) return undefined;
  const pieces = cleaned.value
    .split(separator)
    .flatMap((piece) => (separator === SLASH ? [piece] : piece.split(/\s\/\s/)))
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  if (pieces.length === 0 || !pieces.every(reader.standsAlone)) return undefined;
  return pieces.map((piece) => {
    const result = reader.normalise(piece);
    if (!result.ok) return { text: piece, result };
    return {
      text: part,
      result: { ...result, repairs: [...cleaned.repairs, ...result.repairs, 'other_separator' as const] },
    };
  });
}

function readWhole(text: string, reader: ListReader): CellEntry[] {
  const result = reader.normalise(text);
  return result.ok && result.value === '' ? [] : [{ text: trimPlain(text), result }];
}
