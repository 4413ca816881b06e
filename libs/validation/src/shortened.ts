/** Characters of a value that an issue or a warning carries. */
const CARRIED = 200;
/** Characters of a value that are repeated inside a sentence. */
const QUOTED = 60;

/** A value as an issue or a warning carries it: at most 200 characters. */
export function carried(text: string): string {
  return shorten(text, CARRIED);
}

/** A value as a sentence repeats it: at most 60 characters. */
export function quoted(text: string): string {
  return shorten(text, QUOTED);
}

function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = Array.from(text.slice(0, length * 2));
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
