import iso from 'i18n-iso-countries';
import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max';
import type { SandboxCountry } from './options.js';

/** Every country, numbered from 1 by its alpha-2 code, so that an id is neither the ISO number nor the calling code. */
export function isoCountries(): readonly SandboxCountry[] {
  return Object.keys(iso.getAlpha2Codes())
    .sort()
    .map((code, index) => ({
      id: index + 1,
      name: iso.getName(code, 'en') ?? code,
      country_code: code,
      iso3: iso.alpha2ToAlpha3(code) ?? '',
      calling_code: isSupportedCountry(code) ? getCountryCallingCode(code) : '',
    }));
}
