/** Characters of a value that an issue or a warning carries. */
const CARRIED = 200;
/** Characters of a value that are repeated inside a sentence. */
const QUOTED = 60;

const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/g;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

/** A value as an issue or a warning carries it: at most 200 characters. */
export function carried(text: string): string {
  return shorten(text, CARRIED);
}

/** A value as a sentence repeats it: at most 60 characters, on one line. */
export function quoted(text: string): string {
  return onOneLine(shorten(text, QUOTED));
}

/** A text with its line breaks as the sign ↵, and other control characters by their code points. */
export function onOneLine(text: string): string {
  return text.replace(LINE_BREAK, '↵').replace(UNPRINTABLE, (sign) => {
    const code = (sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}

function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = Array.from(text.slice(0, length * 2));
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
