import fc from 'fast-check';
import examples from 'libphonenumber-js/mobile/examples';
import { type CountryCode, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { PHONE_REGIONS } from './numbering-plan.js';
import { normalisePhone, strictPhone } from './phone.js';

/** `value` with the repairs, or `refused: kind`. */
function read(text: string, country = 'SK'): string {
  const result = normalisePhone(text, country);
  return result.ok ? [result.value, ...result.repairs].join(' ') : `refused: ${result.kind}`;
}

/** True for a repaired number that libphonenumber-js could have understood otherwise too. */
function isRepairedAtWill(text: string, country: string): boolean {
  const result = normalisePhone(text, country);
  if (!result.ok || result.repairs.length === 0) return false;
  const readings = [text, `+${text}`, `0${text}`].map((form) =>
    parsePhoneNumberFromString(form, country as CountryCode),
  );
  return readings.some((reading) => reading?.isValid() && reading.number !== result.value);
}

describe('a phone number', () => {
  it.each([
    ['0903 123 456', '+421903123456'],
    ['00421 903 123 456', '+421903123456'],
    ['+421 (0)903/123-456', '+421903123456'],
    ['(+421) 903 123 456', '+421903123456'],
    ['０９０３１２３４５６', '+421903123456'],
    ['＋４２１９０３１２３４５６', '+421903123456'],
    ['٠٩٠٣١٢٣٤٥٦', '+421903123456'],
    ['+420 (0)777 123 456', '+420777123456 trunk_zero'],
    ['+421903123456 ext. 12', '+421903123456 extension_dropped'],
    ['+421903123456x12', '+421903123456 extension_dropped'],
    ['tel:+421903123456', '+421903123456 link_prefix'],
    ["'0903123456", '+421903123456 text_mark'],
    ['="00421903123456"', '+421903123456 excel_formula'],
    ['+421\u00a0903\u00a0123\u200b456', '+421903123456 invisible_characters'],
    ['421903123456', '+421903123456 lost_plus'],
    ['420777123456', '+420777123456 lost_plus'],
    ['903123456', '+421903123456 lost_zero'],
    ['903123456.0', '+421903123456 trailing_decimal lost_zero'],
    ['421903123456.0', '+421903123456 trailing_decimal lost_plus'],
    ['421903123456,00', '+421903123456 trailing_decimal lost_plus'],
    ['903123456.00', '+421903123456 trailing_decimal lost_zero'],
    ['0903123456,0', '+421903123456 trailing_decimal'],
    ['0903123456.00', '+421903123456 trailing_decimal'],
    ['+421 903 123 456.0', '+421903123456 trailing_decimal'],
    ['42.1903123456E+10', '+421903123456 expanded_number lost_plus'],
    ['4.21903123456E+11', '+421903123456 expanded_number lost_plus'],
    ['4,21903123456e+011', '+421903123456 expanded_number lost_plus'],
  ])('is understood: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['4.21901E+11', 'refused: phone_scientific'],
    ['4,21901E+11', 'refused: phone_scientific'],
    ['4.21901e+011', 'refused: phone_scientific'],
    ['call me', 'refused: phone_no_digits'],
    ['12', 'refused: phone_too_short'],
    ['0903123456 Anna', 'refused: phone_with_words'],
    ['Anna 0903123456 ext 1', 'refused: phone_with_words'],
    ['0903123456*', 'refused: phone_with_words'],
    ['anna@firma.sk', 'refused: phone_is_email'],
    ['+4219031234567890123', 'refused: phone_too_long'],
    ['+421 123', 'refused: phone_too_short'],
    ['0903\u0007123456', 'refused: control_character'],
  ])('is refused with its own reason: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('is read with 00 for abroad also where people dial another prefix', () => {
    expect(read('00421903123456', 'US')).toBe('+421903123456 international_prefix');
    expect(read('011421903123456', 'US')).toBe('+421903123456');
  });

  it('is ambiguous where 00 begins another valid number than it does in most countries', () => {
    expect(normalisePhone('0016492319170', 'AU')).toEqual({
      ok: false,
      kind: 'phone_ambiguous',
      facts: { candidates: '+16492319170, +492319170' },
    });
    expect(read('0014155552671', 'AU')).toBe('+14155552671 international_prefix');
  });

  it.each(['+00421903123456', '++421 903 123 456', '+ 00 421903123456'])(
    'has one prefix although it is written twice: %s',
    (text) => {
      for (const country of ['SK', 'US']) expect(read(text, country)).toBe('+421903123456 international_prefix');
    },
  );

  it('has lost no zero where people write it without one', () => {
    expect(read('12025550123', 'US')).toBe('+12025550123');
    expect(read('9812345678', 'IN')).toBe('+919812345678');
    expect(read('612345678', 'FR')).toBe('+33612345678 lost_zero');
    expect(read('698765432', 'IT')).toBe('+390698765432 lost_zero');
    expect(read('89123456789', 'RU')).toBe('+79123456789');
    expect(read('79123456789', 'RU')).toBe('+79123456789 lost_plus');
  });

  it('is refused when it begins with its own calling code and could have lost a zero as well as the plus', () => {
    expect(normalisePhone('4915123456789', 'DE')).toEqual({
      ok: false,
      kind: 'phone_ambiguous',
      facts: { candidates: '+4915123456789, +494915123456789' },
    });
    expect(read('04915123456789', 'DE')).toBe('+494915123456789');
    expect(read('+4915123456789', 'DE')).toBe('+4915123456789');
    expect(read('1701234567', 'DE')).toBe('+491701234567 lost_zero');
  });

  it('is refused when it has lost the plus of any country, or else a zero', () => {
    for (const [text, candidates] of [
      ['421903123456', '+421903123456, +49421903123456'],
      ['15123456789', '+15123456789, +4915123456789'],
      ['421903123456.0', '+421903123456, +49421903123456'],
    ] as const) {
      expect(normalisePhone(text, 'DE')).toEqual({ ok: false, kind: 'phone_ambiguous', facts: { candidates } });
    }
  });

  it('is too short to have lost a plus below ten digits, or a zero below eight', () => {
    expect(read('376312345', 'US')).toBe('refused: phone_too_short');
    expect(read('4520123456', 'US')).toBe('+4520123456 lost_plus');
    expect(read('2123456', 'IT')).toBe('refused: phone_unassigned');
    expect(read('21234567', 'IT')).toBe('+39021234567 lost_zero');
  });

  it('has one reading only, by libphonenumber-js, wherever something was lost, in every region', () => {
    const several = PHONE_REGIONS.flatMap((region) => {
      const example = getExampleNumber(region as CountryCode, examples);
      const texts = example ? [example.number.slice(1), example.nationalNumber] : [];
      return texts.flatMap((text) => PHONE_REGIONS.filter((country) => isRepairedAtWill(text, country)));
    });
    expect(several).toEqual([]);
  }, 120_000);

  it('is refused with the candidates when two repairs are possible', () => {
    expect(normalisePhone('6561234567', 'IT')).toEqual({
      ok: false,
      kind: 'phone_ambiguous',
      facts: { candidates: '+6561234567, +3906561234567' },
    });
  });

  it('is refused when a second, mistyped number follows it, and taken when an extension does', () => {
    expect(read('0903123456;090412345')).toBe('refused: phone_with_words');
    expect(read('0903123456,,12')).toBe('+421903123456 extension_dropped');
  });

  const looksLikePhone = fc.stringMatching(/^[+0]?[\d ()./\u00a0,;xE-]{0,24}$/);

  it('never throws, and what it gives is valid and stays as it is', () => {
    const text = fc.oneof(looksLikePhone, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, fc.constantFrom(...PHONE_REGIONS, 'AQ'), (cell, country) => {
        const result = normalisePhone(cell, country);
        if (!result.ok || result.value === '') return;
        expect(result.value).toMatch(/^\+[1-9]\d{3,18}$/);
        expect(strictPhone(result.value, country)?.e164).toBe(result.value);
        expect(normalisePhone(result.value, country)).toEqual({ ok: true, value: result.value, repairs: [] });
      }),
      { numRuns: 3000, seed: 20 },
    );
  });
});
