import { countCharacters } from './field-limits.js';
import type { IssueFacts } from './issue-table.js';
import { type Accepted, accept, type Normalised, refuse } from './normalised.js';
import { foldStylised } from './stylised.js';
import type { WarningCode } from './warning-table.js';

/** A cell that somebody wrote as a formula so that the spreadsheet keeps its zeros: ="00421..." */
const FORMULA = /^\s*="([^]*)"\s*$/;
/** Spaces that are not the space bar's, Unicode's line separators, and letters without any shape. */
const OTHER_SPACE = /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u3164\uffa0]/g;
/** Characters without any shape (Unicode: Default_Ignorable_Code_Point). */
const SHAPELESS = '\\p{Default_Ignorable_Code_Point}';
/** Those that join or shape letters and emoji of several scripts: joiners, Hangul fillers, variation selectors, tags. */
const SHAPING = '\\u115f\\u1160\\u180b-\\u180d\\u180f\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0020}-\\u{e01ef}';
const INVISIBLE = new RegExp(`(?![${SHAPING}])${SHAPELESS}`, 'gu');
const EVERY_SHAPELESS = new RegExp(SHAPELESS, 'gu');
const HAS_SHAPE = new RegExp(`[^\\s${SHAPELESS}]`, 'u');
/** What joins nothing at the ends of a text: white space and the joiners U+200C and U+200D. */
const EDGE = /[\s\u200c\u200d]/;
/** Control characters other than tab and line ends, halves of a character, and code points that are no characters. */
const CONTROL = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u{FFFE}\u{FFFF}]/u;
/** What a program writes for a character that it could not read. */
const LOST_CHARACTER = '\ufffd';
/** What Excel shows, and exports, in place of the result of a formula that failed. */
const FAILED_FORMULA = /^#(?:N\/A|NAME\?|(?:REF|VALUE|DIV\/0|NULL|NUM|SPILL|CALC|FIELD|CONNECT|BLOCKED|BUSY)!)$/i;

/**
 * Makes the text of any cell plain: trimmed, without formula marks, foreign spaces, invisible characters and stylised
 * letters, each noted as a repair. Line breaks inside stay. Refuses control characters, lost ones and failed formulas.
 */
export function cleanText(text: string): Normalised {
  if (isPlain(text)) return withoutFailure(accept(text.trim()));
  const control = CONTROL.exec(text);
  if (control) return refuse('control_character', placeOf(control[0], text, control.index));
  const lost = text.indexOf(LOST_CHARACTER);
  if (lost !== -1) return refuse('lost_character', placeOf(LOST_CHARACTER, text, lost));
  const repairs: WarningCode[] = [];
  const note = (code: WarningCode, before: string, after: string): string => {
    if (before !== after && !repairs.includes(code)) repairs.push(code);
    return after;
  };
  let current = text;
  for (let previous = ''; previous !== current;) {
    previous = current;
    current = note('invisible_characters', current, visibleText(current));
    current = note('stylised_text', current, foldStylised(current));
    current = note('excel_formula', current, unwrapFormula(current));
  }
  return withoutFailure(accept(current.trim(), repairs));
}

/** As `cleanText`, for values in which nothing invisible has a meaning: numbers, e-mail and web addresses. */
export function cleanAddress(text: string): Normalised {
  const cleaned = cleanText(text);
  if (!cleaned.ok) return cleaned;
  const visible = cleaned.value.replace(EVERY_SHAPELESS, '');
  if (visible === cleaned.value) return cleaned;
  const again = cleanText(visible);
  if (!again.ok) return again;
  return accept(again.value, [...new Set([...cleaned.repairs, 'invisible_characters' as const, ...again.repairs])]);
}

/** The text without the space bar's spaces, tabs and line ends around it; anything else there is left to be noted. */
export function trimPlain(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isPlainSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isPlainSpace(text.charCodeAt(end - 1))) end -= 1;
  return end - start === text.length ? text : text.slice(start, end);
}

function isPlainSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** The text with foreign spaces as plain ones and without what has no shape; empty when nothing else is in it. */
export function visibleText(text: string): string {
  const visible = withoutEdgeJoiners(text.replace(OTHER_SPACE, ' ').replace(INVISIBLE, ''));
  return HAS_SHAPE.test(visible) || visible.trim() === '' ? visible : '';
}

function withoutFailure(cleaned: Accepted): Normalised {
  const isFailure = cleaned.value.charCodeAt(0) === 0x23 && FAILED_FORMULA.test(cleaned.value);
  return isFailure ? refuse('failed_formula') : cleaned;
}

/**
 * True for text that needs no second look: printable ASCII without `=`, Latin letters with accents, Greek, Cyrillic,
 * Armenian and Hebrew letters, Chinese characters, Korean syllables.
 */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x20 && code <= 0x7e && code !== 0x3d) continue;
    if (code >= 0xa1 && code <= 0x24f && code !== 0xad) continue;
    if ((code >= 0x370 && code < 0x600) || (code >= 0x4e00 && code <= 0x9fff)) continue;
    if (code >= 0xac00 && code <= 0xd7a3) continue;
    return false;
  }
  return true;
}

/** The text as it is, unless it begins or ends with a joiner. */
function withoutEdgeJoiners(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && EDGE.test(text.charAt(start))) start += 1;
  while (end > start && EDGE.test(text.charAt(end - 1))) end -= 1;
  const cut = text.slice(start, end);
  return cut === text.trim() ? text : cut;
}

function unwrapFormula(text: string): string {
  const inner = FORMULA.exec(text)?.[1];
  return inner === undefined ? text : inner.replaceAll('""', '"');
}

/** The name of a character, and where it stands, counted from 1. */
function placeOf(character: string, text: string, index: number): IssueFacts {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return { reason: `U+${code.padStart(4, '0')}`, position: countCharacters(text.slice(0, index)) + 1 };
}
