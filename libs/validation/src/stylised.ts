/**
 * Letters and digits drawn in a style of their own: mathematical and outlined alphabets, letters and numbers in circles,
 * squares and brackets, segmented digits, full-width forms, script and black-letter signs, small raised and lowered letters.
 */
const STYLISED =
  /[\u{1D400}-\u{1D7FF}\u{1CCD6}-\u{1CCF9}\u{1F110}-\u{1F12A}\u{1F130}-\u{1F149}\u{1F150}-\u{1F169}\u{1F170}-\u{1F189}\u{1FBF0}-\u{1FBF9}\u2460-\u24FF\u2776-\u2793\uFF01-\uFF5E\u02B0-\u02B8\u02E1-\u02E3\u1D2C-\u1D6A\u1D9C-\u1DBB\u2071\u207F\u2090-\u209C\u2C7C\u2C7D\uA7F2-\uA7F4\u{107A5}\u2102\u210A-\u2113\u2115\u2119-\u211D\u2124\u2128\u212A-\u212D\u212F-\u2131\u2133\u2134\u2139\u2145-\u2149]/u;
/** With the selector by which keyboards ask for the coloured form of a sign: 🅰️. */
const EVERY_STYLISED = new RegExp(`(${STYLISED.source})[\\ufe0e\\ufe0f]?`, 'gu');

/** Some of the raised and lowered letters belong to phonetic and Greek alphabets, and stay. */
const RAISED = /[\u02B0-\u02E3\u1D2C-\u1DBB\u2071-\u209C]/;

/** Small capitals, which Unicode does not decompose. */
const SMALL_CAPITALS: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', (letter, index) => [letter, 'abcdefghijklmnoprstuvwyz'.charAt(index)]),
);
const SMALL_CAPITAL = /[ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ]/gu;

/** Alphabets and numbers that Unicode, or that of an older Node, does not decompose: the first sign and what it means. */
const RUNS: readonly (readonly [first: string, plain: readonly string[]])[] = [
  ['🅐', lettersFrom('A')],
  ['🅰', lettersFrom('A')],
  ['\u{1CCD6}', lettersFrom('A')],
  ['\u{1CCF0}', numbers(0, 9)],
  ['❶', numbers(1, 10)],
  ['➀', numbers(1, 10)],
  ['➊', numbers(1, 10)],
  ['⓫', numbers(11, 20)],
  ['⓵', numbers(1, 10)],
  ['⓿', numbers(0, 0)],
];
const RUN_SIGNS = new Map(
  RUNS.flatMap(([first, plain]) =>
    plain.map((text, index) => [String.fromCodePoint((first.codePointAt(0) ?? 0) + index), text] as const),
  ),
);

/**
 * Neighbours that are all struck through, underlined or overlined; a single one may be a letter of its own, as the
 * crossed o, l and d.
 */
const DRAWN_OVER = /(?:\P{M}[\u0305\u0332\u0333\u0335-\u0338\u033F]\p{M}{0,3}){2,}/gu;
const OVERLAY = /[\u0305\u0332\u0333\u0335-\u0338\u033F]/g;

/**
 * Stylised letters and digits folded to plain ones, everything else untouched. A styled letter never becomes anything
 * but a letter, a digit or an ASCII sign.
 */
export function foldStylised(text: string): string {
  return text
    .replace(EVERY_STYLISED, (whole, sign: string) => {
      const plain = plainForm(sign);
      return plain === sign ? whole : plain;
    })
    .replace(SMALL_CAPITAL, (letter) => SMALL_CAPITALS[letter] ?? letter)
    .replace(DRAWN_OVER, (run) => run.replace(OVERLAY, ''));
}

function plainForm(character: string): string {
  const known = RUN_SIGNS.get(character);
  if (known !== undefined) return known;
  const form = character.normalize('NFKC');
  const letter = SMALL_CAPITALS[form] ?? form;
  if (RAISED.test(character) && !/^[a-z]$/i.test(letter)) return character;
  return letter.replace(/[()〔〕]/g, '') || letter;
}

function lettersFrom(first: string): readonly string[] {
  return Array.from({ length: 26 }, (_, index) => String.fromCharCode(first.charCodeAt(0) + index));
}

function numbers(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}
