import type { RunEntity, Store } from '@cloudtalk-sync/store';
import { stopIfAsked, type World } from '../world.js';

/** The run's id follows. */
const REASONS = {
  record: 'Left out: a later row of the same record came in with the import',
  contact: 'Left out: a later row of the same contact came in with the import',
};

/**
 * Ends the rows of a retry whose record or contact has meanwhile gone in with a later row, as `skipped`: an older value
 * must not come after a newer one. May be done again. Yields how many rows each step ended.
 */
export async function* leaveOutOlder(store: Store, retry: RunEntity): AsyncGenerator<number> {
  yield* store.retries.leaveOutOlder(retry, await store.retries.laterRuns(retry), REASONS);
}

/** Which rows of a run hold a version of their record behind which another run has read a newer one. */
export async function olderVersions(world: World, run: RunEntity, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const { retries } = world.store;
  const numbers = new Set<number>();
  for await (const found of retries.olderVersions(run, await retries.laterRuns(run))) {
    stopIfAsked(signal);
    for (const number of found) numbers.add(number);
  }
  return numbers;
}
