import type { ValidContact } from '@cloudtalk-sync/validation';
import { type Identity, identityKey, storableText } from '@cloudtalk-sync/store';

/** The numbers and e-mails by which a contact is found again: numbers first, since CloudTalk matches by them first. */
export function identitiesOf(contact: Pick<ValidContact, 'phones' | 'emails'>): readonly Identity[] {
  const identities = [
    ...contact.phones.map((value) => ({ kind: 'phone' as const, value })),
    ...contact.emails.map((value) => ({ kind: 'email' as const, value: value.toLowerCase() })),
  ];
  return [...new Map(identities.map((identity) => [identityKey(identity), identity])).values()];
}

const RECORD = 'id:';

/** Whether a link's key is the id of its record. */
export function hasRecordId(linkKey: string): boolean {
  return linkKey.startsWith(RECORD);
}

/** The id of the record whose link has this key. */
export function recordIdOf(linkKey: string): string {
  return linkKey.slice(RECORD.length);
}

/** The key of a record's link: its id, or where it has none the contact's first number, else its first e-mail. */
export function linkKeyOf(recordId: string | undefined | null, contact: ValidContact | undefined): string | undefined {
  if (recordId !== undefined && recordId !== null) return RECORD + storableText(recordId);
  const [phone] = contact?.phones ?? [];
  if (phone !== undefined) return identityKey({ kind: 'phone', value: phone });
  const [email] = contact?.emails ?? [];
  return email === undefined ? undefined : identityKey({ kind: 'email', value: email.toLowerCase() });
}
