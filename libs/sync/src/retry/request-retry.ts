import { randomUUID } from 'node:crypto';
import { hasEnded, type RunEntity } from '@cloudtalk-sync/store';
import { requestRun } from '../request-run.js';
import { settingsOf } from '../settings.js';
import type { SyncAccount, SyncConnection, World } from '../world.js';
import { expectFieldsRead, refused } from './refusals.js';
import { inputOfRetry } from './stored-stream.js';

/**
 * Asks for a new run over the failed and not processed rows of an ended one, with the settings of today; returns its
 * id. Throws FatalError when the run has not ended, has no such rows, or is being tried again already.
 */
export async function requestRetry(
  world: World,
  original: RunEntity,
  code: string | undefined,
  connection: SyncConnection,
  account: SyncAccount,
): Promise<string> {
  await expectRetryable(world, original, code);
  await expectFieldsRead(world.store, original, settingsOf(connection, account));
  const rows = { retryOf: original.id, ...(code === undefined ? {} : { retryCode: code }) };
  return requestRun(world, randomUUID(), 'retry', connection, account, inputOfRetry(original.input), rows);
}

async function expectRetryable({ store }: World, run: RunEntity, code: string | undefined): Promise<void> {
  const id = run.id.slice(0, 8);
  if (run.kind === 'preview') throw refused(`${id} was a preview, which sends nothing.`, 'Run the import itself.');
  if (!hasEnded(run)) {
    throw refused(`The import ${id} has not ended: it is ${run.state}.`, 'Wait for its end, then try its rows again.');
  }
  const open = await store.retries.openRetryOf(run.id);
  if (open) {
    const other = open.id.slice(0, 8);
    throw refused(`The import ${id} is being tried again already, as ${other}.`, `Wait for the end of ${other}.`);
  }
  const rows = await store.retries.rows(run.id, { after: 0, limit: 1, code: code ?? null });
  if (rows.length > 0) return;
  if (code === undefined)
    throw refused(`No row of the import ${id} failed or was left over.`, 'Nothing is to be done.');
  throw refused(`No row of the import ${id} failed with the code '${code}'.`, `'show ${id}' names the codes it has.`);
}
