import isoCountries from 'i18n-iso-countries';
import { cleanText } from './clean-text.js';
import { AMBIGUOUS_NAMES, MORE_NAMES } from './country-names.js';
import { accept, type Normalised, refuse } from './normalised.js';
import type { WarningCode } from './warning-table.js';

/** A name that stops before the half that would say which country is meant. */
const HALF_GUINEA = /^(?:the\s+)?(?:republic\s+of\s+)?guinea\s*[-\u2010-\u2015\u2212,;:/\\|([&+_]\s*$/i;
const GUINEAS = ['GN', 'GW', 'GQ', 'PG'];
/** More characters than two names of any country together have. */
const LONGEST_NAME = 200;
/** The code of Namibia, and with any sign in or around it a way to write "not available". */
const NAMIBIA = /^na$/i;
/** What stands between a country's two names in one cell: "Slovakia (SK)", "SK - Slovakia", "Eswatini (formerly Swaziland)". */
const BETWEEN_NAMES = /[()[\],;/]|\s[-\u2010-\u2015]\s/;
const FORMERLY = /^(?:formerly|former|now|also)\s+/i;

/** Words as they are written short in lists of countries. */
const WHOLE_WORDS = new Map([
  ['st', 'saint'],
  ['rep', 'republic'],
  ['dem', 'democratic'],
  ['fed', 'federal'],
  ['is', 'islands'],
  ['island', 'islands'],
  ['gt', 'great'],
]);
/** Words that are no part of a name. */
const FILLERS = new Set(['the', 'and', 'of']);

const namesByCode = new Map(Object.entries(isoCountries.getNames('en', { select: 'all' })));
const ambiguousByKey = new Map(Object.entries(AMBIGUOUS_NAMES).map(([name, codes]) => [keyOf(name), codes]));

/** Parts of Saint Helena (SH in ISO 3166-1) that libphonenumber gives a numbering plan of their own; the name comes first. */
const PARTS_OF_SAINT_HELENA = {
  AC: ['Ascension Island', 'Ascension', 'AC', 'ASC'],
  TA: ['Tristan da Cunha', 'TA', 'TAA'],
};
const partNames = new Map(Object.entries(PARTS_OF_SAINT_HELENA));
const codesByKey = buildIndex();
const partsByKey = new Map([...partNames].flatMap(([code, names]) => names.map((name) => [keyOf(name), code])));

/**
 * Distinct spellings whose answer is kept, so that a file of one spelling is looked up once; and their most characters.
 * They are kept as copies: a cell is a part of the text of its file, which it would hold in memory.
 */
const REMEMBERED = 5000;
const LONGEST_REMEMBERED = 100;
const remembered = new Map<string, Normalised>();

/**
 * A country as ISO 3166-1 alpha-2 (and XK), from alpha-2, alpha-3 or an English name: official, common or former. Case,
 * spaces, diacritics, punctuation, "&"/"and", "The", "of", "St."/"Saint", "Rep."/"Republic" and inverted forms ("Korea,
 * Republic of") do not matter. A name that several countries bear is refused with the candidates.
 */
export function normaliseCountry(text: string): Normalised {
  const known = remembered.get(text);
  if (known) return known;
  const answer = lookUp(text);
  if (text.length > LONGEST_REMEMBERED) return answer;
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(Buffer.from(text).toString(), answer);
  return answer;
}

/**
 * The common English name of an alpha-2 code or phone region, one that no other country bears, for messages; the code
 * itself when it has none.
 */
export function countryName(code: string): string {
  const names = namesByCode.get(code) ?? partNames.get(code) ?? [];
  return names.find((name) => !/\bof\b|,/.test(name) && !ambiguousByKey.has(keyOf(name))) ?? names[0] ?? code;
}

/**
 * The region whose numbering plan completes the national numbers of a country that was read from `text`: the country
 * itself, except where a part of Saint Helena is named.
 */
export function phoneRegion(country: string, text: string): string {
  return (country === 'SH' && partsByKey.get(keyOf(text))) || country;
}

/** True for a code that `normaliseCountry` gives: ISO 3166-1 alpha-2 in upper case, or XK. */
export function isCountryCode(code: string): boolean {
  return namesByCode.has(code);
}

function lookUp(text: string): Normalised {
  const cleaned = cleanText(text);
  if (!cleaned.ok || cleaned.value === '') return cleaned;
  const { value, repairs } = cleaned;
  if (value.length > LONGEST_NAME) return refuse('invalid_country');
  if (HALF_GUINEA.test(value)) return ambiguous(GUINEAS);
  const inverted = value.includes(',') ? value.replace(/^([^,]*),(.*)$/s, '$2 $1') : value;
  for (const key of [keyOf(value), keyOf(inverted)]) {
    if (NAMIBIA.test(key) && !NAMIBIA.test(value)) return refuse('country_not_available');
    const candidates = ambiguousByKey.get(key);
    if (candidates) return ambiguous(candidates);
    const code = codesByKey.get(key);
    if (code !== undefined) return accept(code, repairs);
  }
  return fromBothNames(value, repairs) ?? refuse('invalid_country');
}

/** The one country that both names of a cell mean, also when one of them alone is ambiguous: "Korea (KR)". */
function fromBothNames(value: string, repairs: readonly WarningCode[]): Normalised | undefined {
  const names = value.split(BETWEEN_NAMES).map((name) => name.trim());
  const [one, other, ...more] = names.filter((name) => name !== '').map((name) => name.replace(FORMERLY, ''));
  if (one === undefined || other === undefined || more.length > 0) return undefined;
  const [ones, others] = [codesOf(one), codesOf(other)];
  const [code, ...further] = ones.filter((candidate) => others.includes(candidate));
  if (code !== undefined && further.length === 0) return accept(code, repairs);
  const several = [ones, others].find((codes) => codes.length > 1);
  return several && ambiguous(several);
}

/** The countries that a name or code may mean. */
function codesOf(name: string): readonly string[] {
  const key = keyOf(name);
  const code = codesByKey.get(key);
  return ambiguousByKey.get(key) ?? (code === undefined ? [] : [code]);
}

function ambiguous(codes: readonly string[]): Normalised {
  const candidates = codes.map((code) => `${countryName(code)} (${code})`).join(', ');
  return refuse('country_ambiguous', { candidates });
}

function buildIndex(): Map<string, string> {
  const index = new Map<string, string>();
  const add = (name: string, code: string): void => {
    const key = keyOf(name);
    if (key !== '') index.set(key, code);
  };
  for (const [name, code] of allNames()) add(name, code);
  for (const name of Object.values(PARTS_OF_SAINT_HELENA).flat()) add(name, 'SH');
  for (const [alpha3, alpha2] of Object.entries(isoCountries.getAlpha3Codes())) add(alpha3, alpha2);
  for (const alpha2 of namesByCode.keys()) add(alpha2, alpha2);
  for (const [name, code] of allNames()) {
    for (const key of withoutSpaces(name)) if (!index.has(key) && !ambiguousByKey.has(key)) index.set(key, code);
  }
  return index;
}

function* allNames(): Iterable<readonly [name: string, code: string]> {
  for (const [code, names] of namesByCode) for (const name of names) yield [name, code];
  for (const [code, names] of Object.entries(MORE_NAMES)) for (const name of names.split('|')) yield [name, code];
}

/** A name as one word, for cells that have it so: "TrinidadAndTobago", "StLucia". */
function withoutSpaces(name: string): readonly string[] {
  return [name, name.replace(/\bSaint\b/g, 'St')].map((spelling) => keyOf(spelling.replace(/[\s-]+/g, '')));
}

/**
 * What is left of a name when nothing counts but its letters; "the", "and" and "of" are no part of it and "St." is
 * "Saint", except alone: ST and AND are codes.
 */
function keyOf(name: string): string {
  const words = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/(?<=\p{L}{2})\.(?=\p{L}{2})/gu, ' ')
    .replace(/['’`.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ');
  if (words.length === 1) return words[0] ?? '';
  return words
    .filter((word) => !FILLERS.has(word))
    .map((word) => WHOLE_WORDS.get(word) ?? word)
    .join('');
}
