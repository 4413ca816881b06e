import fc from 'fast-check';
import isoCountries from 'i18n-iso-countries';
import { describe, expect, it } from 'vitest';
import { AMBIGUOUS_NAMES, MORE_NAMES } from './country-names.js';
import { isCountryCode, normaliseCountry } from './country.js';

function read(text: string): string {
  const result = normaliseCountry(text);
  return result.ok ? result.value : `refused: ${result.kind} ${result.facts?.['candidates'] ?? ''}`.trim();
}

describe('a country', () => {
  it('is known by both codes and every name of i18n-iso-countries, in any case and spacing', () => {
    const wrong: string[] = [];
    for (const [alpha2, names] of Object.entries(isoCountries.getNames('en', { select: 'all' }))) {
      const alpha3 = isoCountries.alpha2ToAlpha3(alpha2) ?? '';
      const unambiguous = names.filter((name) => name !== 'Congo');
      for (const name of [alpha2, alpha3, ...unambiguous]) {
        const spellings = [name, name.toLowerCase(), ` ${name.toUpperCase()}  `, name.replaceAll(' ', '   ')];
        const others = [name.replace(' and ', ' & '), name.replace('Saint ', 'St. '), name.normalize('NFD')];
        wrong.push(...[...spellings, ...others].filter((text) => read(text) !== alpha2));
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is known by every further name of ours, each meaning one country', () => {
    const wrong = Object.entries(MORE_NAMES).flatMap(([code, names]) =>
      names.split('|').filter((name) => read(name) !== code),
    );
    expect(wrong).toEqual([]);
  });

  it('is known by every name that browsers and phones show', () => {
    const wrong = Object.keys(isoCountries.getAlpha2Codes()).flatMap((code) =>
      (['long', 'short'] as const).flatMap((style) => {
        const name = new Intl.DisplayNames('en', { type: 'region', style }).of(code) ?? '';
        return read(name) === code || read(name).startsWith('refused: country_ambiguous') ? [] : [name];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['United States of America', 'US'],
    ['U. S. A.', 'US'],
    ['Great Britain', 'GB'],
    ['Trinidad & Tobago', 'TT'],
    ['Bahamas, The', 'BS'],
    ['Korea, Republic of', 'KR'],
    ['Macedonia, the former Yugoslav Republic of', 'MK'],
    ['St Kitts & Nevis', 'KN'],
    ['Cote d’Ivoire', 'CI'],
    ['Burma', 'MM'],
    ['AND', 'AD'],
    ['ST', 'ST'],
    ['Guinea', 'GN'],
    ['St.Lucia', 'LC'],
    ['Congo, Dem. Rep.', 'CD'],
    ['Congo, Rep.', 'CG'],
    ['Korea, Dem. People’s Rep.', 'KP'],
    ['Egypt, Arab Rep.', 'EG'],
    ['Solomon Is.', 'SB'],
    ['Slovakia (Slovak Republic)', 'SK'],
    ['SK - Slovakia', 'SK'],
    ['Eswatini (formerly Swaziland)', 'SZ'],
    ['Slovakia / Czechia', 'refused: invalid_country'],
    ['na', 'NA'],
    ['ＮＡ', 'NA'],
    ['Namibia (NA)', 'NA'],
    ['St. Maarten', 'SX'],
    ['Saint Maarten', 'SX'],
    ['St. Eustatius', 'BQ'],
    ['Gold Coast', 'GH'],
    ['DPR Korea', 'KP'],
    ['Norfolk Is.', 'NF'],
    ['Christmas Is.', 'CX'],
    ['Virgin Is. (British)', 'VG'],
    ['N. Macedonia', 'MK'],
    [
      'Dutch Antilles',
      'refused: country_ambiguous Bonaire, Sint Eustatius and Saba (BQ), Curaçao (CW), Sint Maarten (Dutch part) (SX)',
    ],
    ['United Arab Republic', 'refused: country_ambiguous Egypt (EG), Syrian Arab Republic (SY)'],
    ['New Guinea', 'refused: country_ambiguous Papua New Guinea (PG), Indonesia (ID)'],
    ['Korea (KR)', 'KR'],
    ['CG - Congo', 'CG'],
    ['Korea (SK)', 'refused: country_ambiguous South Korea (KR), North Korea (KP)'],
    ['StLucia', 'LC'],
    ['TrinidadandTobago', 'TT'],
    ['bosniaandherzegovina', 'BA'],
    ['Sudan (South)', 'SS'],
    ['Most Serene Republic of San Marino', 'SM'],
    ['Federation of Saint Christopher and Nevis', 'KN'],
    ['Independent and Sovereign Republic of Kiribati', 'KI'],
    ["Hong Kong Special Administrative Region of the People's Republic of China", 'HK'],
    ["Macao Special Administrative Region of the People's Republic of China", 'MO'],
    ['Nation of Brunei, the Abode of Peace', 'BN'],
    ['Collectivity of Saint Barthélemy', 'BL'],
    ['Territory of the Cocos (Keeling) Islands', 'CC'],
    ['Territory of the French Southern and Antarctic Lands', 'TF'],
    ['Territory of the Wallis and Futuna Islands', 'WF'],
    ['Pitcairn Group of Islands', 'PN'],
    ['Slovensk', 'refused: invalid_country'],
    ['Korea', 'refused: country_ambiguous South Korea (KR), North Korea (KP)'],
    ['the Congo', 'refused: country_ambiguous Republic of the Congo (CG), Democratic Republic of the Congo (CD)'],
    [
      'Guinea -',
      'refused: country_ambiguous Guinea (GN), Guinea-Bissau (GW), Equatorial Guinea (GQ), Papua New Guinea (PG)',
    ],
  ])('is read: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each(['n/a', 'N.A.', 'n a', '(N/A)', '<N/A>', '#NA', 'N/A/', '"NA"', 'N∕A', 'N⁄A', "'NA'", 'NA.', '-NA-', 'A, N'])(
    'is never Namibia when it is not available: %s',
    (text) => {
      expect(read(text)).toBe('refused: country_not_available');
    },
  );

  it.each([',', '/', '(', ' (', ';', ':', '–', '−', ' &', '_'])(
    'is not Guinea when the other half is missing: Guinea%s',
    (end) => {
      expect(read(`Guinea${end}`)).toContain('Guinea-Bissau (GW)');
      expect(read(`The Republic of Guinea${end}`)).toContain('Guinea-Bissau (GW)');
      expect(read(`Papua New Guinea${end}`)).toBe('PG');
    },
  );

  it.each(['Soviet Union', 'USSR', 'Union of Soviet Socialist Republics'])(
    'is refused with all that the Soviet Union became: %s',
    (text) => {
      expect(read(text).match(/\([A-Z]{2}\)/g)).toHaveLength(15);
    },
  );

  it('is refused with at least two candidates when the name means several', () => {
    for (const name of Object.keys(AMBIGUOUS_NAMES)) {
      expect(read(name)).toMatch(/^refused: country_ambiguous .+ \([A-Z]{2}\), .+ \([A-Z]{2}\)$/);
    }
  });

  it('never throws, and what it gives is a code and stays as it is', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[a-zA-Z ,.&-]{0,12}$/));
    fc.assert(
      fc.property(text, (cell) => {
        const value = read(cell);
        if (value === '' || value.startsWith('refused')) return;
        expect(isCountryCode(value)).toBe(true);
        expect(read(value)).toBe(value);
      }),
      { numRuns: 5000, seed: 20 },
    );
  });
});
