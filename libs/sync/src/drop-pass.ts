import { randomUUID } from 'node:crypto';
import type { ClaimedFile, DropSource } from '@cloudtalk-sync/connector-kit';
import { requestRun } from './request-run.js';
import { stopIfAsked, type SyncAccount, type SyncConnection, type World } from './world.js';

/**
 * One pass over a drop: takes each finished file for a run of its own. Files that were claimed by a process that died
 * before it could ask for their run are adopted. Returns the ids of the runs asked for, in their order.
 */
export async function passOverDrop(
  world: World,
  source: DropSource,
  connection: SyncConnection,
  account: SyncAccount,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const claimed = await source.claimed();
  const known = await world.store.runs.known(claimed.map((file) => file.runId));
  const taken: string[] = [];
  for (const orphan of claimed.filter((file) => !known.has(file.runId))) {
    world.log.warn({ run: orphan.runId, connection: connection.id }, 'adopting a file that was claimed without a run');
    taken.push(await request(world, orphan, undefined, connection, account));
  }
  for (const file of await source.finished(signal)) {
    stopIfAsked(signal);
    const claim = await source.claim(file, randomUUID());
    if (claim) taken.push(await request(world, claim, file.size, connection, account));
  }
  return taken;
}

function request(
  world: World,
  { runId, name }: ClaimedFile,
  size: number | undefined,
  connection: SyncConnection,
  account: SyncAccount,
): Promise<string> {
  const input = { name, ...(size === undefined ? {} : { size }), warnings: [] };
  return requestRun(world, runId, 'file', connection, account, input);
}
