/** How the beginnings of the files look that people drop in place of a CSV. */
const SIGNATURES: readonly (readonly [start: string, kind: string])[] = [
  ['PK\x03\x04', 'an Excel workbook (.xlsx) or another ZIP archive'],
  ['PK\x05\x06', 'an empty ZIP archive'],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook (.xls) or another Office file'],
  ['%PDF', 'a PDF'],
  ['\x1f\x8b', 'a gzip archive'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['SQLite format 3', 'an SQLite database'],
  ['{\\rtf', 'a rich text document'],
];

const TEXTS: readonly (readonly [start: RegExp, kind: string])[] = [
  [/^\s*<(!doctype|html|head|body|table)\b/i, 'an HTML page'],
  [/^\s*<\?xml\b/i, 'an XML document'],
  [/^\s*(\{\s*"|\[\s*[{[]\s*")/, 'JSON'],
  [/^\s*BEGIN:VCARD/i, 'a vCard'],
];

/** What a file is by its first bytes, in words for a person; undefined when it may be a CSV. */
export function foreignKind(head: Buffer): string | undefined {
  const start = head.toString('latin1', 0, 512);
  const signature = SIGNATURES.find(([prefix]) => start.startsWith(prefix));
  if (signature) return signature[1];
  const text = start.replace(/^\xef\xbb\xbf/, '');
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1];
}
