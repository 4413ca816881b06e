/**
 * Letters and digits drawn in a style of their own: mathematical alphabets, letters in circles, squares and brackets,
 * full-width forms, script and black-letter signs, small raised and lowered letters.
 */
const STYLISED =
  /[\u{1D400}-\u{1D7FF}\u{1F110}-\u{1F12A}\u{1F130}-\u{1F149}\u{1F150}-\u{1F169}\u{1F170}-\u{1F189}\u249C-\u24E9\uFF01-\uFF5E\u02B0-\u02B8\u02E1-\u02E3\u1D2C-\u1D6A\u2071\u207F\u2090-\u209C\u2102\u210A-\u2113\u2115\u2119-\u211D\u2124\u2128\u212A-\u212D\u212F-\u2131\u2133\u2134\u2139\u2145-\u2149]/u;
const EVERY_STYLISED = new RegExp(STYLISED, 'gu');

/** Some of the raised and lowered letters belong to phonetic and Greek alphabets, and stay. */
const RAISED = /[\u02B0-\u02E3\u1D2C-\u1D6A\u2071-\u209C]/;

/** Small capitals, which Unicode does not decompose. */
const SMALL_CAPITALS: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', (letter, index) => [letter, 'abcdefghijklmnoprstuvwyz'.charAt(index)]),
);
const SMALL_CAPITAL = /[ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ]/gu;

/** White letters on black circles and squares, which Unicode does not decompose either: the first of each 26. */
const BLACK_CIRCLED_A = 0x1f150;
const BLACK_SQUARED_A = 0x1f170;

/**
 * Stylised letters and digits folded to plain ones, everything else untouched. A styled letter never becomes anything
 * but a letter, a digit or an ASCII sign.
 */
export function foldStylised(text: string): string {
  return text.replace(EVERY_STYLISED, plainForm).replace(SMALL_CAPITAL, (letter) => SMALL_CAPITALS[letter] ?? letter);
}

function plainForm(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  for (const first of [BLACK_CIRCLED_A, BLACK_SQUARED_A]) {
    if (code >= first && code < first + 26) return String.fromCharCode(65 + code - first);
  }
  const form = character.normalize('NFKC');
  if (RAISED.test(character) && !/^[a-z]$/i.test(form)) return character;
  return form.replace(/[()〔〕]/g, '') || form;
}
