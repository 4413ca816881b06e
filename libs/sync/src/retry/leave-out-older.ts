import type { RunEntity, Store } from '@cloudtalk-sync/store';

/** The run's id follows, where a sentence has no end. */
const REASONS = {
  record: 'Left out: a later row of the same record came in with the import',
  notGoneIn:
    'Left out: a newer version of the record was read since, and did not go in; to bring that in, retry the import',
  inRetry: 'Left out: a newer version of the record is in this retry, too.',
  contact: 'Left out: a later row of the same contact came in with the import',
};

/**
 * Ends the rows of a retry whose record or contact has meanwhile gone in with a later row, or of which a CRM has given a
 * newer version, as `skipped`: an older value must not come after a newer one. May be done again. Yields how many rows each step
 * ended.
 */
export async function* leaveOutOlder(store: Store, retry: RunEntity): AsyncGenerator<number> {
  yield* store.retries.leaveOutOlder(retry, await store.retries.laterRuns(retry), REASONS);
}
