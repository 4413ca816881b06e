import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

interface Entry {
  readonly path: string;
  readonly isFolder: boolean;
  readonly content: Buffer;
}

/** A tar archive consists of blocks of this size (POSIX ustar); bytes. */
const BLOCK = 512;

/** Files that are written at the same time; Node has four threads for it. */
const AT_ONCE = 16;

/** Writes the files of a tar.gz into a folder and has the disk keep them, without starting PostgreSQL for it. */
export async function unpack(archive: string, folder: string): Promise<void> {
  const entries = [...entriesOf(await promisify(gunzip)(await readFile(archive)))];
  const folders = new Set(entries.map(({ path, isFolder }) => join(folder, isFolder ? path : dirname(path))));
  for (const path of folders) await mkdir(path, { recursive: true, mode: 0o700 });
  const files = entries.filter((entry) => !entry.isFolder);
  for (let start = 0; start < files.length; start += AT_ONCE) {
    await Promise.all(files.slice(start, start + AT_ONCE).map((file) => write(join(folder, file.path), file.content)));
  }
}

async function write(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads the fields that PGlite's archives use: name, size, kind and prefix, at their places in the ustar header. */
function* entriesOf(tar: Buffer): Generator<Entry> {
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const text = (from: number, to: number): string => tar.toString('utf8', at + from, at + to).replace(/\0.*$/s, '');
    const size = parseInt(text(124, 136), 8) || 0;
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    yield { path: join(text(345, 500), text(0, 100)), isFolder: text(156, 157) === '5', content };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
