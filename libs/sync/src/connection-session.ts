import type { Session } from '@cloudtalk-sync/connector-kit';
import type { RunSettings } from './settings.js';
import type { SyncConnection, World } from './world.js';

/** The files whose mention in the log is done with, by connection and name. */
const mentioned = new Set<string>();

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
    onIgnored: (file, why) => mention(world, connection.id, file, why),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Says once, not in every pass, that a file is not taken. */
function mention({ log }: World, connection: string, file: string, why: string): void {
  const key = `${connection}/${file}`;
  if (mentioned.has(key)) return;
  mentioned.add(key);
  log.warn({ connection, file, why }, 'a file in the inbox is not taken');
}
