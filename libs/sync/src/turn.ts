import { isDeepStrictEqual } from 'node:util';
import type { RunEntity, RunPlace, Waiting } from '@cloudtalk-sync/store';
import type { World } from './world.js';

/**
 * Passes and retries of one connection go one after the other, so that what is read, sent or told later is newer: each
 * is read when those that were asked for before it have ended, or, of a drop, which tells no records, have been read. Lets
 * a run that is to be read wait until then, with the sentence of the one before it where that waits; returns false when it
 * is the run's turn.
 */
export async function waitsForTurn({ store }: World, { id }: RunPlace): Promise<boolean> {
  const run = await store.runs.find(id);
  const before = run && (await store.runs.openBefore(run));
  if (!before) return false;
  const waiting: Waiting = { ...(before.waiting ?? behind(before, run)), from: 'requested' };
  if (run.state === 'requested') await store.runs.move(run, 'waiting', { waiting });
  else if (!isDeepStrictEqual(run.waiting, waiting)) await store.runs.note(run, { waiting });
  return true;
}

/** Its check is always due, since the other one may end at any moment. */
function behind(before: RunEntity, { requestedAt }: RunEntity): Omit<Waiting, 'from'> {
  return {
    reason: {
      code: 'behind',
      message: `The import ${before.id.slice(0, 8)} of the same connection has not ended.`,
      fix: 'Nothing needs to be done: this one goes on when that one has ended.',
    },
    needsPerson: false,
    checkAt: requestedAt.toISOString(),
  };
}
