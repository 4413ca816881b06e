import { parse } from 'csv-parse/sync';
import { array, assert, constantFrom, nat, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordCutter } from './csv-records.js';

/** The settings that were right on every awkward file tried (reference/toolchain.md, "Intake"). */
function byCsvParse(text: string, delimiter: string): readonly (readonly string[])[] | 'open quote' {
  try {
    const records: string[][] = parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
    });
    return records.filter((cells) => cells.some((cell) => cell.trim() !== ''));
  } catch (error) {
    if ((error as { code?: string }).code === 'CSV_QUOTE_NOT_CLOSED') return 'open quote';
    throw error;
  }
}

function byCutter(pieces: readonly string[], delimiter: string): readonly (readonly string[])[] | 'open quote' {
  const cutter = new RecordCutter(delimiter);
  try {
    const records = [...pieces.flatMap((piece) => cutter.cut(piece)), ...cutter.end()];
    return records.map(({ cells }) => cells);
  } catch {
    return 'open quote';
  }
}

/** The text in pieces that end at these places. */
function cutAt(text: string, places: readonly number[]): readonly string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].sort((one, other) => one - other);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

describe('the cutting of text into records', () => {
  it.each([
    ['a,b\r\nc,d', [['a', 'b'], ['c', 'd']]], // prettier-ignore
    ['"a","b""c"\n', [['a', 'b"c']]],
    ['5" pipe,"x"y\n', [['5" pipe', '"x"y']]],
    ['"a""b"c,""x\n', [['"a"b"c', '""x']]],
    ['a,\n\n,\n"",b\r', [['a', ''], ['', 'b']]], // prettier-ignore
    ['"a\r\nb",c', [['a\r\nb', 'c']]],
    ['"a,b\n', 'open quote'],
    ['"a""', 'open quote'],
  ])('of %j gives %j', (text, records) => {
    expect(byCutter([text], ',')).toEqual(records);
    expect(byCutter(Array.from(text), ',')).toEqual(records);
  });

  it('keeps no more cells of a record than a header may have, and counts the others', () => {
    const cutter = new RecordCutter(',');
    const [long, short] = cutter.cut(`a${','.repeat(9_999)}\nb,c\n`);
    expect([long?.cells.length, long?.more]).toEqual([4_000, 6_000]);
    expect(short).toEqual({ cells: ['b', 'c'], more: 0, line: 2 });
  });

  it('agrees with csv-parse, wherever the text is cut into pieces', () => {
    const unit = constantFrom('a', 'ž', '😀', '"', '"', '"', ',', ',', ';', '\n', '\r', '\r\n', ' ', '\t', '\u2028');
    const text = string({ unit, maxLength: 30 });
    assert(
      property(
        text,
        array(nat(), { maxLength: 5 }),
        constantFrom(',', ';', '\t', 'a'),
        (written, places, delimiter) => {
          expect(byCutter(cutAt(written, places), delimiter)).toEqual(byCsvParse(written, delimiter));
        },
      ),
      { seed: 7, numRuns: 20_000 },
    );
  });
});
