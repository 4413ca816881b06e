import type { Fields } from '@cloudtalk-sync/connector-kit';
import type { Contact, Owner } from './hubspot-answers.js';
import { type HubSpotApi, MOST } from './hubspot-api.js';
import { nextPage } from './steps.js';
import type { WantedFields } from './wanted-fields.js';

/** So many companies are remembered during one reading. */
const MOST_COMPANIES = 10_000;

/** Looks up the primary companies and the owners of contacts, each once in a reading where memory allows. */
export class RelatedObjects {
  readonly #api: HubSpotApi;
  readonly #wanted: WantedFields;
  readonly #companies = new Map<string, Fields>();
  #owners: ReadonlyMap<string, Owner> | undefined;

  constructor(api: HubSpotApi, wanted: WantedFields) {
    this.#api = api;
    this.#wanted = wanted;
  }

  /** Gives what to add to the fields of these contacts; call it for each page before any of its records is given. */
  async of(contacts: readonly Contact[]): Promise<(contact: Contact) => Fields> {
    const companies = this.#wanted.company.length > 0 ? await this.#companiesOf(contacts) : undefined;
    if (this.#wanted.owner.length > 0) this.#owners ??= await readOwners(this.#api);
    return (contact) => ({
      ...(companies === undefined ? {} : this.#companyFields(contact, companies)),
      ...this.#ownerFields(contact),
    });
  }

  async #companiesOf(contacts: readonly Contact[]): Promise<ReadonlyMap<string, Fields>> {
    const ids = new Set(contacts.flatMap(({ properties }) => properties['associatedcompanyid'] || []));
    const known = new Map([...ids].flatMap((id) => entry(id, this.#companies.get(id))));
    const missing = [...ids].filter((id) => !known.has(id));
    for (let from = 0; from < missing.length; from += MOST.batch) {
      const { results } = await this.#api.companiesById(missing.slice(from, from + MOST.batch), this.#wanted.company);
      for (const { id, properties } of results) {
        known.set(id, picked(properties, this.#wanted.company));
        this.#companies.set(id, picked(properties, this.#wanted.company));
      }
    }
    for (const id of this.#companies.keys()) {
      if (this.#companies.size <= MOST_COMPANIES) break;
      this.#companies.delete(id);
    }
    return known;
  }

  /** Nested, but flat where `company`, the text on the contact itself, is asked for too. */
  #companyFields({ properties }: Contact, companies: ReadonlyMap<string, Fields>): Fields {
    const company = companies.get(properties['associatedcompanyid'] ?? '') ?? null;
    if (!this.#wanted.own.includes('company')) return { company };
    return Object.fromEntries(this.#wanted.company.map((name) => [`company.${name}`, company?.[name] ?? null]));
  }

  #ownerFields({ properties }: Contact): Fields {
    if (this.#owners === undefined) return {};
    const owner = this.#owners.get(properties['hubspot_owner_id'] ?? '');
    if (owner === undefined) return { owner: null };
    return { owner: Object.fromEntries(this.#wanted.owner.map((name) => [name, owner[name] ?? null])) };
  }
}

/** The owners that are active, by their ids. */
export async function readOwners(api: HubSpotApi): Promise<ReadonlyMap<string, Owner>> {
  const owners = new Map<string, Owner>();
  let after: string | undefined;
  do {
    const { results, paging } = await api.owners(after);
    for (const owner of results) owners.set(owner.id, owner);
    after = nextPage(paging, after);
  } while (after !== undefined);
  return owners;
}

/** These properties; null where there is none. */
export function picked(properties: Readonly<Record<string, string | null>>, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, properties[name] ?? null]));
}

function entry(id: string, fields: Fields | undefined): readonly (readonly [string, Fields])[] {
  return fields === undefined ? [] : [[id, fields]];
}
