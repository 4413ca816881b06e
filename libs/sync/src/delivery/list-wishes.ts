import type { ContactData, ShownAttribute, ShownContact } from '@cloudtalk-sync/cloudtalk';
import type { ListPolicies } from '@cloudtalk-sync/mapping';
import {
  type ClearedField,
  isLeftOut,
  type TagsLeftOut,
  tagsWithout,
  type ValidContact,
} from '@cloudtalk-sync/validation';
import { empties, type SingleData } from './account-ids.js';
import type { Situation } from './plan.js';

export type ListData = Omit<ContactData, keyof SingleData>;
/** What CloudTalk has in a contact's lists. */
export type PresentLists = Pick<ShownContact, 'phones' | 'emails' | 'tags' | 'attributes'>;

type AttributeIds = ReadonlyMap<string, number>;

/** What an edit wants of a list: nothing, a content of its own, or one that depends on what CloudTalk has. */
type Wish<Entry> =
  undefined | { readonly whole: readonly Entry[] } | { readonly from: (present: readonly Entry[]) => readonly Entry[] };

export interface ListWishes {
  readonly phones: Wish<string>;
  readonly emails: Wish<string>;
  readonly tags: Wish<string>;
  readonly attributes: Wish<ShownAttribute>;
}

/**
 * What a contact wants of its lists. A list that is as it was accepted wants nothing: what others changed since is left
 * to them. An empty list wants nothing unless the mapping says that it clears: then what is ours goes, or with `replace`
 * everything, also where it was empty and left alone before. Tags of ended records go as soon as a record stands for the
 * contact again, unless that brings them.
 */
export function wishesOf(
  situation: Pick<Situation, 'contact' | 'accepted' | 'endTags' | 'brought'>,
  policies: ListPolicies,
  ids: AttributeIds,
): ListWishes {
  const { contact, accepted, endTags = [] } = situation;
  const clears = (...fields: readonly ClearedField[]): Clears => {
    const cleared = fields.filter((field) => empties(contact, field));
    if (cleared.length === 0) return 'no';
    return cleared.some((field) => !empties(accepted, field)) ? 'anew' : 'again';
  };
  return {
    phones: wish(policies.numbers, contact.phones, accepted?.phones, clears('phone'), same),
    emails: wish(policies.emails, contact.emails, accepted?.emails, clears('email', 'email2'), lower),
    tags: without(
      endTags.filter((tag) => !contact.tags.includes(tag)),
      tagWish(situation, policies.tags, clears('tags')),
    ),
    attributes: attributeWish(contact, accepted, ids),
  };
}

function tagWish(
  { contact, accepted, brought = accepted?.tags ?? [] }: Pick<Situation, 'contact' | 'accepted' | 'brought'>,
  policy: ListPolicies['tags'],
  clears: Clears,
): Wish<string> {
  const known = accepted && tagsWithout(accepted.tags, accepted.withoutTags ?? []);
  const leavesNone = clears === 'no' && policy === 'replace' && contact.withoutTags !== undefined;
  const own =
    typeof policy === 'object'
      ? managedTags(policy.managed, contact.tags, known, clears)
      : wish(policy, contact.tags, known, leavesNone ? 'again' : clears, same);
  return contact.withoutTags === undefined ? own : tagsLeftOut(own, contact.withoutTags, brought, accepted);
}

/** Takes tags off a contact beside what its tags' policy wants; nothing more when that was done already. */
function tagsLeftOut(
  wanted: Wish<string>,
  withoutTags: TagsLeftOut,
  brought: readonly string[],
  accepted: ValidContact | undefined,
): Wish<string> {
  const names = withoutTags === 'ours' ? brought : withoutTags;
  const areNew = withoutTags !== 'ours' && !isSame(names, leftOutBefore(accepted), same);
  return areNew || brought.some((tag) => isLeftOut(tag, names)) ? without(names, wanted) : wanted;
}

/** What is wanted of a contact's tags, without those that these names mean. */
function without(names: readonly string[], wanted: Wish<string>): Wish<string> {
  if (names.length === 0) return wanted;
  return { from: (present) => wishedOf(wanted, present).filter((tag) => !isLeftOut(tag, names)) };
}

function wishedOf<Entry>(wish: Wish<Entry>, present: readonly Entry[]): readonly Entry[] {
  if (wish === undefined) return present;
  return 'whole' in wish ? wish.whole : wish.from(present);
}

function leftOutBefore(accepted: ValidContact | undefined): readonly string[] {
  return typeof accepted?.withoutTags === 'object' ? accepted.withoutTags : [];
}

/** True when what is wanted depends on what CloudTalk has. */
export function needsPresent(wishes: ListWishes): boolean {
  return Object.values(wishes).some((wish: Wish<never>) => wish !== undefined && 'from' in wish);
}

/** The lists that must change, each whole; a list that is as it is wanted is left out. */
export function listData(wishes: ListWishes, present: PresentLists | undefined): ListData {
  const phones = content(wishes.phones, present?.phones, same);
  const emails = content(wishes.emails, present?.emails, lower);
  const tags = content(wishes.tags, present?.tags, same);
  const attributes = content(wishes.attributes, present?.attributes, attributeText);
  return {
    ...(phones && { ContactNumber: sent(phones, (public_number) => ({ public_number })) }),
    ...(emails && { ContactEmail: sent(emails, (email) => ({ email })) }),
    ...(tags && { ContactsTag: sent(tags, (name) => ({ name })) }),
    ...(attributes && { ContactAttribute: sent(attributes, ({ id, value }) => ({ attribute_id: id, value })) }),
  };
}

