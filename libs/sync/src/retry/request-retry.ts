import { randomUUID } from 'node:crypto';
import { FatalError } from '@cloudtalk-sync/errors';
import { hasEnded, type RunEntity } from '@cloudtalk-sync/store';
import { fieldsOf } from '../connection-session.js';
import { requestRun } from '../request-run.js';
import type { RunSettings } from '../settings.js';
import type { SyncAccount, SyncConnection, World } from '../world.js';
import { inputOfRetry } from './stored-stream.js';

/** The code of the error that says why a run cannot be tried again. */
export const RETRY_REFUSED = 'retry_refused';

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
  await expectFieldsRead(world, original, connection);
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

/** Records of a CRM are stored with the fields that were asked for then: any other would count as empty. */
async function expectFieldsRead(
  { store }: World,
  original: RunEntity,
  { doNotCall, mapping }: SyncConnection,
): Promise<void> {
  let origin = original;
  while (origin.retryOf !== null) origin = (await store.runs.find(origin.retryOf)) ?? { ...origin, retryOf: null };
  if (origin.kind !== 'pass') return;
  const read = fieldsOf(origin.settings as RunSettings);
  const today = fieldsOf({ doNotCall: doNotCall ?? null, mapping: mapping ?? null });
  const missing = today.filter((field) => !read.includes(field));
  if (missing.length === 0) return;
  throw refused(
    `The import ${original.id.slice(0, 8)} was read without ${missing.join(', ')}, which mapping or doNotCall names now.`,
    'Run the connection instead: since its config has changed, it reads everything and imports these records too.',
  );
}

function refused(message: string, fix: string): FatalError {
  return new FatalError({ code: RETRY_REFUSED, message, fix });
}
