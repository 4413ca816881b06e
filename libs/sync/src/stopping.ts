import type { Reason } from '@cloudtalk-sync/errors';
import type { RunEntity, Store } from '@cloudtalk-sync/store';
import type { RunSettings } from './settings.js';

const TOO_MANY_FAILURES = 'too_many_failures';
/** So many rows say whether a mapping is wrong. */
const FIRST_ROWS = 100;
/** How many rows of a stopped run are ended by one statement. */
const CHUNK = 10_000;

/** True when a run has had too many failures: nothing more of it is checked or sent. */
export function isStopped(run: RunEntity): boolean {
  return run.error?.code === TOO_MANY_FAILURES;
}

/**
 * Why a run stops after so many failures, if it does; `checked` is how many rows were checked so far, where that is
 * known: just after the first hundred their part of failures counts too.
 */
export function stopReason(run: RunEntity, failures: number, checked?: number): Reason | undefined {
  const { stopAfterFailures: limit, stopAtFailureShare: share } = run.settings as RunSettings;
  if (failures >= limit) return tooManyFailures(limit);
  return checked === FIRST_ROWS && share !== null && failures >= share * FIRST_ROWS
    ? wrongMapping(failures)
    : undefined;
}

/** Counts failed rows of a run; the run gets the reason why nothing more of it is sent, once there is one. */
export async function countFailures(store: Store, run: RunEntity, failures: number, reason?: Reason): Promise<void> {
  if (failures > 0) run.failures = await store.runs.countFailures(run.id, failures);
  const stop = reason ?? stopReason(run, run.failures) ?? (await stopAfterFirstRows(store, run));
  if (stop && run.error === null) await store.runs.note(run, { error: stop });
}

/**
 * Rows that CloudTalk refuses say as much of a mapping as those that fail our own checks; there is nothing to stop once
 * all are sent.
 */
async function stopAfterFirstRows(store: Store, run: RunEntity): Promise<Reason | undefined> {
  const { stopAtFailureShare: share } = run.settings as RunSettings;
  if (share === null || run.rowsRead < FIRST_ROWS) return undefined;
  const { failed, hasRest } = await store.rows.firstFailures(run.id, FIRST_ROWS);
  return hasRest && failed >= share * FIRST_ROWS ? wrongMapping(failed) : undefined;
}

function tooManyFailures(limit: number): Reason {
  return {
    code: TOO_MANY_FAILURES,
    message: `The import was stopped because ${limit} rows have failed; the rest was not processed.`,
    fix: 'Look at the reasons: so many failures mostly mean a wrong mapping. Correct it, or the rows, and import again.',
  };
}

function wrongMapping(failures: number): Reason {
  return {
    code: TOO_MANY_FAILURES,
    message: `The import was stopped because ${failures} of its first ${FIRST_ROWS} rows have failed; the rest was not processed.`,
    fix: 'Look at the reasons and correct the mapping; then import again.',
  };
}

/** Ends the rows of a run that are not sent any more. */
export async function endRest(store: Store, run: RunEntity): Promise<void> {
  while ((await store.rows.moveAll(run.id, 'ready', 'not processed', CHUNK)) > 0);
}
