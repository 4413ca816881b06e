import type { ContactData } from '@cloudtalk-sync/cloudtalk';
import type { ValidContact } from '@cloudtalk-sync/validation';
import type { Candidate } from './candidate.js';
import type { KnownContact } from './known-contacts.js';
import type { FinalPlan } from './planner.js';

type Sending = Extract<FinalPlan, { kind: 'add' | 'edit' }>;

const TEXTS = ['name', 'title', 'company', 'industry', 'website', 'address', 'city', 'zip', 'state'] as const;

/** Says what a plan would do: into which contact it would go, and what would change there. */
export function describePlan(plan: Sending, candidate: Candidate, known: KnownContact | undefined): string {
  if (plan.kind === 'add') return 'would be a new contact';
  const before = known ?? candidate.link?.accepted ?? undefined;
  const changes = [...textChanges(plan.data, before), ...idChanges(plan.data), ...listChanges(plan.data, known)];
  return `would go into contact ${plan.contactId} (${foundBy(plan.contactId, candidate, known)}): ${changes.join(', ') || 'nothing new'}`;
}

function foundBy(contactId: number, { contact, link }: Candidate, known: KnownContact | undefined): string {
  if (link?.contactId === contactId) return 'as before';
  return known?.phones.some((phone) => contact.phones.includes(phone)) ? 'by phone' : 'by e-mail';
}

function textChanges(data: ContactData, before: Partial<KnownContact> | ValidContact | undefined): string[] {
  return TEXTS.flatMap((field) => {
    const [old, now] = [before?.[field] ?? '', data[field]];
    return now === undefined || now === old ? [] : [`${field} '${old}' -> '${now}'`];
  });
}

function idChanges(data: ContactData): string[] {
  return [
    ...(data.country_id === undefined ? [] : ['country']),
    ...(data.favorite_agent === undefined ? [] : ['favorite agent']),
  ];
}

function listChanges(data: ContactData, known: KnownContact | undefined): string[] {
  return [
    ...listChange('number', data.ContactNumber, known?.phones),
    ...listChange('e-mail', data.ContactEmail, known?.emails),
    ...listChange('tag', data.ContactsTag, known?.tags),
    ...(data.ContactAttribute === undefined ? [] : ['attributes']),
  ];
}

/** Without a look at the contact only our own list is known: the list would be replaced by it. */
function listChange(noun: string, sent: readonly object[] | '' | undefined, present?: readonly string[]): string[] {
  if (sent === undefined) return [];
  if (present === undefined) return [`${noun}s replaced by ours`];
  const difference = sent.length - present.length;
  if (difference > 0) return [`${count(difference, noun)} added`];
  return difference < 0 ? [`${count(-difference, noun)} removed`] : [`${noun}s changed`];
}

function count(number: number, noun: string): string {
  return number === 1 ? `one ${noun}` : `${number} ${noun}s`;
}
