import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalError } from '@cloudtalk-sync/errors';
import { type Holder, holderSchema, lifeOf, ourselves } from './lock-holder.js';

/** Milliseconds. */
export interface Rhythm {
  /** How often a holder shows that it lives. */
  readonly beat: number;
  /** A holder on another host that has not shown itself for this long is taken for dead. */
  readonly silence: number;
}

const RHYTHM: Rhythm = { beat: 2_000, silence: 20_000 };

/**
 * The longest path that fits into a Unix socket's address on every system (unix(7): 108 bytes with the final NUL; 104
 * on macOS).
 */
const LONGEST_SOCKET_PATH = 103;

export interface FolderLock {
  /** Lets the folder go; harmless the second time. */
  release(): Promise<void>;
}

/**
 * Takes a folder for this process alone; a holder that died, even by kill -9, does not stand in the way. Throws
 * FatalError `database_in_use`, naming the holder, while it lives. `onLost` is called when another host took the folder
 * over because this process had stood still: it must not write there any more.
 *
 * Each taking is a file with a number; the highest number holds. It is never deleted by anyone but the maker of a
 * higher one, and made by `link`, which only one can win: so two that find the same dead holder cannot both succeed it.
 */
export async function lockFolder(folder: string, onLost: () => void, rhythm = RHYTHM): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const highest = Math.max(0, ...(await numbers(folder)));
    if (highest > 0) await expectFree(folder, highest, rhythm);
    const token = randomUUID();
    const server = await listen(join(folder, `${token}.sock`));
    const us = { ...ourselves(token), ...(server && { socket: `${token}.sock` }) };
    if ((await put(folder, highest + 1, us)) && Math.max(...(await numbers(folder))) === highest + 1) {
      await sweep(folder, highest + 1, us, rhythm);
      return hold({ folder, path: pathOf(folder, highest + 1), us, server }, onLost, rhythm);
    }
    server?.close();
  }
}

async function numbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => /^(\d+)\.lock$/.exec(name)?.[1] ?? []).map(Number);
}

const pathOf = (folder: string, number: number): string => join(folder, `${number}.lock`);

/** Makes the file with its full content or not at all; false when somebody else made it. */
async function put(folder: string, number: number, us: Holder): Promise<boolean> {
  const draft = await write(folder, us);
  try {
    await link(draft, pathOf(folder, number));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    return await putWithoutLink(pathOf(folder, number), us);
  } finally {
    await rm(draft, { force: true });
  }
}

/** For file systems without hard links; whoever reads it half written waits for its heartbeat. */
async function putWithoutLink(path: string, us: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(us), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function write(folder: string, holder: Holder): Promise<string> {
  const draft = join(folder, `${holder.token}.draft`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(holder));
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

async function expectFree(folder: string, number: number, rhythm: Rhythm): Promise<void> {
  const holder = await readHolder(pathOf(folder, number));
  const life = holder ? await lifeOf(holder, folder) : 'unknown';
  if (life === 'dead') return;
  if (life === 'unknown' && (await isSilent(pathOf(folder, number), rhythm))) return;
  throw inUse(folder, holder);
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Watches a holder's heartbeat; compares it with itself only, because the clocks of two hosts may differ. */
async function isSilent(path: string, { beat, silence }: Rhythm): Promise<boolean> {
  const first = await beatOf(path);
  for (let waited = 0; waited < silence && first !== undefined; waited += beat / 2) {
    await sleep(beat / 2);
    if ((await beatOf(path)) !== first) return false;
  }
  return true;
}

/** Opens the file, because that is what makes a network file system look afresh; undefined when the file is gone. */
async function beatOf(path: string): Promise<number | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
  }
}

function inUse(folder: string, holder: Holder | undefined): FatalError {
  const itself = holder?.pid === process.pid && holder.host === hostname() ? ' (this very process)' : '';
  const who = holder
    ? `process ${holder.pid} on ${holder.host}${itself}, since ${holder.since}`
    : 'a process that could not be named';
  return new FatalError({
    code: 'database_in_use',
    message: `The folder ${folder} is in use by ${who}; two at once would destroy each other's data.`,
    fix: 'Stop that process, or give this one a folder of its own with DATA_DIR.',
  });
}

/** A socket whose life the kernel ties to this process; undefined where the folder cannot have one. */
function listen(path: string): Promise<Server | undefined> {
  if (process.platform === 'win32' || Buffer.byteLength(path) > LONGEST_SOCKET_PATH) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', () => resolve(undefined));
    server.listen(path, () => resolve(server));
  });
}

/** Removes what earlier holders left; the drafts and sockets of others that are trying now are younger than the sweep's bound. */
async function sweep(folder: string, number: number, us: Holder, { silence }: Rhythm): Promise<void> {
  const lower = (await numbers(folder)).filter((other) => other < number);
  for (const other of lower) await rm(pathOf(folder, other), { force: true });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!/\.(sock|draft)$/.test(name) || name === us.socket) continue;
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > silence) await rm(path, { force: true });
  }
}

interface Held {
  readonly folder: string;
  readonly path: string;
  readonly us: Holder;
  readonly server: Server | undefined;
}

function hold({ folder, path, us, server }: Held, onLost: () => void, rhythm: Rhythm): FolderLock {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || released) return;
      clearInterval(beat);
      server?.close();
      onLost();
    });
  }, rhythm.beat).unref();
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    clearInterval(beat);
    await rename(await write(folder, { ...us, released: true }), path);
    server?.close();
  };
  return { release: () => (released ??= release()) };
}
