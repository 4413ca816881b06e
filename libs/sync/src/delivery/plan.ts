import type { ContactData, ShownContact } from '@cloudtalk-sync/cloudtalk';
import { type Issue, SINGLE_FIELDS, type ValidContact } from '@cloudtalk-sync/validation';
import { type AccountIds, type SingleData, singleData, unknownToAccount } from './account-ids.js';

/** What is known of a row's contact when it is the row's turn. */
export interface Situation {
  readonly contact: ValidContact;
  /** The contact it goes into; absent: there is none yet. */
  readonly contactId?: number | undefined;
  /** What this record's link says was accepted into that contact; absent before its first edit. */
  readonly accepted?: ValidContact | undefined;
  /** The contact whole, as CloudTalk showed it a moment ago. */
  readonly shown?: ShownContact | undefined;
}

/** What is to be done with a row. */
export type Plan =
  | { readonly kind: 'add'; readonly data: ContactData }
  | { readonly kind: 'edit'; readonly contactId: number; readonly data: ContactData & { readonly id: number } }
  /** A list would have to change, and its present content is not known. */
  | { readonly kind: 'show'; readonly contactId: number }
  /** CloudTalk has all of it already. */
  | { readonly kind: 'unchanged'; readonly contactId: number }
  | { readonly kind: 'refuse'; readonly issues: readonly Issue[] };

/** Decides what a row sends: an add says all; an edit says the name and what differs, and a list only when it must. */
export function planRow(situation: Situation, ids: AccountIds): Plan {
  const { contact, contactId } = situation;
  const issues = unknownToAccount(contact, ids);
  if (issues.length > 0) return { kind: 'refuse', issues };
  if (contactId === undefined) return { kind: 'add', data: addData(contact, ids) };
  return planEdit(contact, contactId, situation, ids);
}

function planEdit(contact: ValidContact, contactId: number, situation: Situation, ids: AccountIds): Plan {
  const { accepted, shown } = situation;
  const changed = SINGLE_FIELDS.filter((field) => contact[field] !== undefined && contact[field] !== accepted?.[field]);
  const single = singleData(contact, ids, (field) => changed.includes(field));
  const news = newsOf(contact, accepted);
  if (news === undefined) {
    if (changed.length === 0) return { kind: 'unchanged', contactId };
    return { kind: 'edit', contactId, data: { id: contactId, ...single } };
  }
  if (shown === undefined) return { kind: 'show', contactId };
  const lists = listData(news, shown, ids);
  if (changed.length === 0 && Object.keys(lists).length === 0) return { kind: 'unchanged', contactId };
  return { kind: 'edit', contactId, data: { id: contactId, ...single, ...lists } };
}

function addData(contact: ValidContact, ids: AccountIds): ContactData {
  return { ...singleData(contact, ids, () => true), ...listData(contact, NOTHING, ids) };
}

type OwnLists = Pick<ValidContact, 'phones' | 'emails' | 'tags' | 'attributes'>;

/**
 * The lists that hold an entry which was not accepted before, the others empty; undefined when there is none. What is
 * as it was accepted is left to whoever changed it in CloudTalk since, and so are entries that are gone. Each attribute
 * is a field of its own.
 */
function newsOf(contact: ValidContact, accepted: ValidContact | undefined): OwnLists | undefined {
  if (accepted === undefined) return contact;
  const attributes = Object.entries(contact.attributes).filter(
    ([title, value]) => accepted.attributes[title] !== value,
  );
  const news = {
    phones: contact.phones.some((phone) => !accepted.phones.includes(phone)) ? contact.phones : [],
    emails: contact.emails.some((email) => !hasEmail(accepted.emails, email)) ? contact.emails : [],
    tags: contact.tags.some((tag) => !accepted.tags.includes(tag)) ? contact.tags : [],
    attributes: Object.fromEntries(attributes),
  };
  const counts = [news.phones.length, news.emails.length, news.tags.length, attributes.length];
  return counts.every((count) => count === 0) ? undefined : news;
}

type Lists = Pick<ShownContact, 'phones' | 'emails' | 'tags' | 'attributes'>;
const NOTHING: Lists = { phones: [], emails: [], tags: [], attributes: [] };

/** The lists that must change, each whole: what CloudTalk has, followed by what is new. A list without news is left out. */
function listData(contact: OwnLists, present: Lists, ids: AccountIds): Omit<ContactData, keyof SingleData> {
  const phones = contact.phones.filter((phone) => !present.phones.includes(phone));
  const emails = contact.emails.filter((email) => !hasEmail(present.emails, email));
  const tags = contact.tags.filter((tag) => !present.tags.includes(tag));
  const attributes = attributeData(contact, present, ids);
  return {
    ...(phones.length === 0
      ? {}
      : { ContactNumber: [...present.phones, ...phones].map((phone) => ({ public_number: phone })) }),
    ...(emails.length === 0 ? {} : { ContactEmail: [...present.emails, ...emails].map((email) => ({ email })) }),
    ...(tags.length === 0 ? {} : { ContactsTag: [...present.tags, ...tags].map((name) => ({ name })) }),
    ...(attributes.length === 0 ? {} : { ContactAttribute: attributes }),
  };
}

/** Empty when CloudTalk has every value; attributes that are not ours go back as they are. */
function attributeData(
  contact: Pick<OwnLists, 'attributes'>,
  present: Lists,
  ids: AccountIds,
): { attribute_id: number; value: string }[] {
  const ours = new Map<number, string>();
  for (const [title, value] of Object.entries(contact.attributes)) {
    const id = ids.attributes.get(title);
    if (id !== undefined) ours.set(id, value);
  }
  const theirs = new Map(present.attributes.map((attribute) => [attribute.id, attribute.value]));
  if ([...ours].every(([id, value]) => theirs.get(id) === value)) return [];
  return [...new Map([...theirs, ...ours])].map(([id, value]) => ({ attribute_id: id, value }));
}

function hasEmail(emails: readonly string[], email: string): boolean {
  return emails.some((other) => other.toLowerCase() === email.toLowerCase());
}
