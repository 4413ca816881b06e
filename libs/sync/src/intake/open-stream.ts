import type { DropSource, PassSource, RecordStream, Session } from '@cloudtalk-sync/connector-kit';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { World } from '../world.js';

/** The records of a run from its own cursor on: those of its file, or of the CRM since the connection's cursor. */
export function openStream(
  world: World,
  run: RunEntity,
  { source }: Session,
  signal: AbortSignal,
): Promise<RecordStream> {
  return source.kind === 'drop' ? openFile(run, source, signal) : openPass(world, run, source, signal);
}

function openFile(run: RunEntity, source: DropSource, signal: AbortSignal): Promise<RecordStream> {
  const { name = '', path } = run.input ?? {};
  const cursor = run.cursor ?? undefined;
  if (run.kind !== 'preview') return source.read({ runId: run.id, name }, cursor, signal);
  return source.look({ name, ...(path === undefined ? {} : { path }) }, cursor, signal);
}

/** A connection whose mapping or policies changed since its last completed run is read in full. */
async function openPass(
  { store }: World,
  run: RunEntity,
  source: PassSource,
  signal: AbortSignal,
): Promise<RecordStream> {
  const connection = await store.accounts.connection(run.connectionId);
  const isSame = connection?.settingsHash === run.settingsHash;
  const resume = run.cursor ?? (isSame ? await store.accounts.cursor(run.connectionId) : undefined);
  return source.read(resume, signal);
}
