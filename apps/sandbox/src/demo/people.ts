import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { SampleCountry } from './countries.js';
import type { Random } from '../random.js';

/** Somebody who can be a contact. */
export interface Person {
  readonly name: string;
  readonly first: string;
  readonly last: string;
  /** As one dials it inside the country. */
  readonly national: string;
  /** `+` and digits. */
  readonly e164: string;
  readonly email: string;
  /** The country as some file spells it. */
  readonly country: string;
  readonly city: string;
}

/** Makes up people of whom no two share a number or an e-mail. */
export class People {
  readonly #numbers = new Set<string>();

  constructor(private readonly random: Random) {}

  someone(country: SampleCountry): Person {
    const first = this.random.pick(country.first);
    const last = this.random.pick(country.last);
    const { national, e164 } = this.#freshNumber(country);
    return {
      name: `${first} ${last}`,
      first,
      last,
      national,
      e164,
      email: `contact.${this.#numbers.size}@${country.code.toLowerCase()}.example.com`,
      country: this.random.pick(country.spellings),
      city: this.random.pick(country.cities),
    };
  }

  several(count: number, country: SampleCountry): readonly Person[] {
    return Array.from({ length: count }, () => this.someone(country));
  }

  #freshNumber({ code, mobiles }: SampleCountry): { readonly national: string; readonly e164: string } {
    for (;;) {
      const national = this.random.pick(mobiles).replace(/#/g, () => String(this.random.below(10)));
      const number = parsePhoneNumberFromString(national, code);
      if (!number?.isValid() || this.#numbers.has(number.number)) continue;
      this.#numbers.add(number.number);
      return { national, e164: number.number };
    }
  }
}
