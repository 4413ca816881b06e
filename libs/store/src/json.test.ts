import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableText, toJson } from './json.js';

/** Text of what is hardest: NUL, halves of surrogate pairs, backslashes, and words that look like escapes. */
const hardText = fc
  .array(fc.constantFrom('\0', '\ud800', '\udfff', '\ud83d\ude00', '\\', '\\u0000', '\\ud800', 'u0000', '"', 'a'))
  .map((parts) => parts.join(''));

describe('JSON for the database', () => {
  it('is the value itself where the database takes it', () => {
    const value = { text: 'Jana 😀 "R&D" \\ \n', list: [1, null, true], '\\u0000': '\\ud800' };
    expect(JSON.parse(toJson(value))).toEqual(value);
  });

  it('has U+FFFD for NUL and lone surrogates, in values and in names, and loses nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hardText, hardText)), (entries) => {
        const wanted = entries.map(([name, text]) => [{ [storableText(name)]: storableText(text) }]);
        expect(JSON.parse(toJson(entries.map(([name, text]) => [{ [name]: text }])))).toEqual(wanted);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('a storable text', () => {
  it('keeps pairs of surrogates and replaces what the database refuses', () => {
    expect(storableText('a\0b\ud800c😀')).toBe('a\ufffdb\ufffdc😀');
  });
});