/** The lists of a contact that CloudTalk does not have yet. */
export function newLists(contact: ValidContact, ids: AttributeIds): ListData {
  const nothing: PresentLists = { phones: [], emails: [], tags: [], attributes: [] };
  const wishes = {
    phones: { whole: contact.phones },
    emails: { whole: contact.emails },
    tags: { whole: contact.tags },
    attributes: { whole: ownAttributes(contact, ids) },
  };
  return listData(wishes, nothing);
}

/** Whether the mapping says that the empty list is empty in CloudTalk as well, and said so when it was accepted. */
type Clears = 'no' | 'anew' | 'again';

type Key<Entry> = (entry: Entry) => string;
const same: Key<string> = (text) => text;
const lower: Key<string> = (text) => text.toLowerCase();
const attributeText: Key<ShownAttribute> = ({ id, value }) => `${id}=${value}`;

function wish(
  policy: 'union' | 'add' | 'replace',
  own: readonly string[],
  accepted: readonly string[] | undefined,
  clears: Clears,
  key: Key<string>,
): Wish<string> {
  if (own.length === 0 && policy !== 'replace') return clears === 'no' ? undefined : withoutOurs(accepted, key);
  if (own.length === 0 && clears === 'no') return undefined;
  if (policy === 'replace') {
    return accepted && clears !== 'anew' && isSame(own, accepted, key) ? undefined : { whole: own };
  }
  return accepted && missing(own, accepted, key).length === 0
    ? undefined
    : { from: (present) => [...present, ...missing(own, present, key)] };
}

/** Takes away what the record put there before, and leaves what others did. */
function withoutOurs(accepted: readonly string[] | undefined, key: Key<string>): Wish<string> {
  if (accepted === undefined || accepted.length === 0) return undefined;
  const ours = new Set(accepted.map(key));
  return { from: (present) => present.filter((entry) => !ours.has(key(entry))) };
}

function managedTags(
  prefix: string,
  own: readonly string[],
  accepted: readonly string[] | undefined,
  clears: Clears,
): Wish<string> {
  if (own.length === 0 && clears === 'no') return undefined;
  if (accepted && clears !== 'anew' && isSame(own, accepted, same)) return undefined;
  return {
    from: (present) => {
      const kept = present.filter((tag) => !tag.startsWith(prefix) || own.includes(tag));
      return [...kept, ...missing(own, kept, same)];
    },
  };
}

const ATTRIBUTE = 'attributes.';

/** Each attribute is a field of its own: only those that changed are ours to set, the others go back as they are. */
function attributeWish(
  contact: ValidContact,
  accepted: ValidContact | undefined,
  ids: AttributeIds,
): Wish<ShownAttribute> {
  const changed = ownAttributes(contact, ids, (title, value) => accepted?.attributes[title] !== value);
  const cleared = new Set(
    (contact.clear ?? [])
      .filter((field) => field.startsWith(ATTRIBUTE))
      .filter((field) => accepted?.attributes[field.slice(ATTRIBUTE.length)] !== undefined || !empties(accepted, field))
      .map((field) => ids.get(field.slice(ATTRIBUTE.length))),
  );
  if (changed.length === 0 && cleared.size === 0) return undefined;
  const ours = new Set(changed.map(({ id }) => id));
  return { from: (present) => [...present.filter(({ id }) => !ours.has(id) && !cleared.has(id)), ...changed] };
}

function ownAttributes(
  { attributes }: ValidContact,
  ids: AttributeIds,
  wanted: (title: string, value: string) => boolean = () => true,
): readonly ShownAttribute[] {
  return Object.entries(attributes).flatMap(([title, value]) => {
    const id = ids.get(title);
    return id !== undefined && wanted(title, value) ? [{ id, value }] : [];
  });
}

/** Undefined when nothing must be sent. */
function content<Entry>(
  wish: Wish<Entry>,
  present: readonly Entry[] | undefined,
  key: Key<Entry>,
): readonly Entry[] | undefined {
  if (wish === undefined) return undefined;
  const wanted = wishedOf(wish, present ?? []);
  return present && isSame(wanted, present, key) ? undefined : wanted;
}

function sent<Entry, Sent>(entries: readonly Entry[], write: (entry: Entry) => Sent): readonly Sent[] | '' {
  return entries.length === 0 ? '' : entries.map(write);
}

function missing<Entry>(wanted: readonly Entry[], present: readonly Entry[], key: Key<Entry>): readonly Entry[] {
  const there = new Set(present.map(key));
  return wanted.filter((entry) => !there.has(key(entry)));
}

/** Whether two lists hold the same entries, in whatever order. */
export function isSame<Entry>(one: readonly Entry[], other: readonly Entry[], key: Key<Entry>): boolean {
  return missing(one, other, key).length === 0 && missing(other, one, key).length === 0;
}
