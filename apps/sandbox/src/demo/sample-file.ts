import { stringify } from 'csv-stringify/sync';
import iconv from 'iconv-lite';

/** How many rows of a file end in which way. */
export interface ExpectedTotals {
  readonly created?: number;
  readonly updated?: number;
  readonly unchanged?: number;
  readonly merged?: number;
  readonly failed?: number;
}

/** A file that the demo drops, and what must become of it. */
export interface SampleFile {
  readonly connection: string;
  readonly name: string;
  /** What it is there to show, in a few words. */
  readonly shows: string;
  readonly content: Buffer;
  /** The totals of its import, or the code of the reason why it is refused as a whole. */
  readonly expected: ExpectedTotals | { readonly refused: string };
}

export type SampleEncoding = 'utf-8' | 'utf-8 with BOM' | 'utf-16le with BOM' | 'windows-1250';

export interface SampleFormat {
  readonly delimiter: ',' | ';' | '\t' | '|';
  readonly encoding: SampleEncoding;
}

/** The bytes of a CSV with CRLF line ends, as spreadsheets write them. */
export function csvFile(format: SampleFormat, header: readonly string[], rows: readonly (readonly string[])[]): Buffer {
  const text = stringify(
    [header, ...rows].map((row) => [...row]),
    {
      delimiter: format.delimiter,
      record_delimiter: 'windows',
    },
  );
  return encoded(text, format.encoding);
}

function encoded(text: string, encoding: SampleEncoding): Buffer {
  if (encoding === 'windows-1250') return iconv.encode(text, 'windows-1250');
  const [name = 'utf-8', bom] = encoding.split(' with ');
  return iconv.encode(text, name, { addBOM: bom !== undefined });
}
