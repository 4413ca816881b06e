import type { RunEntity, Store } from '@cloudtalk-sync/store';
import { isStopped } from '../stopping.js';
import { noteWarning } from './note-warning.js';

/**
 * Ends the reading of a pass that was to read everything and was given no record, though records were read before: it
 * does not count as a reading, and says so. Any other run is left as it is.
 */
export async function noteNothingRead(store: Store, run: RunEntity): Promise<void> {
  if (run.kind !== 'pass' || run.reads !== 'everything' || isStopped(run)) return;
  const missing = await store.gone.missingFrom(run);
  if (missing === 0) return;
  const noun = run.rowsRead === 0 ? 'record' : 'living record';
  const were = missing === 1 ? 'one was' : `${missing} were`;
  const message = `The source gave no ${noun} at all, though ${were} read before; the next import reads everything again.`;
  const notes = { reads: 'nothing', intake: 'comparing records' } as const;
  await noteWarning(store, run, { code: 'nothing_read', message }, notes);
}
