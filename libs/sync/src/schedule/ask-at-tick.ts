import { randomUUID } from 'node:crypto';
import type { Reason } from '@cloudtalk-sync/errors';
import type { RunEntity, Store } from '@cloudtalk-sync/store';
import { requestRun } from '../request-run.js';
import type { SyncAccount, SyncConnection, World } from '../world.js';

/** One tick of a schedule, or several that are dealt with as one. */
export interface Tick {
  /** Stores that it is dealt with; false when somebody else already has. */
  readonly settle: (store: Store) => Promise<boolean>;
  /** Whether it is put on record that it came while this run was still going on. */
  readonly records: (running: RunEntity) => boolean;
}

/** What a tick led to. */
export interface Asked {
  /** The runs asked for. */
  readonly runs: readonly string[];
  /** The run that was still going on, so that none was asked for. */
  readonly running?: string;
}

/**
 * Asks for a pass over a CRM at a tick, in one transaction with the tick's being dealt with. While an earlier pass has
 * not ended, a run is recorded as skipped instead. Returns undefined when somebody else has dealt with the tick.
 */
export async function askAtTick(
  world: World,
  connection: SyncConnection,
  account: SyncAccount,
  tick: Tick,
): Promise<Asked | undefined> {
  const asked = await world.store.transaction(async (store): Promise<Asked | undefined> => {
    if (!(await tick.settle(store))) return undefined;
    const running = await store.runs.openPass(connection.id);
    if (running && !tick.records(running)) return { runs: [], running: running.id };
    // Nobody is rung for inside a transaction.
    const inside = { ...world, store, ring: () => undefined };
    const id = await requestRun(inside, randomUUID(), 'pass', connection, account);
    if (!running) return { runs: [id] };
    await skip(inside, id, running);
    return { runs: [], running: running.id };
  });
  for (const id of asked?.runs ?? []) world.ring('read', id);
  return asked;
}

async function skip({ store, log }: World, id: string, running: RunEntity): Promise<void> {
  const run = await store.runs.find(id);
  if (!run) throw new Error(`The run ${id} is gone while it is being asked for.`);
  const error = overlap(running);
  await store.runs.move(run, 'skipped', { error, endedAt: run.requestedAt });
  log.warn({ run: id, connection: run.connectionId, running: running.id }, error.message);
}

function overlap({ id, requestedAt, waiting }: RunEntity): Reason {
  const short = id.slice(0, 8);
  const asked = requestedAt.toISOString().slice(0, 16).replace('T', ' ');
  const state = waiting ? `waits: ${waiting.reason.message}` : 'is still going on.';
  return {
    code: 'overlap',
    message: `Not begun, because the import ${short} of ${asked} UTC ${state}`,
    fix: waiting
      ? waiting.reason.fix
      : `Nothing is to be done: the next one takes in what this one would have. If it happens often, let the schedule come less often.`,
  };
}
