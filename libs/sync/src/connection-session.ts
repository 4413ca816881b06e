import type { Session } from '@cloudtalk-sync/connector-kit';
import type { RunSettings } from './settings.js';
import type { SyncConnection, World } from './world.js';

/** Opens a connection, hands its session to `work`, and closes it whatever happens. */
export async function withSession<T>(
  world: World,
  connection: SyncConnection,
  settings: Pick<RunSettings, 'defaultCountry' | 'mapping'>,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await connection.connector.open(connection.options, {
    connectionId: connection.id,
    clock: world.clock,
    defaultCountry: settings.defaultCountry,
    maxFileSize: connection.maxFileSize,
    readsTemplate: settings.mapping === null,
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
