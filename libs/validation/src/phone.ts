import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { CountryCode } from 'libphonenumber-js/max';
import { cleanAddress, trimPlain } from './clean-text.js';
import { accept, type Normalised, refuse } from './normalised.js';
import { planOfRegion } from './numbering-plan.js';
import { e164OfDigits, isWrittenWithTrunkPrefix } from './phone-number.js';
import { LONGEST_TEXT, PHONE_CHARACTERS, phoneRefusal, SCIENTIFIC } from './phone-refusal.js';
import type { WarningCode } from './warning-table.js';

/** What needs no library: digits with usual punctuation and at most one leading plus; three digits at least. */
const PLAIN = /^\+?(?:[ ().\/-]*\d){3}[\d ().\/-]*$/;
const NOT_A_DIGIT = /\D+/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
/** What the library takes for an extension although it is as long as a phone number: a second one, mistyped. */
const LIKE_ANOTHER_NUMBER = /[;,]\s*\d{6,}\s*#?$/;
/**
 * A whole number that a program wrote as a fraction. A dot before two zeros may be punctuation, unless the number lost
 * its first character.
 */
const DECIMAL = /^([+(]*\d[\d ()\/-]{4,}(?=(?:\.0|,00?)$)|[1-9]\d{4,})[.,]00?$/;
/** A number that can have lost its first characters in a spreadsheet: digits and nothing else. */
const BARE_DIGITS = /^[1-9]\d*$/;
/** The international prefix written twice, as + and 00 or as two +. */
const DOUBLED_PREFIX = /^\+[\s(]*(?:\+|00)[\s(]*(?=[1-9])/;
const FROM_ABROAD = /^00[\s(-]*[1-9]/;
/** Digits below which what is missing cannot be told from a mistyped or incomplete number. */
const LEAST_DIGITS: Partial<Record<WarningCode, number>> = { lost_plus: 10, lost_zero: 8 };

/** What the strict reading of a number found, with the repairs that the reading itself made. */
interface Reading {
  readonly e164: string;
  readonly hasExtension: boolean;
}

/**
 * One phone number in E.164. `country` (alpha-2) completes a national one. libphonenumber-js/max is the authority;
 * what it refuses is repaired only when exactly one repair makes a valid number. Extensions are dropped with a warning.
 */
export function normalisePhone(text: string, country: string): Normalised {
  const trimmed = trimPlain(text);
  if (PLAIN.test(trimmed) && !(trimmed.includes('.') && DECIMAL.test(trimmed))) {
    const e164 = plainNumber(trimmed, country);
    if (e164 !== undefined) return accepted(trimmed, e164, country, []);
  }
  const cleaned = cleanAddress(trimmed.replace(FULL_WIDTH, asciiForm));
  if (!cleaned.ok || cleaned.value === '') return cleaned;
  const repairs = [...cleaned.repairs];
  const number = withoutMarks(cleaned.value, repairs);
  const reading = strictPhone(number, country);
  if (!reading) return repaired(number, country, repairs);
  if (reading.hasExtension) repairs.push('extension_dropped');
  return accepted(number, reading.e164, country, repairs);
}

/** What libphonenumber-js/max takes for a valid number, as it stands: no repair beyond the library's own reading. */
export function strictPhone(text: string, country: string): Reading | undefined {
  if (PLAIN.test(text)) {
    const e164 = plainNumber(text, country);
    return e164 === undefined ? undefined : { e164, hasExtension: false };
  }
  const parsed = parsePhoneNumberFromString(text, country as CountryCode);
  if (!parsed?.isValid()) return undefined;
  const hasExtension = Boolean(parsed.ext);
  if (hasExtension && LIKE_ANOTHER_NUMBER.test(text)) return undefined;
  if (/^[^+\d]*\p{L}/u.test(text) || (!hasExtension && !PHONE_CHARACTERS.test(text))) return undefined;
  return { e164: parsed.number, hasExtension };
}

function plainNumber(text: string, country: string): string | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const isInternational = text.startsWith('+');
  return e164OfDigits(text.replace(NOT_A_DIGIT, ''), isInternational, country);
}

/** Takes off what is no part of the number: link prefix, text mark, foreign digits, a decimal, full scientific form. */
function withoutMarks(text: string, repairs: WarningCode[]): string {
  let number = asciiDigits(text);
  const take = (pattern: RegExp, code: WarningCode): void => {
    const next = number.replace(pattern, '$1').trim();
    if (next !== number && next !== '') {
      number = next;
      repairs.push(code);
    }
  };
  take(/^(?:tel|callto):(?:\/\/)?()/i, 'link_prefix');
  take(/^['’](?=[+\d(])()/, 'text_mark');
  take(DECIMAL, 'trailing_decimal');
  const whole = fullDigitsOf(number);
  if (whole !== undefined) repairs.push('expanded_number');
  return whole ?? number;
}

/** A full-width sign, as East Asian keyboards type numbers, in ASCII. */
function asciiForm(sign: string): string {
  return String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
}

/** Arabic-Indic digits as ASCII, any white space as a space. */
function asciiDigits(text: string): string {
  const spaced = text.replace(/\s+/g, ' ');
  return spaced.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** The digits of a scientific form that has all of them; undefined for any other text. */
function fullDigitsOf(text: string): string | undefined {
  const [, first = '', rest = '', exponent] = SCIENTIFIC.exec(text) ?? [];
  return rest.length > 0 && rest.length === Number(exponent) ? first + rest : undefined;
}

function accepted(text: string, e164: string, country: string, repairs: WarningCode[]): Normalised {
  const abroad = fromAbroad(text, country);
  if (abroad !== undefined && abroad !== e164) return ambiguous([abroad, e164]);
  const lost = lostBeforeReading(text, e164, country);
  if (lost === undefined) return accept(e164, repairs);
  const others = [...readingsOf(text, country).keys()].filter((other) => other !== e164);
  return others.length > 0 ? ambiguous([...others, e164]) : accept(e164, [...repairs, lost]);
}

/** The number that a text beginning with 00 is, dialled from most countries: in a few, 00 begins something else. */
function fromAbroad(text: string, country: string): string | undefined {
  return FROM_ABROAD.test(text) ? strictPhone(text.replace('00', '+'), country)?.e164 : undefined;
}

/** What a bare number lacks although the library understood it without: the plus, or the trunk zero. */
function lostBeforeReading(text: string, e164: string, country: string): WarningCode | undefined {
  if (!BARE_DIGITS.test(text)) return undefined;
  const plan = planOfRegion(country);
  if (!plan) return undefined;
  const { callingCode, trunkPrefix } = plan;
  if (e164 === `+${text}`) return trunkPrefix === callingCode ? undefined : 'lost_plus';
  const isNational = trunkPrefix === '0' && e164 === `+${callingCode}${text}`;
  return isNational && isWrittenWithTrunkPrefix(text, plan) ? 'lost_zero' : undefined;
}

/** The number after the only repair that makes it valid, else why it is refused. */
function repaired(number: string, country: string, repairs: readonly WarningCode[]): Normalised {
  const found = readingsOf(number, country);
  if (found.size > 1) return ambiguous([...found.keys()]);
  const [only] = found;
  const isLongEnough = only && number.length >= (LEAST_DIGITS[only[1]] ?? 0);
  return isLongEnough ? accept(only[0], [...repairs, only[1]]) : phoneRefusal(number, country);
}

function ambiguous(candidates: readonly string[]): Normalised {
  return refuse('phone_ambiguous', { candidates: candidates.join(', ') });
}

/** Every valid number that a repair makes of a text, with the first repair that makes it. */
function readingsOf(text: string, country: string): Map<string, WarningCode> {
  const found = new Map<string, WarningCode>();
  for (const [candidate, code] of candidates(text)) {
    const reading = strictPhone(candidate, country);
    if (reading && !found.has(reading.e164)) found.set(reading.e164, code);
  }
  return found;
}

function* candidates(number: string): Iterable<[string, WarningCode]> {
  if (/\d\.00$/.test(number)) yield [number.slice(0, -3), 'trailing_decimal'];
  if (/^(?:\+|00)/.test(number) && /\(0\)/.test(number)) {
    yield [number.replace(/\(0\)/, '').replace(/^00/, '+'), 'trunk_zero'];
  }
  if (DOUBLED_PREFIX.test(number)) yield [number.replace(DOUBLED_PREFIX, '+'), 'international_prefix'];
  if (FROM_ABROAD.test(number)) yield [number.replace(/^00/, '+'), 'international_prefix'];
  if (!BARE_DIGITS.test(number)) return;
  yield [`+${number}`, 'lost_plus'];
  yield [`0${number}`, 'lost_zero'];
}
