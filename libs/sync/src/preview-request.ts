import { randomUUID } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { DropSource, PassSource } from '@cloudtalk-sync/connector-kit';
import { ConfigError } from '@cloudtalk-sync/errors';
import type { StoredInput } from '@cloudtalk-sync/store';
import { requestRun } from './request-run.js';
import type { SyncAccount, SyncConnection, World } from './world.js';

/** Asks for previews: of one file, of each file that waits in a drop, or of a CRM's next pass. */
export async function requestPreviews(
  world: World,
  source: DropSource | PassSource,
  connection: SyncConnection,
  account: SyncAccount,
  path: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (source.kind === 'pass' && path !== undefined) throw noFiles(connection.id);
  const inputs = source.kind === 'pass' ? [undefined] : await inputsOf(source, path, signal);
  const ids: string[] = [];
  for (const input of inputs) ids.push(await requestRun(world, randomUUID(), 'preview', connection, account, input));
  return ids;
}

async function inputsOf(
  source: DropSource,
  path: string | undefined,
  signal: AbortSignal,
): Promise<readonly StoredInput[]> {
  if (path !== undefined) return [{ name: basename(path), path: resolve(path), warnings: [] }];
  return (await source.finished(signal)).map(({ name, size }) => ({ name, size, warnings: [] }));
}

function noFiles(connectionId: string): ConfigError {
  return new ConfigError([
    {
      file: 'the command line',
      path: '--connection',
      message: `The connection '${connectionId}' reads no files.`,
      expected: 'Name a connection whose connector is a drop.',
    },
  ]);
}
