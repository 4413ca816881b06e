import type { Connector, DropSource, RecordStream, Session, Start } from '@cloudtalk-sync/connector-kit';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { SyncConnection, World } from '../world.js';

/** The records of a run from its own cursor on: those of its file, or of the CRM since the connection's cursor. */
export async function openStream(
  world: World,
  run: RunEntity,
  { connector }: Pick<SyncConnection, 'connector'>,
  { source }: Session,
  signal: AbortSignal,
): Promise<RecordStream> {
  if (source.kind === 'drop') return openFile(run, source, signal);
  return source.read(await startOf(world, run, connector), signal);
}

function openFile(run: RunEntity, source: DropSource, signal: AbortSignal): Promise<RecordStream> {
  const { name = '', path } = run.input ?? {};
  const cursor = run.cursor ?? undefined;
  if (run.kind !== 'preview') return source.read({ runId: run.id, name }, cursor, signal);
  return source.look({ name, ...(path === undefined ? {} : { path }) }, cursor, signal);
}

/**
 * A run that was interrupted goes on where it stood; a new one reads everything, or what changed since the last. A cursor
 * that its connector cannot read, damaged or of another version, is as none, and what was read up to there is dropped.
 */
async function startOf({ store, log }: World, run: RunEntity, connector: Connector): Promise<Start> {
  const place = { run: run.id, connection: run.connectionId };
  if (run.cursor !== null && isReadable(connector, run.cursor)) return { behind: run.cursor };
  if (run.cursor !== null || run.rowsRead > 0) {
    log.warn(place, 'the place where this import was interrupted cannot be read; it reads anew from its beginning');
    await store.intake.dropRows(run);
  }
  const cursor = await store.accounts.cursor(run.connectionId);
  if (cursor === undefined) return 'beginning';
  if (isReadable(connector, cursor)) return run.reads === 'everything' ? { again: cursor } : { since: cursor };
  log.warn(place, 'the place where the last import ended cannot be read; this one reads everything');
  return 'beginning';
}

function isReadable({ cursorSchema }: Connector, cursor: unknown): boolean {
  return cursor !== undefined && cursorSchema.safeParse(cursor).success;
}

/**
 * Whether a pass reads everything: the first one, one whose mapping or policies are not those of the last completed run
 * and of those that sent something after it, one whose cursor is lost, and one when everything was last read longer ago
 * than the connection says.
 */
export async function whatToRead(
  { store, clock }: World,
  run: RunEntity,
  { connector, fullReadAfter }: Pick<SyncConnection, 'connector' | 'fullReadAfter'>,
): Promise<'everything' | 'changes'> {
  const connection = await store.accounts.connection(run.connectionId);
  if (connection?.settingsHash !== run.settingsHash) return 'everything';
  if (await store.runs.hadOtherSettings(run, connection.completedRunId)) return 'everything';
  if (!isReadable(connector, await store.accounts.cursor(run.connectionId))) return 'everything';
  if (fullReadAfter === null) return 'changes';
  const age = clock.now().getTime() - (connection.readInFullAt?.getTime() ?? 0);
  return age >= fullReadAfter ? 'everything' : 'changes';
}
