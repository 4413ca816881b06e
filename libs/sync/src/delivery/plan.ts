import type { ContactData } from '@cloudtalk-sync/cloudtalk';
import type { ListPolicies } from '@cloudtalk-sync/mapping';
import { type Issue, SINGLE_FIELDS, type SingleField, type ValidContact } from '@cloudtalk-sync/validation';
import { type AccountIds, clearedData, singleData, unknownToAccount } from './account-ids.js';
import { listData, needsPresent, newLists, type PresentLists, wishesOf } from './list-wishes.js';

/** What is known of a row's contact when it is the row's turn. */
export interface Situation {
  readonly contact: ValidContact;
  /** The contact it goes into; absent: there is none yet. */
  readonly contactId?: number | undefined;
  /** What this record's link says was accepted into that contact; absent before its first edit. */
  readonly accepted?: ValidContact | undefined;
  /** The tags that the contact got at the end of records for which it stood. */
  readonly endTags?: readonly string[] | undefined;
  /** The tags that it got from all records for which it stands; absent: from this one. */
  readonly brought?: readonly string[] | undefined;
  /** The contact's lists as CloudTalk has them, where that is known in this run. */
  readonly present?: PresentLists | undefined;
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
export function planRow(situation: Situation, ids: AccountIds, policies: ListPolicies): Plan {
  const { accepted, contact, contactId } = situation;
  const issues = unknownToAccount(contact, accepted, ids);
  if (issues.length > 0) return { kind: 'refuse', issues };
  if (contactId !== undefined) return planEdit(contactId, situation, ids, policies);
  return { kind: 'add', data: { ...singleData(contact, ids, () => true), ...newLists(contact, ids.attributes) } };
}

function planEdit(contactId: number, situation: Situation, ids: AccountIds, policies: ListPolicies): Plan {
  const { accepted, contact, present } = situation;
  const differs = (field: SingleField): boolean => contact[field] !== undefined && contact[field] !== accepted?.[field];
  const cleared = clearedData(contact, accepted);
  const wishes = wishesOf(situation, policies, ids.attributes);
  if (needsPresent(wishes) && present === undefined) return { kind: 'show', contactId };
  const lists = listData(wishes, present);
  if (!SINGLE_FIELDS.some(differs) && Object.keys({ ...cleared, ...lists }).length === 0) {
    return { kind: 'unchanged', contactId };
  }
  return {
    kind: 'edit',
    contactId,
    data: { id: contactId, ...singleData(contact, ids, differs), ...cleared, ...lists },
  };
}
