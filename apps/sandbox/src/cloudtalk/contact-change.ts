import { type ContactChange, type Refusals, TEXT_FIELDS, TEXT_LIMITS } from './contact-record.js';

/** What the account knows, to check references against. */
export interface KnownIds {
  readonly countries: ReadonlySet<number>;
  readonly agents: ReadonlySet<number>;
  readonly attributes: ReadonlySet<number>;
}

/** The most external addresses of a contact, and characters in the name of one (API reference 1.7, ExternalUrl). */
const MOST_URLS = 3;
const LONGEST_URL_NAME = 30;
/** The most characters in the value of an attribute (API reference 1.7, ContactAttribute). */
const LONGEST_VALUE = 255;

type Wire = Readonly<Record<string, unknown>>;
interface Mutable extends Record<string, unknown> {
  change: { -readonly [K in keyof ContactChange]: ContactChange[K] };
  refusals: Refusals;
}

/** Reads the contact data of an add or an edit: only what is sent, or CloudTalk's words about what is wrong with it. */
export function readChange(
  data: Wire,
  known: KnownIds,
): { readonly change: ContactChange; readonly refusals: Refusals } {
  const into: Mutable = { change: {}, refusals: {} };
  readTexts(data, into);
  into.change = { ...into.change, ...references(data, known, into.refusals) };
  readNumbers(data, into);
  readEmails(data, into);
  readTags(data, into);
  readAttributes(data, known, into);
  readUrls(data, into);
  return into;
}

function refuse(refusals: Refusals, field: string, words: string): void {
  (refusals[field] ??= []).push(words);
}

function readTexts(data: Wire, { change, refusals }: Mutable): void {
  for (const field of TEXT_FIELDS) {
    if (!(field in data)) continue;
    const text = String(data[field] ?? '').trim();
    const limit = TEXT_LIMITS[field];
    if ([...text].length > limit) refuse(refusals, field, `Must be no longer than ${limit} characters.`);
    change[field] = text;
  }
  if ('name' in data && change.name === '') refuse(refusals, 'name', 'This field cannot be left empty.');
}

function references(data: Wire, known: KnownIds, refusals: Refusals): ContactChange {
  const change: { countryId?: number | undefined; favoriteAgent?: number | undefined } = {};
  if ('country_id' in data) {
    change.countryId = idOf(data['country_id']);
    if (unknownId(data['country_id'], known.countries)) refuse(refusals, 'country_id', 'Country does not exist.');
  }
  if ('favorite_agent' in data) {
    change.favoriteAgent = idOf(data['favorite_agent']);
    if (unknownId(data['favorite_agent'], known.agents)) refuse(refusals, 'favorite_agent', 'Agent does not exist.');
  }
  return change as ContactChange;
}

function idOf(value: unknown): number | undefined {
  return value === '' || value === null ? undefined : Number(value);
}

function unknownId(value: unknown, known: ReadonlySet<number>): boolean {
  const id = idOf(value);
  return id !== undefined && !known.has(id);
}

/** The sent list; undefined when none was sent; empty when an empty string was. */
function sentList(data: Wire, key: string, refusals: Refusals): readonly Wire[] | undefined {
  if (!(key in data)) return undefined;
  const value = data[key];
  if (value === '' || value === null) return [];
  const isList = Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null);
  if (isList) return value as readonly Wire[];
  refuse(refusals, key, 'Must be an array of objects.');
  return [];
}

function readNumbers(data: Wire, { change, refusals }: Mutable): void {
  const list = sentList(data, 'ContactNumber', refusals);
  if (list === undefined) return;
  const texts = list.map((entry) => String(entry['public_number'] ?? ''));
  const isNumber = (text: string): boolean => /^\+?[1-9]\d{5,14}$/.test(text);
  if (!texts.every(isNumber)) refuse(refusals, 'public_number', 'Please supply a valid number in E.164 format.');
  change.numbers = distinct(texts.map((text) => text.replace(/\D/g, '')));
}

function readEmails(data: Wire, { change, refusals }: Mutable): void {
  const list = sentList(data, 'ContactEmail', refusals);
  if (list === undefined) return;
  const emails = list.map((entry) => String(entry['email'] ?? '').trim());
  const isEmail = (text: string): boolean => /^[^\s@<>]+@[^\s@<>.]+(\.[^\s@<>.]+)+$/u.test(text);
  if (!emails.every(isEmail)) refuse(refusals, 'email', 'Please supply a valid email address.');
  change.emails = distinct(emails);
}

function readTags(data: Wire, { change, refusals }: Mutable): void {
  const list = sentList(data, 'ContactsTag', refusals);
  if (list === undefined) return;
  const tags = list.map((entry) => String(entry['name'] ?? '').trim());
  if (tags.includes('')) refuse(refusals, 'ContactsTag', 'A tag name cannot be left empty.');
  change.tags = distinct(tags);
}

function readAttributes(data: Wire, known: KnownIds, { change, refusals }: Mutable): void {
  const list = sentList(data, 'ContactAttribute', refusals);
  if (list === undefined) return;
  const entries = list.map((entry) => ({
    attributeId: Number(entry['attribute_id']),
    value: String(entry['value'] ?? ''),
  }));
  const unknown = entries.some((entry) => !known.attributes.has(entry.attributeId));
  if (unknown) refuse(refusals, 'attribute_id', 'Attribute does not exist.');
  const tooLong = entries.some((entry) => [...entry.value].length > LONGEST_VALUE);
  if (tooLong) refuse(refusals, 'ContactAttribute', `Value must be no longer than ${LONGEST_VALUE} characters.`);
  change.attributes = [...new Map(entries.map((entry) => [entry.attributeId, entry])).values()];
}

function readUrls(data: Wire, { change, refusals }: Mutable): void {
  const list = sentList(data, 'ExternalUrl', refusals);
  if (list === undefined) return;
  const urls = list.map((entry) => ({ name: String(entry['name'] ?? ''), url: String(entry['url'] ?? '') }));
  if (urls.length > MOST_URLS) refuse(refusals, 'ExternalUrl', `No more than ${MOST_URLS} URLs are allowed.`);
  if (urls.some((url) => [...url.name].length > LONGEST_URL_NAME)) {
    refuse(refusals, 'ExternalUrl', `Name must be no longer than ${LONGEST_URL_NAME} characters.`);
  }
  change.externalUrls = urls;
}

/** Without repetitions, in order. */
export function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
