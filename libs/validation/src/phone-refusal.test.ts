import { describe, expect, it } from 'vitest';
import { describeIssue } from './issue-table.js';
import { normalisePhone } from './phone.js';

/** `code: message` of a refused number. */
function refusal(text: string, country: string): string {
  const result = normalisePhone(text, country);
  if (result.ok) return `taken: ${result.value}`;
  const { code, message } = describeIssue(result.kind, 'phone', text, result.facts);
  return `${code}: ${message}`;
}

describe('a phone number that is refused', () => {
  it.each([
    [
      '+421 905 12',
      'phone_too_short: "+421 905 12" has too few digits for a phone number with +421: 5 after it, where 6, 7 or 9 are needed.',
    ],
    [
      '00421 905 12',
      'phone_too_short: "00421 905 12" has too few digits for a phone number with +421: 5 after it, where 6, 7 or 9 are needed.',
    ],
    [
      '+4219051234567',
      'phone_too_long: "+4219051234567" has too many digits for a phone number with +421: 10 after it, where 6, 7 or 9 are needed.',
    ],
    [
      '+421 905 12345',
      'invalid_phone: "+421 905 12345" has a wrong number of digits for a phone number with +421: 8 after it, where 6, 7 or 9 are needed.',
    ],
    [
      '+1 212 055 0123',
      'invalid_phone: "+1 212 055 0123" has as many digits as a phone number with +1, but numbers that begin like this are not assigned.',
    ],
    [
      '+999123456789',
      'invalid_phone: "+999123456789" is written in international form, and no country has the calling code that it begins with.',
    ],
    [
      '+290 1',
      'phone_too_short: "+290 1" has too few digits for a phone number with +290: 1 after it, where 4 or 5 are needed.',
    ],
    [
      '+800 123',
      'phone_too_short: "+800 123" has too few digits for a phone number with +800: 3 after it, where 8 are needed.',
    ],
    [
      '+421 903 123 456 +421 904 123 456',
      'invalid_phone: "+421 903 123 456 +421 904 123 456" holds more than one number, and no colon between them.',
    ],
    ['+९१ ९८७६५ ४३२१०', 'invalid_phone: "+९१ ९८७६५ ४३२१०" is written in digits that are not read.'],
  ])('says the true reason and no default country when it is international: %s', (text, expected) => {
    for (const country of ['DE', 'SK', 'US', 'AQ']) expect(refusal(text, country)).toBe(expected);
  });

  it.each([
    [
      '12',
      'SK',
      'phone_too_short: "12" has too few digits for a phone number in Slovakia: 2, where 6, 7 or 9 are needed.',
    ],
    [
      '0905 12',
      'SK',
      'phone_too_short: "0905 12" has too few digits for a phone number in Slovakia: 5 without the leading 0, where 6, 7 or 9 are needed.',
    ],
    [
      '0905 123 4567',
      'SK',
      'phone_too_long: "0905 123 4567" has too many digits for a phone number in Slovakia: 10 without the leading 0, where 6, 7 or 9 are needed.',
    ],
    [
      '012',
      'DE',
      'phone_too_short: "012" has too few digits for a phone number in Germany: 2 without the leading 0, where 4 to 15 are needed.',
    ],
    [
      '055 123 4567',
      'US',
      'invalid_phone: "055 123 4567" has as many digits as a phone number in United States, but numbers that begin like this are not assigned.',
    ],
    [
      '0903123456',
      'AQ',
      'invalid_phone: "0903123456" is not a valid phone number, neither in Antarctica nor in international form.',
    ],
    ['0905+123456', 'SK', 'invalid_phone: "0905+123456" holds letters or signs that do not belong in a phone number.'],
    ['a@b.sk c@d.sk', 'SK', 'phone_is_email: "a@b.sk c@d.sk" is an e-mail address in a phone column.'],
  ])('says the true reason when it is national: %s in %s', (text, country, expected) => {
    expect(refusal(text, country)).toBe(expected);
  });

  it.each(['1 ', '1 - ', '9', '+1 ', '00 '])('is told by its length when it is a long text of %j', (piece) => {
    const text = piece.repeat(90_000 / piece.length);
    expect(refusal(text, 'SK')).toMatch(/^phone_too_long: .* is a text of [5-9]\d{4} characters, far more than/);
  });

  it.each(['4.21901E+11', '421901E+6', '42.1901E+10', '4,2e11'])('is scientific notation: %s', (text) => {
    expect(refusal(text, 'SK')).toMatch(/^phone_scientific: /);
  });
});
