import { type Reason, reasonOf, RetryableError } from '@cloudtalk-sync/errors';
import type { RunEntity, RunPlace, Waiting, WorkingState } from '@cloudtalk-sync/store';
import type { World } from './world.js';

/** The longest pause when something is only out of reach, in milliseconds. */
const PAUSE = 60_000;
/**
 * The longest pause before a refused key, a wrong address or a broken source is tried again, in milliseconds. It doubles
 * up to that from PAUSE on, since a login that fails again and again is locked (Salesforce: after ten times).
 */
const LONGEST_PAUSE = 15 * 60_000;
/** The first pause when something is only out of reach, in milliseconds; it doubles up to PAUSE. */
const FIRST_PAUSE = 2_000;

/** How long to wait after failures of the same thing, one after the other. */
export class Patience {
  private readonly failures = new Map<string, number>();

  /** When to try again after `error`. */
  retryAt(key: string, error: unknown, now: Date): Date {
    const failures = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, failures);
    const doubled = 2 ** Math.min(failures - 1, 10);
    if (!(error instanceof RetryableError)) return new Date(now.getTime() + Math.min(LONGEST_PAUSE, PAUSE * doubled));
    const pause = Math.min(PAUSE, FIRST_PAUSE * doubled);
    return new Date(Math.max(now.getTime() + pause, error.retryAt?.getTime() ?? 0));
  }

  succeeded(key: string): void {
    this.failures.delete(key);
  }
}

/** Lets a run wait for what `error` says, and notes the one sentence that a person reads. */
export async function letWait(world: World, run: RunEntity, error: unknown, checkAt: Date): Promise<void> {
  const reason: Reason = reasonOf(error);
  if (reason.code === 'internal_error') world.log.error({ run: run.id, error }, 'a run met an unexpected error');
  else world.log.warn({ run: run.id, code: reason.code, checkAt }, `the run waits: ${reason.message}`);
  const from = run.state as WorkingState;
  await world.store.runs.move(run, 'waiting', { waiting: waitingFor(from, error, checkAt) });
}

/** Lets a run wait for the same as one that waits already. */
export async function waitAlong(world: World, run: RunEntity, first: Pick<RunEntity, 'waiting'>): Promise<void> {
  if (first.waiting === null) return;
  const from = run.state as WorkingState;
  await world.store.runs.move(run, 'waiting', { waiting: { ...first.waiting, from } });
}

/** What is noted on a run that waits. */
export function waitingFor(from: WorkingState, error: unknown, checkAt: Date): Waiting {
  const needsPerson = !(error instanceof RetryableError);
  return { from, reason: reasonOf(error), needsPerson, checkAt: checkAt.toISOString() };
}

/** Lets a waiting run go on where it stood. */
export async function goOn(world: World, run: RunPlace & Pick<RunEntity, 'waiting'>): Promise<void> {
  if (run.waiting) await world.store.runs.move(run, run.waiting.from);
}
