import { accept, type Normalised, refuse } from './normalised.js';
import { foldStylised } from './stylised.js';
import type { WarningCode } from './warning-table.js';

/** A cell that somebody wrote as a formula so that the spreadsheet keeps its zeros: ="00421..." */
const FORMULA = /^\s*="([^]*)"\s*$/;
/** Spaces that are not the space bar's, Unicode's line separators, and letters without any shape. */
const OTHER_SPACE = /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u3164\uffa0]/g;
/** Characters without any shape, except the joiners, which are part of several scripts. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** What joins nothing at the ends of a text: white space and the joiners U+200C and U+200D. */
const EDGE = /[\s\u200c\u200d]/;
/** Control characters other than tab and line ends, halves of a character, and code points that are no characters. */
const CONTROL = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u{FFFE}\u{FFFF}]/u;

/**
 * Makes the text of any cell plain: trimmed, without formula marks, foreign spaces, invisible characters and stylised
 * letters, each noted as a repair. Line breaks inside stay. Refuses control characters.
 */
export function cleanText(text: string): Normalised {
  if (isPlain(text)) return accept(text.trim());
  const control = CONTROL.exec(text);
  if (control) return refuse('control_character', { reason: codeName(control[0]) });
  const repairs: WarningCode[] = [];
  const note = (code: WarningCode, before: string, after: string): string => {
    if (before !== after && !repairs.includes(code)) repairs.push(code);
    return after;
  };
  let current = text;
  for (let previous = ''; previous !== current;) {
    previous = current;
    const visible = withoutEdgeJoiners(current.replace(OTHER_SPACE, ' ').replace(INVISIBLE, ''));
    current = note('invisible_characters', current, visible);
    current = note('stylised_text', current, foldStylised(current));
    current = note('excel_formula', current, unwrapFormula(current));
  }
  return accept(current.trim(), repairs);
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

function codeName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
