import examples from 'libphonenumber-js/mobile/examples';
import {
  type CountryCode,
  getExampleNumber,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import metadataJson from 'libphonenumber-js/max/metadata';
import { describe, expect, it } from 'vitest';
import { PHONE_REGIONS, planOfRegion } from './numbering-plan.js';
import { strictPhone } from './phone.js';

/** Enough default countries to meet every kind of trunk prefix, calling code and way to dial abroad. */
const DEFAULTS = ['SK', 'US', 'DE', 'IT', 'BR', 'AR', 'JP', 'RU', 'GB', 'MX', 'HU', 'AU'];

/** A number of each type (fixed line, mobile, toll free, ...) that matches a region's own patterns. */
function examplesOf(region: string): PhoneNumber[] {
  const mobile = getExampleNumber(region as CountryCode, examples);
  const countries = (metadataJson as unknown as { countries: Record<string, unknown[]> }).countries;
  const [callingCode, , general] = countries[region] as [string, unknown, string];
  const types = ((countries[region]?.[11] || []) as ([string] | 0)[]).flatMap((type) => (type && type[0]) || []);
  const made = [general, ...types].flatMap((pattern) => {
    const number = parsePhoneNumberFromString(`+${callingCode}${matchOf(pattern)}`);
    return number ? [number] : [];
  });
  return mobile ? [mobile, ...made] : made;
}

/** Some text that a pattern of the metadata (groups, classes, digits, counts) matches: always its first choice. */
function matchOf(pattern: string): string {
  let rest = pattern;
  const alternatives = (): string => {
    let first = sequence();
    while (rest.startsWith('|')) {
      rest = rest.slice(1);
      const other = sequence();
      if (first === '') first = other;
    }
    return first;
  };
  const sequence = (): string => {
    let text = '';
    while (rest !== '' && !rest.startsWith('|') && !rest.startsWith(')')) {
      const atom = readAtom();
      text += atom.repeat(readCount());
    }
    return text;
  };
  const readAtom = (): string => {
    if (rest.startsWith('(?:')) {
      rest = rest.slice(3);
      const inner = alternatives();
      rest = rest.slice(1);
      return inner;
    }
    const [atom = ''] = /^(?:\[[^\]]*\]|\\d|.)/.exec(rest) ?? [];
    rest = rest.slice(atom.length);
    if (atom === '\\d') return '3';
    return atom.startsWith('[') ? atom.charAt(1) : atom;
  };
  const readCount = (): number => {
    const [count = '', lowest] = /^(?:\{(\d+)(?:,\d*)?\}|\?)/.exec(rest) ?? [];
    rest = rest.slice(count.length);
    return count === '?' ? 0 : Number(lowest ?? 1);
  };
  return alternatives();
}

function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return Math.floor((state / 2147483647) * below);
  };
}

function spellings(number: PhoneNumber): string[] {
  const { number: e164, nationalNumber, countryCallingCode } = number;
  const national = number.formatNational();
  return [
    e164,
    e164.slice(1),
    number.formatInternational(),
    number.formatInternational().replaceAll(' ', '-'),
    number.formatInternational().replaceAll(' ', '.'),
    national,
    national.replace(/\D/g, ''),
    national.replace(/\D+/g, ' '),
    nationalNumber,
    `0${nationalNumber}`,
    `8${nationalNumber}`,
    `1${nationalNumber}`,
    `00${countryCallingCode}${nationalNumber}`,
    `011 ${countryCallingCode} ${nationalNumber}`,
    `+${countryCallingCode} (0)${nationalNumber}`,
    `+${countryCallingCode}/${nationalNumber}`,
    `(${countryCallingCode}) ${nationalNumber}`,
    nationalNumber.slice(0, -1),
    `${e164}3`,
    `${nationalNumber}7`,
    `+${nationalNumber}`,
    nationalNumber.slice(1),
  ];
}

function library(text: string, country: string): string | undefined {
  const number = parsePhoneNumberFromString(text, country as CountryCode);
  return number?.isValid() ? number.number : undefined;
}

function disagreements(texts: Iterable<string>, countries: readonly string[]): string[] {
  const found: string[] = [];
  for (const text of texts) {
    for (const country of countries) {
      const ours = strictPhone(text, country)?.e164;
      const theirs = library(text, country);
      if (ours !== theirs) found.push(`${text} in ${country}: ours ${ours}, libphonenumber-js ${theirs}`);
    }
  }
  return found;
}

describe('the fast reading of phone numbers', () => {
  it('knows the 245 regions of libphonenumber-js, with a number of each', () => {
    expect(PHONE_REGIONS).toHaveLength(245);
    expect(PHONE_REGIONS.filter((region) => examplesOf(region).length === 0)).toEqual([]);
  });

  it('says what libphonenumber-js says, for numbers of every type and region in 22 spellings and 13 countries', () => {
    const found = PHONE_REGIONS.flatMap((region) => {
      const texts = new Set(examplesOf(region).slice(0, 6).flatMap(spellings));
      return disagreements(texts, [region]);
    });
    expect(found).toEqual([]);
    const abroad = PHONE_REGIONS.flatMap((region) => {
      const texts = new Set(examplesOf(region).slice(0, 3).flatMap(spellings));
      return disagreements(texts, DEFAULTS);
    });
    expect(abroad).toEqual([]);
  }, 120_000);

  it('says what libphonenumber-js says for numbers of services that belong to no region', () => {
    const services = [
      '+80012345678',
      '+808 1234 5678',
      '+870 773 111 632',
      '+881612345678',
      '+8835101234567',
      '+979123456789',
    ];
    expect(disagreements(services, DEFAULTS)).toEqual([]);
  });

  it('says what libphonenumber-js says for random digits of about the right length in every region', () => {
    const random = randomNumbers(20);
    const found = PHONE_REGIONS.flatMap((region) => {
      const plan = planOfRegion(region);
      const texts = Array.from({ length: 250 }, () => {
        const length = Math.max(2, (plan?.lengths[random(plan.lengths.length)] ?? 9) - 1 + random(3));
        const digits = Array.from({ length }, () => random(10)).join('');
        const before = ['', '+', '0', plan?.trunkPrefix ?? '', plan?.callingCode ?? '', `+${plan?.callingCode}`][
          random(6)
        ];
        return `${before}${digits}`;
      });
      return disagreements(texts, [region]);
    });
    expect(found).toEqual([]);
  }, 60_000);

  it('completes nothing where the country has no numbering plan', () => {
    expect(strictPhone('0903 123 456', 'AQ')).toBeUndefined();
    expect(strictPhone('+421 903 123 456', 'AQ')?.e164).toBe('+421903123456');
  });
});
