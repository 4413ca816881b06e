import type { RunEntity, RunNotes, Store } from '@cloudtalk-sync/store';

/** Notes a warning about a run as a whole behind those it has, and what else there is to note of it. */
export async function noteWarning(
  store: Store,
  run: RunEntity,
  warning: { readonly code: string; readonly message: string },
  notes: RunNotes = {},
): Promise<void> {
  const warnings = [...(run.input?.warnings ?? []), { field: '', from: '', to: '', ...warning }];
  await store.runs.note(run, { ...notes, input: { ...run.input, warnings } });
}
