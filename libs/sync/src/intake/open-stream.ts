import type { DropSource, PassSource, RecordStream, Session } from '@cloudtalk-sync/connector-kit';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { SyncConnection, World } from '../world.js';

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

/** A run that was interrupted goes on where it stood; a new one reads everything, or what changed since the last. */
async function openPass(
  { store }: World,
  run: RunEntity,
  source: PassSource,
  signal: AbortSignal,
): Promise<RecordStream> {
  if (run.cursor !== null) return source.read({ behind: run.cursor }, signal);
  const cursor = await store.accounts.cursor(run.connectionId);
  if (cursor === undefined) return source.read('beginning', signal);
  return source.read(run.reads === 'everything' ? { again: cursor } : { since: cursor }, signal);
}

/**
 * Whether a pass reads everything: the first one, one whose mapping or policies are not those of the last completed run
 * and of those that sent something after it, and one when everything was last read longer ago than the connection says.
 */
export async function whatToRead(
  { store, clock }: World,
  run: RunEntity,
  { fullReadAfter }: Pick<SyncConnection, 'fullReadAfter'>,
): Promise<'everything' | 'changes'> {
  const connection = await store.accounts.connection(run.connectionId);
  if (connection?.settingsHash !== run.settingsHash) return 'everything';
  if (await store.runs.hadOtherSettings(run, connection.completedRunId)) return 'everything';
  if ((await store.accounts.cursor(run.connectionId)) === undefined) return 'everything';
  if (fullReadAfter === null) return 'changes';
  const age = clock.now().getTime() - (connection.readInFullAt?.getTime() ?? 0);
  return age >= fullReadAfter ? 'everything' : 'changes';
}
