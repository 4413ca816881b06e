import { FatalError } from '@cloudtalk-sync/errors';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { AccountLists } from '../account/account-lists.js';
import { Intake } from '../intake/intake.js';
import type { RunSettings } from '../settings.js';
import type { World } from '../world.js';
import { expectFieldsRead, RETRY_REFUSED } from './refusals.js';
import { openStored } from './stored-stream.js';

const REFUSING = new Set(['unknown_attribute', RETRY_REFUSED]);

/** Reads a retry from what the run before stored, without its source; returns why it is refused as a whole, if it is. */
export async function readStored(
  world: World,
  run: RunEntity,
  lists: AccountLists,
  signal: AbortSignal,
): Promise<FatalError | undefined> {
  const { store } = world;
  try {
    const original = run.retryOf === null ? null : await store.runs.find(run.retryOf);
    if (original) await expectFieldsRead(store, original, run.settings as RunSettings);
    await new Intake(world, lists).store(run, openStored(store, run, signal), signal);
    return undefined;
  } catch (error) {
    if (error instanceof FatalError && REFUSING.has(error.code)) return error;
    throw error;
  }
}
