import type { RunEntity, Store } from '@cloudtalk-sync/store';

/**
 * Ends the rows of a retry whose record or contact has meanwhile gone in with a later row, as `skipped`: an older value
 * must not come after a newer one. May be done again. Yields how many rows each step ended.
 */
export async function* leaveOutOlder(store: Store, retry: RunEntity): AsyncGenerator<number> {
  for (const later of await store.retries.laterRuns(retry)) {
    const reason = `Left out: a later row of the same record came in with the import ${later.id.slice(0, 8)}.`;
    yield* store.retries.leaveOutOlder(retry, later, reason);
  }
}
