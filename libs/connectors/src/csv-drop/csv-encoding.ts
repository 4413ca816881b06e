import { StringDecoder } from 'node:string_decoder';
import type { Warning } from '@cloudtalk-sync/validation';
import iconv from 'iconv-lite';
import type { Inspection } from './csv-inspect.js';
import { type Noted, refusals } from './file-refusals.js';

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1250', 'windows-1251', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Countries whose Windows writes files without BOM in Central European (1250) or Cyrillic (1251); all others: 1252. */
const CENTRAL_EUROPE = ['SK', 'CZ', 'PL', 'HU', 'SI', 'HR', 'BA', 'RS', 'ME', 'RO', 'MD', 'AL'];
const CYRILLIC = ['RU', 'BY', 'UA', 'BG', 'MK', 'KZ', 'KG', 'MN', 'TJ'];

const DAMAGED =
  'The file is UTF-8 with some damaged characters; each was read as �, and rows with one in a value that is imported are refused.';
const NUL_BYTES = 'a binary file or an upload that was cut off (it has NUL bytes)';

export interface EncodingChoice {
  readonly encoding: Encoding;
  /** Bytes of the BOM. */
  readonly bom: number;
  readonly warnings: readonly Warning[];
}

/** How the text of a file is encoded; throws FatalError when its bytes are no text. */
export function chooseEncoding(file: Inspection, wanted: Encoding | undefined, country: string): EncodingChoice {
  const marked = byBom(file);
  if (marked) return marked;
  if (file.zeros.even + file.zeros.odd > 0) return { encoding: utf16Guess(file, wanted), bom: 0, warnings: [] };
  if (file.utf8 !== 'not') return utf8(file, 0);
  if (wanted === 'utf-8') throw refusals.unreadable('options.encoding says UTF-8, but its bytes are not UTF-8');
  if (wanted === 'utf-16le' || wanted === 'utf-16be') {
    throw refusals.unreadable(`options.encoding says ${wanted}, but its bytes are neither that nor UTF-8`);
  }
  const encoding = wanted ?? codePage(country);
  return { encoding, bom: 0, warnings: [chosen(encoding, wanted ? 'options.encoding' : `the country ${country}`)] };
}

function byBom(file: Inspection): EncodingChoice | undefined {
  const start = file.head.toString('hex', 0, 4);
  if (start === 'fffe0000' || start === '0000feff') throw refusals.unreadable('it is UTF-32');
  if (start.startsWith('efbbbf')) {
    if (file.utf8 === 'not') throw refusals.unreadable('it begins as UTF-8, but has bytes that are not UTF-8');
    return utf8(file, 3);
  }
  if (start.startsWith('fffe')) return { encoding: 'utf-16le', bom: 2, warnings: [] };
  if (start.startsWith('feff')) return { encoding: 'utf-16be', bom: 2, warnings: [] };
  return undefined;
}

function utf8({ zeros, utf8 }: Inspection, bom: number): EncodingChoice {
  if (zeros.even + zeros.odd > 0) throw refusals.notCsv(NUL_BYTES);
  const warnings = utf8 === 'damaged' ? [fileWarning('encoding_damaged', 'utf-8', DAMAGED)] : [];
  return { encoding: 'utf-8', bom, warnings };
}

/**
 * UTF-16 without BOM: its zero bytes are all but in one half of the units, the upper one, which has few different bytes:
 * one for each script. In any other file both halves are alike.
 */
function utf16Guess(file: Inspection, wanted: Encoding | undefined): Encoding {
  const { even, odd } = file.zeros;
  const kinds = differentBytes(file.head);
  if (even < odd / 10 && kinds.odd <= kinds.even / 2) return 'utf-16le';
  if (odd < even / 10 && kinds.even <= kinds.odd / 2) return 'utf-16be';
  if (wanted === 'utf-16le' || wanted === 'utf-16be') return wanted;
  throw refusals.notCsv(NUL_BYTES);
}

/** How many different bytes there are at even and at odd positions. */
function differentBytes(bytes: Buffer): { readonly even: number; readonly odd: number } {
  const seen = [new Set<number>(), new Set<number>()] as const;
  bytes.forEach((byte, index) => seen[index % 2 === 0 ? 0 : 1].add(byte));
  return { even: seen[0].size, odd: seen[1].size };
}

function codePage(country: string): Encoding {
  if (CENTRAL_EUROPE.includes(country)) return 'windows-1250';
  return CYRILLIC.includes(country) ? 'windows-1251' : 'windows-1252';
}

function chosen(encoding: Encoding, because: string): Warning {
  const message = `The file is not UTF-8 and says nothing about its encoding; it was read as ${encoding}, by ${because}.`;
  return fileWarning('encoding_guessed', encoding, message);
}

function fileWarning(code: Noted, encoding: Encoding, message: string): Warning {
  return { field: 'file', code, from: '', to: encoding, message };
}

/** The beginning of a file as text without BOM; the last character may be cut. */
export function headText(file: Inspection, { encoding }: EncodingChoice): string {
  return iconv.decode(file.head, encoding);
}

/** The text of a file without BOM, in pieces; throws FatalError at bytes that mean nothing in that encoding. */
export async function* asText(chunks: AsyncIterable<Buffer>, choice: EncodingChoice): AsyncGenerator<string> {
  const decode = decoderOf(choice.encoding);
  let bom = choice.bom;
  for await (const chunk of chunks) {
    yield decode(bom === 0 ? chunk : chunk.subarray(bom));
    bom = Math.max(0, bom - chunk.length);
  }
  yield decode();
}

function decoderOf(encoding: Encoding): Decode {
  if (encoding === 'utf-8') return utf8Decoder();
  return encoding.startsWith('utf-16') ? utf16Decoder(encoding) : codePageDecoder(encoding);
}

type Decode = (chunk?: Buffer) => string;

/** For bytes that were found to be UTF-8 before; a damaged one becomes a �. */
function utf8Decoder(): Decode {
  const decoder = new StringDecoder('utf8');
  return (chunk) => (chunk ? decoder.write(chunk) : decoder.end());
}

function utf16Decoder(encoding: Encoding): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (chunk) => {
    const text = decodedOrRefused(() => decoder.decode(chunk, { stream: chunk !== undefined }), encoding);
    if (text.includes('\0')) throw refusals.notCsv('a binary file (it has NUL characters)');
    return text;
  };
}

function decodedOrRefused(decode: () => string, encoding: Encoding): string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof TypeError) throw refusals.unreadable(`it begins as ${encoding}, but breaks off or is damaged`);
    throw error;
  }
}

function codePageDecoder(encoding: Encoding): Decode {
  const decoder = iconv.getDecoder(encoding);
  return (chunk) => {
    const text = chunk ? decoder.write(chunk) : (decoder.end() ?? '');
    if (text.includes('\uFFFD')) throw refusals.unreadable(`it is not UTF-8, and has bytes that ${encoding} lacks`);
    return text;
  };
}

/** Text in an encoding, for a file that is to look like the one it answers. */
export function encoded(text: string, encoding: Encoding): Buffer {
  return iconv.encode(text, encoding);
}
