import type { Session } from '@cloudtalk-sync/connector-kit';
import { FatalError, reasonOf } from '@cloudtalk-sync/errors';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { AccountDesk } from '../account/account-desk.js';
import { withSession } from '../connection-session.js';
import { readStored } from '../retry/read-stored.js';
import { type RunSettings, settingsHash, settingsOf } from '../settings.js';
import { endRest } from '../stopping.js';
import type { SyncConnection, World } from '../world.js';
import { suppressionHash } from './suppression-file.js';
import { noteErased } from './erased-records.js';
import { finishIntake } from './finish-intake.js';
import { Intake } from './intake.js';
import { noteNothingRead } from './nothing-read.js';
import { openStream, whatToRead } from './open-stream.js';

/** What a run needs of its account while it is read. */
type ReadingDesk = Pick<AccountDesk, 'account' | 'lists'>;

/**
 * Does the reading half of a run, from wherever it stands. An input that cannot be imported as a whole ends in
 * `reporting` with its reason; a source or account that cannot be used makes this throw, and the run can go on later.
 */
export async function readRun(
  world: World,
  run: RunEntity,
  connection: SyncConnection,
  desk: ReadingDesk,
  signal: AbortSignal,
): Promise<void> {
  if (run.state === 'requested' || hasReadNothing(run)) await begin(world, run, connection, desk);
  else if (run.kind === 'pass') await noteOthers(world, run, settingsOf(connection, desk.account));
  const refusal = run.intake === 'reading' ? await readAll(world, run, connection, desk, signal) : undefined;
  if (refusal) {
    const place = { run: run.id, connection: run.connectionId, file: run.input?.name, code: refusal.code };
    world.log.warn(place, `the input cannot be imported: ${refusal.message} ${refusal.fix}`);
    await endRest(world.store, run);
    await world.store.runs.move(run, 'reporting', { error: reasonOf(refusal) });
    world.ring('report', run.id);
    return;
  }
  if (run.intake === 'reading') await noteNothingRead(world.store, run);
  await finishIntake(world.store, run, signal);
  world.ring('deliver', run.accountId);
}

/** What keeps a run from its first record may be what was wrong with its settings. */
function hasReadNothing({ kind, intake, cursor, rowsRead }: RunEntity): boolean {
  return kind !== 'preview' && intake === 'reading' && cursor === null && rowsRead === 0;
}

/**
 * By which settings a run reads, and what, is decided before its first record, so that an interrupted one goes on with
 * the same.
 */
async function begin(
  world: World,
  run: RunEntity,
  connection: SyncConnection,
  { account }: ReadingDesk,
): Promise<void> {
  const { clock, store } = world;
  const isPass = run.kind === 'pass' || (run.kind === 'preview' && run.input === null);
  const settings = settingsOf(connection, account);
  if (isOutdated(run, settings)) await store.runs.note(run, { settings, settingsHash: settingsHash(settings) });
  if (run.kind !== 'file') await noteSuppression(world, run);
  const reads = isPass ? await whatToRead(world, run, connection) : null;
  if (run.state === 'requested') await store.runs.move(run, 'reading', { startedAt: clock.now(), reads });
  else await store.runs.note(run, { reads });
}

/**
 * The options of a source and the suppression file are those of today: a pass that goes on by others than it began with
 * has read all of its records by neither, so that the next one reads everything.
 */
async function noteOthers({ store }: World, run: RunEntity, { selection }: RunSettings): Promise<void> {
  if (run.intake !== 'reading') return;
  const settings = { ...(run.settings as RunSettings), ...(selection && { selection }) };
  const isSame = settingsHash(settings, await suppressionHash(settings)) === run.settingsHash;
  if (!isSame) await store.runs.note(run, { settingsHash: 'of several readings' });
}

/** Whether the config says something else today. */
function isOutdated({ settings }: RunEntity, today: RunSettings): boolean {
  return settingsHash(settings as RunSettings) !== settingsHash(today);
}

/** What the suppression file says is a policy, like the config. */
async function noteSuppression({ store }: World, run: RunEntity): Promise<void> {
  const settings = run.settings as RunSettings;
  const suppression = await suppressionHash(settings);
  if (suppression !== undefined) await store.runs.note(run, { settingsHash: settingsHash(settings, suppression) });
}

/** Returns why the input as a whole is refused, if it is. */
async function readAll(
  world: World,
  run: RunEntity,
  connection: SyncConnection,
  { account, lists }: ReadingDesk,
  signal: AbortSignal,
): Promise<FatalError | undefined> {
  if (run.kind === 'retry') return readStored(world, run, lists, signal);
  return withSession(world, connection, run.settings as RunSettings, async (session) => {
    try {
      const stream = await openStream(world, run, connection, session, signal);
      await new Intake(world, lists).store(run, stream, signal);
      if (session.source.kind === 'pass') await noteErased(world.store, run, session.source, signal);
      return undefined;
    } catch (error) {
      if (!(error instanceof FatalError)) throw error;
      const isNamedNoMore = error.code === 'unknown_field' && isOutdated(run, settingsOf(connection, account));
      if (isNamedNoMore || concernsInput(error, session)) return error;
      throw error;
    }
  });
}

/**
 * A file that a person must mend fails its run; a key or token that a person must mend makes the run wait, and so does a
 * field that the source does not have, as long as the config names it.
 */
function concernsInput(error: FatalError, { source }: Session): boolean {
  if (error.code === 'unknown_attribute') return true;
  return source.kind === 'drop' && !BESIDE_THE_FILE.has(error.code);
}

/** What a person can mend without touching the file. */
const BESIDE_THE_FILE = new Set(['key_refused', 'wrong_address', 'suppression_unreadable']);
