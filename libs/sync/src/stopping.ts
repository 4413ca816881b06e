import type { Reason } from '@cloudtalk-sync/errors';
import type { RunEntity, Store } from '@cloudtalk-sync/store';
import type { RunSettings } from './settings.js';

const TOO_MANY_FAILURES = 'too_many_failures';
/** How many rows of a stopped run are ended by one statement. */
const CHUNK = 10_000;

/** True when a run has had too many failures: nothing more of it is checked or sent. */
export function isStopped(run: RunEntity): boolean {
  return run.error?.code === TOO_MANY_FAILURES;
}

/** Counts failed rows of a run; at the limit the run gets the reason why nothing more of it is sent. */
export async function countFailures(store: Store, run: RunEntity, failures: number): Promise<void> {
  if (failures === 0) return;
  run.failures = await store.runs.countFailures(run.id, failures);
  const limit = (run.settings as RunSettings).stopAfterFailures;
  if (run.failures >= limit && run.error === null) await store.runs.note(run, { error: tooManyFailures(limit) });
}

function tooManyFailures(limit: number): Reason {
  return {
    code: TOO_MANY_FAILURES,
    message: `The import was stopped because ${limit} rows have failed; the rest was not processed.`,
    fix: 'Look at the reasons in the errors file: so many failures mostly mean a wrong mapping. Correct it, or the rows, and import again.',
  };
}

/** Ends the rows of a run that are not sent any more. */
export async function endRest(store: Store, run: RunEntity): Promise<void> {
  while ((await store.rows.moveAll(run.id, 'ready', 'not processed', CHUNK)) > 0);
}
