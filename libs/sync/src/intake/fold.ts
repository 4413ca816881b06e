import { contactFingerprint, foldContacts } from '@cloudtalk-sync/validation';
import type { FoldedRow, RowToFold, Store } from '@cloudtalk-sync/store';
import { linkKeyOf } from '../identities.js';

/** How many repetitions are folded in one transaction. */
const PAGE = 1000;

/** What several rows hold together, and the number of the last of them. */
type Fold = Pick<FoldedRow, 'contact' | 'place'>;

/** Folds the next rows of a run that repeat an earlier one; returns how many, 0 when all are folded. */
export async function foldNext(store: Store, runId: string): Promise<number> {
  const repetitions = await store.intake.nextRepetitions(runId, PAGE);
  if (repetitions.length === 0) return 0;
  const numbers = repetitions.flatMap(({ number, foldedInto }) => [number, foldedInto ?? number]);
  const rows = new Map((await store.intake.rowsToFold(runId, numbers)).map((row) => [row.number, row]));
  const folds = new Map<RowToFold, Fold>();
  for (const { number, foldedInto } of repetitions) {
    const first = rows.get(foldedInto ?? number);
    const later = rows.get(number)?.contact;
    if (!first?.contact || !later) throw new Error(`Row ${number} of run ${runId} was to be folded without a contact.`);
    folds.set(first, { contact: foldContacts(folds.get(first)?.contact ?? first.contact, later), place: number });
  }
  const folded = repetitions.map((repetition) => repetition.number);
  await store.transaction((tx) => tx.intake.fold(runId, [...folds].map(foldedRow), folded));
  return folded.length;
}

/** Where records have no id the fold is the record; a record with an id keeps its own fingerprint and link. */
function foldedRow([row, fold]: [RowToFold, Fold]): FoldedRow {
  const { number, recordId } = row;
  const { contact } = fold;
  if (recordId !== null) return { ...fold, number, fingerprint: row.fingerprint ?? '', linkKey: row.linkKey };
  return { ...fold, number, fingerprint: contactFingerprint(contact), linkKey: linkKeyOf(null, contact) ?? null };
}
