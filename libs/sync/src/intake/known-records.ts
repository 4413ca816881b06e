import type { NewRow, RunEntity, Store } from '@cloudtalk-sync/store';
import { linkKeyOf } from '../identities.js';
import type { ReadRecord } from './read-record.js';

/** What was known before of the records of a page. */
export interface KnownRecords {
  /** The same failure of an unchanged record was reported before, and does not count again. */
  readonly hasFailed: (record: ReadRecord, row: NewRow) => boolean;
  /** The record was accepted just so. */
  readonly wasAccepted: (row: NewRow) => boolean;
}

/** In a retry what the run before said of the row tells whether a failure is known, else what the record's link says. */
export async function knownRecords(store: Store, run: RunEntity, page: readonly ReadRecord[]): Promise<KnownRecords> {
  if (run.kind === 'retry') {
    const hasFailed: KnownRecords['hasFailed'] = ({ stored }, { fingerprint = null }) =>
      stored?.failedAs === fingerprint;
    return { hasFailed, wasAccepted: () => false };
  }
  const keys = page.flatMap((record) => linkKeyOf(record.id, undefined) ?? []);
  const links = await store.links.ofKeys(run.connectionId, keys);
  const linkOf = ({ recordId }: NewRow) => links.get(linkKeyOf(recordId, undefined) ?? '');
  return {
    hasFailed: (_record, row) => row.fingerprint !== undefined && linkOf(row)?.refusedFingerprint === row.fingerprint,
    wasAccepted: (row) => row.fingerprint !== undefined && linkOf(row)?.acceptedFingerprint === row.fingerprint,
  };
}
