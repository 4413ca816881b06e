import type { PropertyCreate } from '@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js';
import type { PublicObjectSearchRequest } from '@hubspot/api-client/lib/codegen/crm/contacts/models/PublicObjectSearchRequest.js';
import type { z } from 'zod';
import * as answers from './hubspot-answers.js';
import { refusalBehind } from './hubspot-errors.js';
import type { Ask, PortalCaller } from './portal-caller.js';
import { type Condition, type Search, searchBody } from './search-body.js';

/** What one request may hold (reference 1.3 to 1.5). */
export const MOST = { listed: 100, batch: 100, members: 250, owners: 500 } as const;

/** What a search gives: contacts on a page, and in all its pages, behind which it refuses to be paged further (reference 1.4). */
export interface SearchLimits {
  readonly page: number;
  readonly results: number;
}
export const SEARCH_LIMITS: SearchLimits = { page: 200, results: 10_000 };

/** The property with the time at which a contact was made. */
export const MADE = 'createdate';

export interface Update {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** A property that `setup` makes. */
export interface NewProperty {
  readonly name: string;
  readonly label: string;
  readonly type: 'string' | 'datetime';
  readonly fieldType: 'text' | 'textarea' | 'date';
  readonly groupName: string;
}

/** The requests to HubSpot that the connector makes, one method each; they throw as PortalCaller does. */
export class HubSpotApi {
  readonly #caller: PortalCaller;
  readonly #signal: AbortSignal;

  constructor(caller: PortalCaller, signal: AbortSignal) {
    this.#caller = caller;
    this.#signal = signal;
  }

  search(search: Search) {
    return this.#caller.call(
      {
        what: 'the changed contacts',
        sort: 'search',
        shape: answers.searchPage,
        // The client declares sorts as texts, which HubSpot does not take (issue 559 of hubspot-api-nodejs).
        make: ({ crm }, options) =>
          crm.contacts.searchApi.doSearch(searchBody(search) as unknown as PublicObjectSearchRequest, options),
      },
      this.#signal,
    );
  }

  /** How many contacts there are that are not archived and were made up to a time in epoch milliseconds, by the search. */
  async count(madeUpTo: number): Promise<number> {
    const filters = [{ propertyName: MADE, operator: 'LTE', value: String(madeUpTo) } satisfies Condition];
    const request = { filterGroups: [{ filters }], properties: [], limit: 1 };
    const { total } = await this.#caller.call(
      {
        what: 'the number of contacts',
        sort: 'search',
        shape: answers.counted,
        make: ({ crm }, options) =>
          crm.contacts.searchApi.doSearch(request as unknown as PublicObjectSearchRequest, options),
      },
      this.#signal,
    );
    return total;
  }

  contacts(archived: boolean, after: string | undefined, properties: readonly string[]) {
    const what = archived ? 'the archived contacts' : 'the contacts';
    const shape = archived ? answers.archivedPage : answers.livingPage;
    return this.#ask<answers.ContactsPage>(what, shape, ({ crm }, options) =>
      crm.contacts.basicApi.getPage(MOST.listed, after, [...properties], undefined, undefined, archived, options),
    );
  }

  contactsById(ids: readonly string[], properties: readonly string[], archived = false) {
    const what = archived ? 'archived contacts by their ids' : 'contacts by their ids';
    const shape = archived ? answers.archivedBatch : answers.livingBatch;
    return this.#ask<answers.BatchAnswer>(what, shape, ({ crm }, options) =>
      crm.contacts.batchApi.read(batch(ids, properties), archived, options),
    );
  }

  /** A contact that lives; undefined where HubSpot says that there is none. */
  async contactById(id: string, properties: readonly string[]): Promise<answers.Contact | undefined> {
    try {
      return await this.#ask(`contact ${id}`, answers.living, ({ crm }, options) =>
        crm.contacts.basicApi.getById(id, [...properties], undefined, undefined, false, undefined, options),
      );
    } catch (error) {
      const refused = refusalBehind(error);
      if (refused?.status === 404 && refused.words !== '') return undefined;
      throw error;
    }
  }

  companiesById(ids: readonly string[], properties: readonly string[]) {
    return this.#ask('the companies of the contacts', answers.livingBatch, ({ crm }, options) =>
      crm.companies.batchApi.read(batch(ids, properties), false, options),
    );
  }

  owners(after: string | undefined) {
    return this.#ask('the owners', answers.ownersPage, ({ crm }, options) =>
      crm.owners.ownersApi.getPage(undefined, after, MOST.owners, false, options),
    );
  }

  properties(object: 'contacts' | 'companies') {
    return this.#ask(`the properties of ${object}`, answers.properties, ({ crm }, options) =>
      crm.properties.coreApi.getAll(object, false, undefined, options),
    );
  }

  async list(id: string) {
    const { list } = await this.#ask(`the list ${id}`, answers.list, ({ crm }, options) =>
      crm.lists.listsApi.getById(id, undefined, options),
    );
    return list;
  }

  /** How many members a list has, as the list itself says. */
  async sizeOf(list: string): Promise<number | undefined> {
    return (await this.list(list)).size;
  }

  members(list: string, after: string | undefined) {
    return this.#ask(`the members of list ${list}`, answers.membersPage, ({ crm }, options) =>
      crm.lists.membershipsApi.getPage(list, after, undefined, MOST.members, options),
    );
  }

  update(updates: readonly Update[]) {
    const inputs = updates.map(({ id, properties }) => ({ id, properties: { ...properties } }));
    return this.#write('the writing of outcomes', answers.batchAnswer, ({ crm }, options) =>
      crm.contacts.batchApi.update({ inputs }, options),
    );
  }

  /**
   * Asks to write no contact at all, which changes nothing whatever HubSpot answers: it looks at the scopes of the token
   * before it looks at the batch, and refuses an empty one with 400 where they are there.
   */
  updateNobody() {
    return this.#ask('the writing of outcomes', answers.anything, ({ crm }, options) =>
      crm.contacts.batchApi.update({ inputs: [] }, options),
    );
  }

  createProperty(made: NewProperty) {
    return this.#write(`the making of the property ${made.name}`, answers.property, ({ crm }, options) =>
      crm.properties.coreApi.create('contacts', made as PropertyCreate, options),
    );
  }

  /** Asks to make a property of nothing, which makes none: as with `updateNobody`, HubSpot looks at the scopes first. */
  createNothing() {
    return this.#ask('the making of properties', answers.anything, ({ crm }, options) =>
      crm.properties.coreApi.create('contacts', {} as PropertyCreate, options),
    );
  }

  createGroup(name: string, label: string) {
    return this.#write(`the making of the property group ${name}`, answers.anything, ({ crm }, options) =>
      crm.properties.groupsApi.create('contacts', { name, label, displayOrder: -1 }, options),
    );
  }

  #ask<T>(what: string, shape: z.ZodType<T>, make: Ask<T>['make']): Promise<T> {
    return this.#caller.call({ what, shape, make }, this.#signal);
  }

  #write<T>(what: string, shape: z.ZodType<T>, make: Ask<T>['make']): Promise<T> {
    return this.#caller.call({ what, shape, make, writes: true }, this.#signal);
  }
}

function batch(ids: readonly string[], properties: readonly string[]) {
  return { inputs: ids.map((id) => ({ id })), properties: [...properties], propertiesWithHistory: [] };
}
