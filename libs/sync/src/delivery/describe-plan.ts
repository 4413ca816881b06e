import type { ContactData, SentList } from '@cloudtalk-sync/cloudtalk';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { ValidContact } from '@cloudtalk-sync/validation';
import type { RunSettings } from '../settings.js';
import type { Candidate } from './candidate.js';
import type { KnownContact } from './known-contacts.js';
import type { FinalPlan } from './planner.js';

type Sending = Extract<FinalPlan, { kind: 'add' | 'edit' }>;

const TEXTS = ['name', 'title', 'company', 'industry', 'website', 'address', 'city', 'zip', 'state'] as const;

/** Says what a plan would do: into which contact it would go, and what would change there. */
export function describePlan(plan: Sending, candidate: Candidate, known: KnownContact | undefined): string {
  if (plan.kind === 'add') return 'would be a new contact';
  const { contact, link } = candidate;
  const before = known ?? (link?.acceptedAt ? link.accepted : null) ?? undefined;
  const changes = [
    ...textChanges(plan.data, before),
    ...idChanges(plan.data, contact, known),
    ...listChanges(plan.data, known),
    ...attributeChanges(plan.data, contact, known),
  ];
  return `would go into contact ${plan.contactId} (${foundBy(plan.contactId, candidate, known)}): ${changes.join(', ') || 'nothing new'}`;
}

/** Says what would become of the contact of a record that was deleted; undefined where the policy puts no tag on it. */
export function describeTagging(plan: Sending, { settings }: RunEntity): string | undefined {
  const { onDelete } = settings as RunSettings;
  if (plan.kind === 'add' || typeof onDelete !== 'object') return undefined;
  return `Deleted in the source; its contact ${plan.contactId} would get the tag '${onDelete.tag}'`;
}

function foundBy(contactId: number, { contact, link }: Candidate, known: KnownContact | undefined): string {
  if (link?.contactId === contactId) return link.accepted ? 'as before' : 'handed down';
  return known?.phones.some((phone) => contact.phones.includes(phone)) ? 'by phone' : 'by e-mail';
}

function textChanges(data: ContactData, before: Partial<KnownContact> | ValidContact | undefined): string[] {
  return TEXTS.flatMap((field) => {
    const [old, now] = [before?.[field] ?? '', data[field]];
    return now === undefined || now === old ? [] : [`${field} '${old}' -> '${now}'`];
  });
}

/** What CloudTalk keeps by id has its name in the row alone. */
function idChanges(data: ContactData, contact: ValidContact, known: KnownContact | undefined): string[] {
  const changed = (id: number | '' | undefined, present: number | undefined): boolean =>
    id !== undefined && (known === undefined || (id || undefined) !== present);
  return [
    ...(changed(data.country_id, known?.countryId) ? [`country -> '${contact.country ?? ''}'`] : []),
    ...(changed(data.favorite_agent, known?.favoriteAgentId)
      ? [`favorite agent -> '${contact.favorite_agent ?? ''}'`]
      : []),
  ];
}

function listChanges(data: ContactData, known: KnownContact | undefined): string[] {
  return [
    ...listChange('number', data.ContactNumber, ({ public_number }) => public_number, known?.phones),
    ...listChange('e-mail', data.ContactEmail, ({ email }) => email, known?.emails),
    ...listChange('tag', data.ContactsTag, ({ name }) => name, known?.tags),
  ];
}

/** Without a look at the contact only our own list is known: the list would be replaced by it. */
function listChange<T>(
  noun: string,
  sent: SentList<T> | undefined,
  text: (entry: T) => string,
  present: readonly string[] | undefined,
): string[] {
  if (sent === undefined) return [];
  const after = sent === '' ? [] : sent.map(text);
  if (present === undefined) return [`${noun}s replaced by ${after.join(', ') || 'none'}`];
  return [
    ...without(after, present).map((entry) => `${noun} ${entry} added`),
    ...without(present, after).map((entry) => `${noun} ${entry} removed`),
  ];
}

function without(list: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others.map((entry) => entry.toLowerCase()));
  return list.filter((entry) => !known.has(entry.toLowerCase()));
}

function attributeChanges(data: ContactData, contact: ValidContact, known: KnownContact | undefined): string[] {
  if (data.ContactAttribute === undefined) return [];
  const kept = new Set(data.ContactAttribute === '' ? [] : data.ContactAttribute.map((entry) => entry.attribute_id));
  const present = known?.attributes ?? [];
  const before = new Map(present.map(({ id, title, value }) => [title ?? String(id), value]));
  const set = Object.entries(contact.attributes).filter(([title, value]) => before.get(title) !== value);
  const removed = present.filter(({ id }) => !kept.has(id));
  return [
    ...set.map(([title, value]) => `${title} '${before.get(title) ?? ''}' -> '${value}'`),
    ...removed.map(({ id, title }) => `${title ?? id} removed`),
  ];
}
