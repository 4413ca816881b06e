import { FatalError } from '@cloudtalk-sync/errors';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { AccountLists } from '../account/account-lists.js';
import { Intake } from '../intake/intake.js';
import type { World } from '../world.js';
import { openStored } from './stored-stream.js';

/** Reads a retry from what the run before stored, without its source; returns why it is refused as a whole, if it is. */
export async function readStored(
  world: World,
  run: RunEntity,
  lists: AccountLists,
  signal: AbortSignal,
): Promise<FatalError | undefined> {
  try {
    await new Intake(world, lists).store(run, openStored(world.store, run, signal), signal);
    return undefined;
  } catch (error) {
    if (error instanceof FatalError && error.code === 'unknown_attribute') return error;
    throw error;
  }
}
