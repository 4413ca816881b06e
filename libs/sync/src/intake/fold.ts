import { contactFingerprint, foldContacts, type ValidContact } from '@cloudtalk-sync/validation';
import type { FoldedRow, RowToFold, Store } from '@cloudtalk-sync/store';
import { linkKeyOf } from '../identities.js';

/** How many repetitions are folded in one transaction. */
const PAGE = 1000;

/** Folds the next rows of a run that repeat an earlier one; returns how many, 0 when all are folded. */
export async function foldNext(store: Store, runId: string): Promise<number> {
  const repetitions = await store.intake.nextRepetitions(runId, PAGE);
  if (repetitions.length === 0) return 0;
  const numbers = repetitions.flatMap(({ number, foldedInto }) => [number, foldedInto ?? number]);
  const rows = new Map((await store.intake.rowsToFold(runId, numbers)).map((row) => [row.number, row]));
  const contacts = new Map<RowToFold, ValidContact>();
  for (const { number, foldedInto } of repetitions) {
    const first = rows.get(foldedInto ?? number);
    const later = rows.get(number)?.contact;
    if (!first?.contact || !later) throw new Error(`Row ${number} of run ${runId} was to be folded without a contact.`);
    contacts.set(first, foldContacts(contacts.get(first) ?? first.contact, later));
  }
  const folded = repetitions.map((repetition) => repetition.number);
  await store.transaction((tx) => tx.intake.fold(runId, [...contacts].map(foldedRow), folded));
  return folded.length;
}

/** Where records have no id the fold is the record; a record with an id keeps its own fingerprint and link. */
function foldedRow([row, contact]: [RowToFold, ValidContact]): FoldedRow {
  const { number, recordId } = row;
  if (recordId !== null) return { number, contact, fingerprint: row.fingerprint ?? '', linkKey: row.linkKey };
  return { number, contact, fingerprint: contactFingerprint(contact), linkKey: linkKeyOf(null, contact) ?? null };
}
