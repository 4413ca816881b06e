import type { ValidContact } from './contact.js';
import { hasAddress } from './identifiers.js';

/**
 * Two records of one contact as CloudTalk merges them: the union of numbers, e-mails and tags, the newest value of each
 * attribute and of every other field that `later` fills.
 */
export function foldContacts(first: ValidContact, later: ValidContact): ValidContact {
  return {
    ...first,
    ...later,
    phones: union(first.phones, later.phones),
    emails: [...first.emails, ...later.emails.filter((email) => !hasAddress(first.emails, email))],
    tags: union(first.tags, later.tags),
    attributes: { ...first.attributes, ...later.attributes },
  };
}

function union(first: readonly string[], later: readonly string[]): readonly string[] {
  return [...new Set([...first, ...later])];
}
