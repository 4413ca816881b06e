import type { RunEntity, Store } from '@cloudtalk-sync/store';
import { linkKeyOf } from '../identities.js';
import type { CheckedRecord } from './check-record.js';
import type { ReadRecord } from './read-record.js';

type Failure = Extract<CheckedRecord, { ok: false }>;

/**
 * Tells of the failures of a page which were reported before: the same failure of an unchanged record does not count
 * again. In a retry that is what the run before said of the row, else what the record's link says.
 */
export async function reportedFailures(
  store: Store,
  run: RunEntity,
  page: readonly ReadRecord[],
): Promise<(record: ReadRecord, failure: Failure) => boolean> {
  if (run.kind === 'retry') return ({ stored }, { fingerprint = null }) => stored?.failedAs === fingerprint;
  const keys = page.flatMap((record) => linkKeyOf(record.id, undefined) ?? []);
  if (keys.length === 0) return () => false;
  const links = await store.links.ofKeys(run.connectionId, keys);
  return ({ id }, { fingerprint }) => {
    const key = linkKeyOf(id, undefined);
    return key !== undefined && fingerprint !== undefined && links.get(key)?.refusedFingerprint === fingerprint;
  };
}
