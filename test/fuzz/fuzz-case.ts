import iconv from 'iconv-lite';
import { Random } from '../support/random.js';

/** One input of the fuzz test; the same for the same seed and number. */
export interface FuzzCase {
  readonly bytes: Buffer;
  /** Bytes; how the file is cut when it is read. */
  readonly chunkSize: number;
  readonly defaultCountry: string;
}

const COLUMNS = 'name,phone,email,email2,website,country,favorite_agent,zip,tags,city,Tier'.split(',');

/** Cells that are right, wrong, repairable or hostile. */
const CELLS = [
  'Anna Nováková',
  'Ján',
  '𝐀𝐧𝐧𝐚',
  '+421905123456',
  '0905 123 456',
  '+421905123456:+1 415 555 2671',
  '="00421905123456"',
  '4.21901E+11',
  '905123456.0',
  '+44 (0)20 7946 0018 ext. 5',
  '٠٩٠٥١٢٣٤٥٦',
  'anna@example.com',
  'jan@example.org',
  'mailto:anna@Example.COM;jan@example.com',
  'žofia@příklad.cz',
  'www.example.com/a?b=c',
  'http://user:pass@example.com',
  'Slovakia',
  'Korea',
  'Guinea-',
  'Trinidad & Tobago',
  '',
  '   ',
  '\u00a0\u200b',
  '"',
  '""',
  'a"b',
  'line\nbreak',
  'line\r\nbreak',
  '\ud800',
  ':::;;,,//||',
  'x'.repeat(300),
  '9'.repeat(60),
  '{"a":1}',
  '__proto__',
];
/** What makes a hostile cell when it is repeated: whatever a reader may look at again and again. */
const PIECES = [
  ' ',
  '\n',
  '@"',
  'a@b ',
  '1;',
  'x:',
  '; ',
  '"',
  '="',
  '\u200d',
  '0905123456/',
  'a@b.sk,',
  'a,',
  '(',
  '<a',
  '𝐀',
  'guinea ',
  '1 ',
  '1 - ',
  '12:',
  '4.2E+11:',
  'a@b.sk ',
  '９：',
];
/** Characters of a hostile cell: of one that is still looked at value by value, and of one that is too long for it. */
const LONG = [10_000, 90_000, 5_000_000];
/** Bytes above which a file is not cut into crumbs. */
const LARGE = 50_000;
const ENCODINGS = ['utf8', 'utf8', 'utf16le', 'utf-16be', 'windows-1250', 'windows-1251', 'windows-1252'];
const SPLICES = ['"', '""', ',', ';', '\t', '|', '\n', '\r', '\r\n', '\0', '\ufeff', '\ud83d', 'sep=;\n', '=', ' '];
const BYTES = [0x00, 0x22, 0x80, 0xc3, 0xed, 0xa0, 0xff, 0xfe];
const COUNTRIES = ['SK', 'US', 'GB', 'UA', 'DE', 'IT', 'AQ'];

/** The input of this number of the series that the seed begins. */
export function fuzzCase(seed: number, number: number): FuzzCase {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  let bytes = random.chance(0.1) ? randomBytes(random) : fileBytes(random);
  for (let left = random.below(5); left > 0; left--) bytes = mutated(bytes, random);
  const chunkSize = bytes.length > LARGE ? 65_536 : random.pick([1, 7, 64, 65_536]);
  return { bytes, chunkSize, defaultCountry: random.pick(COUNTRIES) };
}

function fileBytes(random: Random): Buffer {
  const delimiter = random.pick([',', ';', '\t', '|']);
  const lineEnd = random.pick(['\n', '\r\n', '\r']);
  const columns = ['name', 'phone', ...COLUMNS.slice(2).filter(() => random.chance(0.5))];
  const longColumn = random.chance(0.02) ? random.pick(columns) : undefined;
  const rows = Array.from({ length: longColumn ? 1 : random.below(12) }, () =>
    columns
      .map((column) => quoted(column === longColumn ? longCell(random) : random.pick(CELLS), delimiter, random))
      .join(delimiter),
  );
  const text = [columns.join(delimiter), ...rows].join(lineEnd);
  const start = random.pick(['', '', '\ufeff', `sep=${delimiter}${lineEnd}`]);
  return iconv.encode(start + text, random.pick(ENCODINGS));
}

function longCell(random: Random): string {
  const piece = random.pick(PIECES);
  const start = random.chance(0.5) ? '' : `${random.pick(CELLS)}\n`;
  return `${start}${piece.repeat(Math.floor(random.pick(LONG) / piece.length))}b`;
}

function quoted(cell: string, delimiter: string, random: Random): string {
  const needsQuotes = cell.includes(delimiter) || /["\r\n]/.test(cell);
  const isQuoted = needsQuotes ? random.chance(0.9) : random.chance(0.1);
  return isQuoted ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function randomBytes(random: Random): Buffer {
  return Buffer.from(Array.from({ length: random.below(400) }, () => random.below(256)));
}

function mutated(bytes: Buffer, random: Random): Buffer {
  const from = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, from + random.below(40));
  const [before, part, after] = [bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)];
  switch (random.below(6)) {
    case 0:
      return Buffer.concat([before, Buffer.from([random.pick(BYTES)]), after]);
    case 1:
      return Buffer.concat([before, Buffer.from(random.pick(SPLICES), random.pick(['utf8', 'utf16le'])), part, after]);
    case 2:
      return Buffer.concat([before, after]);
    case 3:
      return Buffer.concat([before, part, part, part, after]);
    case 4:
      return Buffer.from(before);
    default:
      return Buffer.concat([before, randomBytes(random).subarray(0, 8), part, after]);
  }
}
