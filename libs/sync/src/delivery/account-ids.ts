import {
  type ClearedField,
  describeIssue,
  type Issue,
  SINGLE_FIELDS,
  type SingleField,
  type ValidContact,
} from '@cloudtalk-sync/validation';
import type { ContactData } from '@cloudtalk-sync/cloudtalk';

/** CloudTalk's ids for what our contacts call by name. */
export interface AccountIds {
  /** By alpha-2 code. */
  readonly countries: ReadonlyMap<string, number>;
  /** By e-mail in lower case. */
  readonly agents: ReadonlyMap<string, number>;
  /** By title. */
  readonly attributes: ReadonlyMap<string, number>;
}

/** The members of a contact that hold one value each, in CloudTalk's words. */
export type SingleData = Omit<ContactData, 'ContactNumber' | 'ContactEmail' | 'ContactsTag' | 'ContactAttribute'>;

const SAME_NAME = ['title', 'company', 'industry', 'website', 'address', 'city', 'zip', 'state'] as const;

/** The single values of a contact that are filled; of `wanted` only, where given. The name is always among them. */
export function singleData(
  contact: ValidContact,
  ids: AccountIds,
  wanted: (field: SingleField) => boolean,
): SingleData {
  const texts = SAME_NAME.filter((field) => contact[field] !== undefined && wanted(field)).map((field) => [
    field,
    contact[field],
  ]);
  const country = contact.country === undefined || !wanted('country') ? undefined : ids.countries.get(contact.country);
  const agent =
    contact.favorite_agent === undefined || !wanted('favorite_agent')
      ? undefined
      : ids.agents.get(contact.favorite_agent.toLowerCase());
  return {
    name: contact.name,
    ...Object.fromEntries(texts),
    ...(country === undefined ? {} : { country_id: country }),
    ...(agent === undefined ? {} : { favorite_agent: agent }),
  };
}

/** The single values that a contact empties; not again what it has emptied already. */
export function clearedData(contact: ValidContact, accepted: ValidContact | undefined): Partial<SingleData> {
  const fields = SINGLE_FIELDS.filter((field) => contact.clear?.includes(field));
  const emptied = fields.filter((field) => accepted?.[field] !== undefined || !empties(accepted, field));
  return Object.fromEntries(emptied.map((field) => [field === 'country' ? 'country_id' : field, '']));
}

/** Whether a contact empties a field in CloudTalk; one that is only empty is left alone there. */
export function empties(contact: ValidContact | undefined, field: ClearedField): boolean {
  return contact?.clear?.includes(field) ?? false;
}

/** What is new in a contact and the account does not know (any more): such a row cannot be sent. */
export function unknownToAccount(
  contact: ValidContact,
  accepted: ValidContact | undefined,
  ids: AccountIds,
): readonly Issue[] {
  const issues: Issue[] = [];
  const { country, favorite_agent: agent, attributes } = contact;
  if (country !== undefined && country !== accepted?.country && !ids.countries.has(country)) {
    issues.push(describeIssue('invalid_country', 'country', country));
  }
  if (agent !== undefined && agent !== accepted?.favorite_agent && !ids.agents.has(agent.toLowerCase())) {
    issues.push(describeIssue('agent_not_found', 'favorite_agent', agent));
  }
  for (const [title, value] of Object.entries(attributes)) {
    if (value === accepted?.attributes[title] || ids.attributes.has(title)) continue;
    issues.push(describeIssue('unknown_attribute', title, value));
  }
  return issues;
}
