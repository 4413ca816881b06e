import type { Fields } from '@cloudtalk-sync/connector-kit';
import { type Contact, MERGED, mergedInto, notFound, type Owner, type OwnersPage } from './hubspot-answers.js';
import { type HubSpotApi, MOST } from './hubspot-api.js';
import { incomplete } from './hubspot-errors.js';
import { askedAgain, MOST_ASKED, nextPage } from './steps.js';
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
    const haveOwners = contacts.some(({ properties }) => (properties['hubspot_owner_id'] ?? '') !== '');
    if (this.#wanted.owner.length > 0 && haveOwners) this.#owners ??= await readOwners(this.#api);
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
      for (const [id, fields] of await this.#readCompanies(missing.slice(from, from + MOST.batch))) {
        known.set(id, fields);
        this.#companies.set(id, fields);
      }
    }
    for (const id of this.#companies.keys()) {
      if (this.#companies.size <= MOST_COMPANIES) break;
      this.#companies.delete(id);
    }
    return known;
  }

  /**
   * The companies with these ids, but for those that HubSpot says are not there. Throws RetryableError where it says
   * nothing of one, twice: it would come out as empty.
   */
  async #readCompanies(ids: readonly string[]): Promise<ReadonlyMap<string, Fields>> {
    const found = new Map<string, Fields>();
    let open = ids;
    for (let asked = 1; open.length > 0; asked += 1) {
      if (asked > MOST_ASKED) throw unanswered(open);
      const answer = await this.#api.companiesById(open, [...this.#wanted.company, MERGED]);
      for (const { id, properties } of answer.results) {
        const fields = picked(properties, this.#wanted.company);
        for (const one of [id, ...mergedInto(properties)]) found.set(one, fields);
      }
      const gone = new Set(notFound(answer));
      open = open.filter((id) => !found.has(id) && !gone.has(id));
    }
    return found;
  }

  /** Nested, but flat where `company`, the text on the contact itself, is asked for too. */
  #companyFields({ properties }: Contact, companies: ReadonlyMap<string, Fields>): Fields {
    const company = companies.get(properties['associatedcompanyid'] ?? '') ?? null;
    if (!this.#wanted.own.includes('company')) return { company };
    return Object.fromEntries(this.#wanted.company.map((name) => [`company.${name}`, company?.[name] ?? null]));
  }

  #ownerFields({ properties }: Contact): Fields {
    if (this.#wanted.owner.length === 0) return {};
    const owner = this.#owners?.get(properties['hubspot_owner_id'] ?? '');
    if (owner === undefined) return { owner: null };
    return { owner: Object.fromEntries(this.#wanted.owner.map((name) => [name, owner[name] ?? null])) };
  }
}

/**
 * The owners that are active, by their ids. Throws RetryableError where a page that was announced, or the only one, is
 * empty, twice: a portal has somebody. An owner whom no page names is one who was deactivated.
 */
export async function readOwners(api: HubSpotApi): Promise<ReadonlyMap<string, Owner>> {
  const owners = new Map<string, Owner>();
  let after: string | undefined;
  do {
    const here = after;
    const isCut = ({ results, paging }: OwnersPage): boolean => results.length === 0 && paging?.next === undefined;
    const page = await askedAgain(() => api.owners(here), isCut);
    if (isCut(page)) throw incomplete('HubSpot names nobody on the last page of its owners, asked twice.');
    const { results, paging } = page;
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

function unanswered(ids: readonly string[]): Error {
  const named = ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
  return incomplete(`HubSpot says nothing of companies that contacts name, asked twice: ${named}.`);
}
