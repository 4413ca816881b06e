import type { RowEntity, Store } from '@cloudtalk-sync/store';
import { foldContacts, type ValidContact } from '@cloudtalk-sync/validation';

/**
 * What a row says of a contact into which it goes. Rows behind it may have gone into that already, folded into an earlier
 * one: then what they say counts as said after it.
 */
export async function withLater(
  store: Store,
  row: RowEntity,
  contact: ValidContact,
  contactId: number | undefined,
): Promise<ValidContact> {
  if (contactId === undefined || row.gone) return contact;
  return (await store.rows.foldedBehind(row, contactId)).reduce(foldContacts, contact);
}
