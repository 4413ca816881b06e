import type { Session } from '@cloudtalk-sync/connector-kit';
import { FatalError, reasonOf } from '@cloudtalk-sync/errors';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { AccountLists } from '../account/account-lists.js';
import { withSession } from '../connection-session.js';
import { readStored } from '../retry/read-stored.js';
import { type RunSettings, settingsHash } from '../settings.js';
import { endRest } from '../stopping.js';
import type { SyncConnection, World } from '../world.js';
import { suppressionHash } from './suppression-file.js';
import { noteErased } from './erased-records.js';
import { finishIntake } from './finish-intake.js';
import { Intake } from './intake.js';
import { noteNothingRead } from './nothing-read.js';
import { openStream, whatToRead } from './open-stream.js';

/**
 * Does the reading half of a run, from wherever it stands. An input that cannot be imported as a whole ends in
 * `reporting` with its reason; a source or account that cannot be used makes this throw, and the run can go on later.
 */
export async function readRun(
  world: World,
  run: RunEntity,
  connection: SyncConnection,
  lists: AccountLists,
  signal: AbortSignal,
): Promise<void> {
  if (run.state === 'requested') await begin(world, run, connection);
  const refusal = run.intake === 'reading' ? await readAll(world, run, connection, lists, signal) : undefined;
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

/** What a pass reads is decided once, so that an interrupted one goes on with the same. */
async function begin(world: World, run: RunEntity, connection: SyncConnection): Promise<void> {
  const isPass = run.kind === 'pass' || (run.kind === 'preview' && run.input === null);
  if (run.kind !== 'file') await noteSuppression(world, run);
  const reads = isPass ? await whatToRead(world, run, connection) : null;
  await world.store.runs.move(run, 'reading', { startedAt: world.clock.now(), reads });
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
  lists: AccountLists,
  signal: AbortSignal,
): Promise<FatalError | undefined> {
  if (run.kind === 'retry') return readStored(world, run, lists, signal);
  return withSession(world, connection, run.settings as RunSettings, async (session) => {
    try {
      const stream = await openStream(world, run, session, signal);
      await new Intake(world, lists).store(run, stream, signal);
      if (session.source.kind === 'pass') await noteErased(world.store, run, session.source, signal);
      return undefined;
    } catch (error) {
      if (error instanceof FatalError && concernsInput(error, session)) return error;
      throw error;
    }
  });
}

/** A file that a person must mend fails its run; a key or token that a person must mend makes the run wait. */
function concernsInput(error: FatalError, { source }: Session): boolean {
  if (error.code === 'unknown_attribute') return true;
  return source.kind === 'drop' && !ACCOUNT_CODES.has(error.code);
}

const ACCOUNT_CODES = new Set(['key_refused', 'wrong_address']);
