import type { Session } from '@cloudtalk-sync/connector-kit';
import { compileMapping } from '@cloudtalk-sync/mapping';
import type { RunSettings } from './settings.js';
import type { SyncConnection, World } from './world.js';

/** The files whose mention in the log is done with, by connection and name. */
const mentioned = new Set<string>();

/** Opens a connection, hands its session to `work`, and closes it whatever happens. */
export async function withSession<T>(
  world: World,
  connection: SyncConnection,
  settings: Pick<RunSettings, 'defaultCountry' | 'doNotCall' | 'mapping' | 'report'>,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const known = await world.store.accounts.connection(connection.id);
  const session = await connection.connector.open(connection.options, {
    connectionId: connection.id,
    clock: world.clock,
    defaultCountry: settings.defaultCountry,
    maxFileSize: connection.maxFileSize,
    readsTemplate: settings.mapping === null,
    fields: fieldsOf(settings),
    report: settings.report ?? {},
    org: known?.org ?? undefined,
    onIgnored: (file, why) => mention(world, connection.id, file, why),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** The source fields that a connection looks at. */
export function fieldsOf({ doNotCall, mapping }: Pick<RunSettings, 'doNotCall' | 'mapping'>): readonly string[] {
  const mapped = mapping ? compileMapping(mapping).sourceFields : [];
  return [...new Set([...mapped, ...(doNotCall?.fields ?? [])])];
}

/** Says once, not in every pass, that a file is not taken. */
function mention({ log }: World, connection: string, file: string, why: string): void {
  const key = `${connection}/${file}`;
  if (mentioned.has(key)) return;
  mentioned.add(key);
  log.warn({ connection, file, why }, 'a file in the inbox is not taken');
}
