import { mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { FatalError } from '@cloudtalk-sync/errors';
import { type FolderLock, lockFolder } from './folder-lock.js';
import { PgliteWorker } from './pglite-thread.js';
import { findTemplate } from './template.js';
import { unpack } from './unpack.js';

export interface EmbeddedOptions {
  /** DATA_DIR; the database lives in `postgres` in it, and its lock beside. */
  readonly dataDir: string;
  /** Overrides where the prepared template is looked for; `null` makes the database from nothing. */
  readonly template?: string | null;
  /** Called once when the database ended by itself and nothing can be stored any more. */
  readonly onLost: (error: FatalError) => void;
}

/** A running embedded PostgreSQL. It bears exactly one connection at a time. */
export interface EmbeddedPostgres {
  /** As `pg` takes them. */
  readonly host: string;
  readonly port: number;
  /** How many times the disk was told to keep what was written (fsync), since the start. */
  fsyncs(): number;
  /** Writes everything down, ends the database and lets the folder go. */
  close(): Promise<void>;
}

/** Unix sockets of PostgreSQL are called `.s.PGSQL.<port>`; the number only completes that name. */
const PORT = 5432;

/** `/.s.PGSQL.5432` must fit behind the folder's name into a socket's address (104 bytes on macOS, 108 on Linux). */
const LONGEST_FOLDER = 88;

/** Where the holder wrote down its socket's folder, so that the next one can remove what a kill -9 left. */
const SOCKET_NOTE = 'socket-folder';

const PREFIX = 'cloudtalk-sync-';

/**
 * Starts the embedded PostgreSQL on its data folder, making the database if there is none. Throws FatalError
 * `database_in_use` when another process has it, `data_folder_unusable` and `embedded_database_failed` with what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const lockDir = join(dataDir, 'lock');
  let worker: PgliteWorker | undefined;
  let lock: FolderLock | undefined;
  try {
    lock = await lockFolder(lockDir, () => void worker?.kill('another host took the data folder over'));
    const folder = await makeDatabase(dataDir, options.template === undefined ? findTemplate() : options.template);
    const socketFolder = await makeSocketFolder(lockDir);
    worker = await PgliteWorker.start(
      {
        folder,
        socket: socketFolder === undefined ? { host: '127.0.0.1' } : { path: join(socketFolder, `.s.PGSQL.${PORT}`) },
      },
      options.onLost,
    );
    return running(worker, lock, socketFolder);
  } catch (error) {
    await lock?.release();
    throw asFatal(error, dataDir);
  }
}

function running(worker: PgliteWorker, lock: FolderLock, socketFolder: string | undefined): EmbeddedPostgres {
  return {
    host: socketFolder ?? '127.0.0.1',
    port: socketFolder === undefined ? Number(worker.address.split(':').at(-1)) : PORT,
    fsyncs: () => worker.fsyncs(),
    close: async () => {
      await worker.close();
      if (socketFolder !== undefined) await rm(socketFolder, { recursive: true, force: true });
      await lock.release();
    },
  };
}

/**
 * Makes the database beside its place and moves it there when it is whole, so that a kill -9 in between leaves nothing
 * unusable.
 */
async function makeDatabase(dataDir: string, template: string | null | undefined): Promise<string> {
  const folder = join(dataDir, 'postgres');
  if (await readFile(join(folder, 'PG_VERSION')).catch(() => undefined)) return folder;
  const draft = join(dataDir, 'postgres.draft');
  await rm(draft, { recursive: true, force: true });
  if (template) await unpack(template, draft);
  else await (await PgliteWorker.start({ folder: draft }, () => undefined)).ended;
  await syncTree(draft, template ? 'folders' : 'all');
  await rename(draft, folder);
  await sync(dataDir);
  return folder;
}

/** Has the disk keep what was made; `folders` where the files were synced as they were written. */
async function syncTree(folder: string, what: 'all' | 'folders'): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (what === 'all' || entry.isDirectory()) await sync(join(entry.parentPath, entry.name));
  }
  await sync(folder);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, process.platform === 'win32' ? 'r+' : 'r').catch(() => undefined);
  if (!handle) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A folder that only this user may enter; undefined on Windows, where a TCP port on loopback takes its place. */
async function makeSocketFolder(lockDir: string): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const note = join(lockDir, SOCKET_NOTE);
  const former = await readFile(note, 'utf8').catch(() => '');
  if (basename(former).startsWith(PREFIX)) await rm(former, { recursive: true, force: true });
  const parent = Buffer.byteLength(join(tmpdir(), `${PREFIX}123456`)) > LONGEST_FOLDER ? '/tmp' : tmpdir();
  const folder = await mkdtemp(join(parent, PREFIX));
  await writeFile(note, folder, { mode: 0o600 });
  return folder;
}

function asFatal(error: unknown, dataDir: string): FatalError {
  if (error instanceof FatalError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new FatalError(
    {
      code: 'data_folder_unusable',
      message: `The data folder ${dataDir} cannot be used: ${message}.`,
      fix: 'Make it a folder on a local disk with free space that this user may write, or name another one with DATA_DIR.',
    },
    { cause: error },
  );
}
