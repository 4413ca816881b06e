import type { Agent, Attribute, Country, ListedContact, Page, ShownAttribute, ShownContact, Tag } from './contact.js';
import { dataArray, unwrapped } from './envelope.js';
import { isObject, wireId, wireList, wireNumber, wirePhone, wireText, wireTime } from './wire.js';

/** What is wrong with an answer, in words that end a sentence; caught where the request is known. */
export class UnreadableAnswer extends Error {}

/** Reads each item with `read`; throws UnreadableAnswer when there is no list, or an item is not what it should be. */
export function readList<T>(content: unknown, key: string, read: (item: unknown) => T | undefined): readonly T[] {
  const data = dataArray(content);
  if (data === undefined) throw new UnreadableAnswer('it holds no list');
  return data.map((item) => {
    const one = read(item);
    if (one === undefined) throw new UnreadableAnswer(`an item of the list is no usable ${key}`);
    return one;
  });
}

/** As `readList`, with the page's numbers; a list that does not say how many pages it has is not believed. */
export function readPage<T>(content: unknown, key: string, read: (item: unknown) => T | undefined): Page<T> {
  const items = readList(content, key, read);
  const envelope = isObject(content) ? content : {};
  const page = wireNumber(envelope['pageNumber']);
  const pageCount = wireNumber(envelope['pageCount']);
  if (page === undefined || pageCount === undefined)
    throw new UnreadableAnswer('it does not say how many pages there are');
  return { items, page, pageCount, itemsCount: wireNumber(envelope['itemsCount']) ?? items.length };
}

export function listedContact(item: unknown): ListedContact | undefined {
  if (!isObject(item)) return undefined;
  const contact = unwrapped(item, 'Contact') ?? {};
  const id = wireId(contact['id']);
  if (id === undefined) return undefined;
  return {
    id,
    name: wireText(contact['name']),
    phones: filled(wireList(item['ContactNumber']).map((entry) => wirePhone(entry['public_number']))),
    emails: filled(wireList(item['ContactEmail']).map((entry) => wireText(entry['email']))),
  };
}

export function shownContact(content: unknown): ShownContact | undefined {
  const listed = isObject(content) && isObject(content['Contact']) ? listedContact(content) : undefined;
  const contact = unwrapped(content, 'Contact');
  if (!isObject(content) || contact === undefined || listed === undefined) return undefined;
  return {
    ...listed,
    title: wireText(contact['title']),
    company: wireText(contact['company']),
    industry: wireText(contact['industry']),
    website: wireText(contact['website']),
    address: wireText(contact['address']),
    city: wireText(contact['city']),
    zip: wireText(contact['zip']),
    state: wireText(contact['state']),
    countryId: wireId(contact['country_id']),
    favoriteAgentId: wireId(contact['favorite_agent']),
    tags: filled(wireList(content['ContactsTag']).map((entry) => wireText(entry['name']))),
    attributes: filled(wireList(content['ContactAttribute']).map(shownAttribute)),
    externalUrls: wireList(content['ExternalUrl']).map((entry) => ({
      name: wireText(entry['name']),
      url: wireText(entry['url']),
    })),
    created: wireTime(contact['created']),
    modified: wireTime(contact['modified']),
  };
}

function shownAttribute(entry: Readonly<Record<string, unknown>>): ShownAttribute | undefined {
  const id = wireId(entry['attribute_id']);
  if (id === undefined) return undefined;
  const title = wireText(entry['title']);
  return { id, ...(title === '' ? {} : { title }), value: wireText(entry['value']) };
}

export function country(item: unknown): Country | undefined {
  const wire = unwrapped(item, 'Country') ?? {};
  const id = wireId(wire['id']);
  const alpha2 = wireText(wire['country_code']).toUpperCase();
  if (id === undefined || alpha2 === '') return undefined;
  return {
    id,
    name: wireText(wire['name']),
    alpha2,
    alpha3: wireText(wire['iso3']).toUpperCase(),
    callingCode: wireText(wire['calling_code']),
  };
}

export function agent(item: unknown): Agent | undefined {
  const wire = unwrapped(item, 'Agent') ?? {};
  const id = wireId(wire['id']);
  if (id === undefined) return undefined;
  const name = `${wireText(wire['firstname'])} ${wireText(wire['lastname'])}`.trim();
  return { id, name, email: wireText(wire['email']).trim() };
}

export function attribute(item: unknown): Attribute | undefined {
  const wire = unwrapped(item, 'ContactAttribute') ?? {};
  const id = wireId(wire['id'] ?? wire['attribute_id']);
  return id === undefined ? undefined : { id, title: wireText(wire['title']) };
}

export function tag(item: unknown): Tag | undefined {
  const wire = unwrapped(item, 'Tag') ?? {};
  const id = wireId(wire['id']);
  return id === undefined ? undefined : { id, name: wireText(wire['name']) };
}

function filled<T>(values: readonly (T | undefined)[]): readonly T[] {
  return values.filter((value): value is T => value !== undefined && value !== '');
}
