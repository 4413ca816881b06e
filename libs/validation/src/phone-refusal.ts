import { countryName } from './country.js';
import { normaliseEmail } from './email.js';
import { type Refused, refuse } from './normalised.js';
import { planOfRegion, plansSharing } from './numbering-plan.js';
import { planOfInternational, withoutPrefix } from './phone-number.js';

/** Characters that the library reads as part of one number when they are not letters. */
export const PHONE_CHARACTERS = /^[+\d\s()[\].\/~\u2010-\u2015\u2212\u30fc-]*$/;
/** A number as a spreadsheet shows a long one. */
export const SCIENTIFIC = /^(\d+)(?:[.,](\d+))?[eE]\+?(\d{1,3})$/;
/** Characters of a text that libphonenumber-js looks at. */
export const LONGEST_TEXT = 250;
const INTERNATIONAL = /^\D*(?:\+|00)\D*/;
const EMAIL_REFUSALS: readonly string[] = ['email_several', 'email_with_name'];

/** True for what stands for one number although it may be no valid one: five digits at least, or known damage. */
export function resemblesPhone(text: string): boolean {
  return /(?:\d\D*){5}/.test(text) || text.includes('@') || SCIENTIFIC.test(text);
}

/** Why a text that no repair makes a valid number is refused. `country` (alpha-2) is told of national numbers only. */
export function phoneRefusal(text: string, country: string): Refused {
  if (SCIENTIFIC.test(text)) return refuse('phone_scientific');
  if (text.includes('@') && holdsEmail(text)) return refuse('phone_is_email');
  if (text.length > LONGEST_TEXT) return refuse('phone_long_text', { length: text.length });
  if (!/\d/.test(text)) return refuse(/\p{Nd}/u.test(text) ? 'phone_other_digits' : 'phone_no_digits');
  if (!PHONE_CHARACTERS.test(text)) return refuse('phone_with_words');
  if (text.lastIndexOf('+') > text.search(/\d/)) return refuse(isSeveral(text) ? 'phone_several' : 'phone_with_words');
  return INTERNATIONAL.test(text) ? internationalRefusal(text) : nationalRefusal(text, country);
}

/** Several numbers, each with its +. */
function isSeveral(text: string): boolean {
  const [before = '', ...numbers] = text.split('+');
  return [before, ...numbers].filter((number) => /(?:\d\D*){5}/.test(number)).length > 1;
}

function holdsEmail(text: string): boolean {
  const email = normaliseEmail(text);
  return email.ok || EMAIL_REFUSALS.includes(email.kind);
}

function internationalRefusal(text: string): Refused {
  const digits = text.replace(INTERNATIONAL, '').replace(/\D+/g, '');
  const plan = planOfInternational(digits);
  if (!plan) return refuse('phone_unknown_code');
  const plans = plansSharing(plan.callingCode);
  const lengths = plans.length === 0 ? plan.lengths : plans.flatMap((region) => region.lengths);
  const count = digits.length - plan.callingCode.length;
  return byLength(count, lengths, { place: `with +${plan.callingCode}`, digits: `${count} after it` });
}

function nationalRefusal(text: string, country: string): Refused {
  const plan = planOfRegion(country);
  if (!plan) return refuse('invalid_phone', { country: countryName(country) });
  const digits = text.replace(/\D+/g, '');
  const national = withoutPrefix(digits, plan);
  const prefix = digits.endsWith(national) ? digits.slice(0, digits.length - national.length) : '';
  const counted = prefix === '' ? `${national.length}` : `${national.length} without the leading ${prefix}`;
  return byLength(national.length, plan.lengths, { place: `in ${countryName(country)}`, digits: counted });
}

function byLength(count: number, possible: readonly number[], facts: { place: string; digits: string }): Refused {
  const lengths = [...new Set(possible)].sort((one, other) => one - other);
  const [shortest = 0, longest = 0] = [lengths[0], lengths.at(-1)];
  const told = { ...facts, lengths: inWords(lengths) };
  if (count < shortest) return refuse('phone_too_short', told);
  if (count > longest) return refuse('phone_too_long', told);
  return refuse(lengths.includes(count) ? 'phone_unassigned' : 'phone_wrong_length', told);
}

/** "6, 7 or 9", and "4 to 15" when none between is left out. */
function inWords(lengths: readonly number[]): string {
  const [first = 0, last = 0] = [lengths[0], lengths.at(-1)];
  if (lengths.length > 2 && last - first === lengths.length - 1) return `${first} to ${last}`;
  return lengths.length < 2 ? `${first}` : `${lengths.slice(0, -1).join(', ')} or ${last}`;
}
