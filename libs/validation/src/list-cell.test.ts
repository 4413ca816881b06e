import examples from 'libphonenumber-js/mobile/examples';
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { normaliseEmail } from './email.js';
import { type ListReader, readListCell } from './list-cell.js';
import { PHONE_REGIONS } from './numbering-plan.js';
import { normalisePhone } from './phone.js';
import { resemblesPhone } from './phone-refusal.js';

const phonesOf = (country: string): ListReader => ({
  normalise: (text) => normalisePhone(text, country),
  resembles: resemblesPhone,
});
const PHONES = phonesOf('SK');
const EMAILS: ListReader = { normalise: normaliseEmail, resembles: (text) => text.includes('@') };

const valuesOf = (cell: string, reader: ListReader): readonly string[] =>
  readListCell(cell, reader).map(({ result }) => (result.ok ? result.value : `refused: ${result.kind}`));

describe('a cell of several values', () => {
  it('that a spreadsheet keeps as a formula is split inside of it, and each value says so', () => {
    expect(readListCell('="00421903123456:+421905111222"', PHONES).map(({ result }) => result)).toEqual([
      { ok: true, value: '+421903123456', repairs: ['excel_formula'] },
      { ok: true, value: '+421905111222', repairs: ['excel_formula'] },
    ]);
  });

  it.each([
    ['DE', '030 12345 / 030 67890', '+493012345 +493067890'],
    ['DE', '0621 1234 / 0621 5678', '+496211234 +496215678'],
    ['DE', '030 12345 - 030 67890', '+493012345 +493067890'],
    ['SK', '0905 123 456/0905 123 457', '+421905123456 +421905123457'],
    ['SK', '421905123456.0;421905123457.0', '+421905123456 +421905123457'],
    ['SK', '４２１９０５１２３４５６；４２１９０５１２３４５７', '+421905123456 +421905123457'],
    ['SK', '０９０３１２３４５６：０９０４１２３４５６', '+421903123456 +421904123456'],
  ])('of %s is split where each piece is a number by itself: %s', (country, cell, expected) => {
    expect(valuesOf(cell, phonesOf(country)).join(' ')).toBe(expected);
  });

  it.each([
    ['DE', '0621/1234567', '+496211234567'],
    ['AT', '050100/12345', '+435010012345'],
    ['SK', '0905123456/', '+421905123456'],
  ])('of %s is one number where a slash only parts its halves: %s', (country, cell, expected) => {
    expect(valuesOf(cell, phonesOf(country))).toEqual([expected]);
  });

  it('is one number in every region wherever a slash stands for a space or dash of it', () => {
    const split = PHONE_REGIONS.flatMap((region) => {
      const example = getExampleNumber(region as CountryCode, examples);
      const forms = example ? [example.formatNational(), example.formatInternational()] : [];
      const cells = forms.flatMap((form) =>
        ['/', ' / '].flatMap((slash) =>
          Array.from(form.matchAll(/[ -]/g), ({ index }) => form.slice(0, index) + slash + form.slice(index + 1)),
        ),
      );
      return cells.filter((cell) => valuesOf(cell, phonesOf(region)).length !== 1);
    });
    expect(split).toEqual([]);
  });

  it.each([
    ['LU', '4779 - 2200', '+35247792200'],
    ['LU', '4779/2200', '+35247792200'],
    ['AT', '50389 - 512953', '+4350389512953'],
    ['IN', '98480 / 22338', '+919848022338'],
  ])('is one number in %s where it is valid as it stands: %s', (country, cell, e164) => {
    expect(valuesOf(cell, phonesOf(country))).toEqual([e164]);
  });

  it('never becomes one number that nobody has when its halves are numbers, be they wrong or ambiguous', () => {
    expect(valuesOf('621234 / 621235', phonesOf('AT'))).toEqual([
      'refused: phone_unassigned',
      'refused: phone_unassigned',
    ]);
    expect(valuesOf('421903123456/421903123457', phonesOf('DE'))).toEqual([
      'refused: phone_ambiguous',
      'refused: phone_ambiguous',
    ]);
  });

  it('refuses each piece for itself where one of them is damaged', () => {
    expect(valuesOf('4.21E+11;0905123456', PHONES)).toEqual(['refused: phone_scientific', '+421905123456']);
  });

  it('is not split at the colon of a quoted address', () => {
    expect(valuesOf('"a:b"@c.sk:d@e.sk', EMAILS)).toEqual(['"a:b"@c.sk', 'd@e.sk']);
  });
});
