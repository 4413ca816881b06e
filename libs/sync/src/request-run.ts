import type { NewRun, RunKind, StoredInput } from '@cloudtalk-sync/store';
import { settingsHash, settingsOf } from './settings.js';
import type { SyncAccount, SyncConnection, World } from './world.js';

/** Asks for a run with the connection's settings of now; returns its id. */
export async function requestRun(
  world: World,
  id: string,
  kind: RunKind,
  connection: SyncConnection,
  account: SyncAccount,
  input?: StoredInput,
  retry: Pick<NewRun, 'retryOf' | 'retryCode'> = {},
): Promise<string> {
  const settings = settingsOf(connection, account);
  await world.store.runs.insert({
    id,
    kind,
    accountId: account.id,
    connectionId: connection.id,
    requestedAt: world.clock.now(),
    settings,
    settingsHash: settingsHash(settings),
    ...(input ? { input } : {}),
    ...retry,
  });
  world.ring('read', id);
  return id;
}
