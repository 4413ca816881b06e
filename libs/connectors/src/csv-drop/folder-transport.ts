import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isMissing, isSystemError, translate, translated } from './fs-errors.js';
import type { Entry, FileWriter, Transport } from './transport.js';

/** A drop in a folder of this machine (or of a share that is mounted here). */
export class FolderTransport implements Transport {
  private readonly root: string;

  constructor(path: string) {
    this.root = resolve(path);
  }

  async list(
    folder: string,
    wanted: (name: string) => boolean,
    onOther?: (name: string) => void,
  ): Promise<readonly Entry[]> {
    const path = this.describe(folder);
    const names = await translated(path, () => readdir(path));
    const entries: Entry[] = [];
    for (const name of names.filter(wanted)) {
      const place = `${folder}/${name}`;
      const stats = await this.unlessMissing(place, (full) => lstat(full));
      if (stats?.isFile()) entries.push(entryOf(place, stats));
      else if (stats) onOther?.(name);
    }
    return entries;
  }

  async stat(path: string): Promise<Entry | undefined> {
    const stats = await this.unlessMissing(path, (full) => lstat(full));
    return stats?.isFile() ? entryOf(path, stats) : undefined;
  }

  async rename(from: string, to: string): Promise<boolean> {
    const done = await this.unlessMissing(from, async (full) => {
      await rename(full, this.describe(to));
      return true;
    });
    if (!done) return false;
    await syncFolder(dirname(this.describe(to)));
    if (dirname(from) !== dirname(to)) await syncFolder(dirname(this.describe(from)));
    return true;
  }

  read(path: string): AsyncIterable<Buffer> {
    return readInChunks(this.describe(path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  }

  async create(path: string): Promise<FileWriter> {
    const full = this.describe(path);
    const temporary = join(dirname(full), `.${randomUUID()}.tmp`);
    const file = await translated(full, () => open(temporary, 'wx'));
    return new TemporaryFile(file, temporary, full);
  }

  async makeFolder(path: string): Promise<void> {
    const full = this.describe(path);
    await translated(full, () => mkdir(full, { recursive: true }));
  }

  async remove(path: string): Promise<void> {
    await this.unlessMissing(path, (full) => rm(full));
  }

  describe(path: string): string {
    return join(this.root, path);
  }

  async close(): Promise<void> {
    // Nothing stays open between two calls.
  }

  private async unlessMissing<T>(path: string, work: (full: string) => Promise<T>): Promise<T | undefined> {
    const full = this.describe(path);
    try {
      return await work(full);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw translate(error, full);
    }
  }
}

/** The content of a file in chunks of 64 KiB. */
export async function* readInChunks(path: string, flags: number = constants.O_RDONLY): AsyncGenerator<Buffer> {
  try {
    const file = await open(path, flags);
    for await (const chunk of file.createReadStream({ highWaterMark: 64 * 1024 })) yield chunk as Buffer;
  } catch (error) {
    throw translate(error, path);
  }
}

class TemporaryFile implements FileWriter {
  constructor(
    private readonly file: FileHandle,
    private readonly temporary: string,
    private readonly path: string,
  ) {}

  async write(content: Buffer): Promise<void> {
    await translated(this.path, () => this.file.writeFile(content));
  }

  async commit(): Promise<void> {
    await translated(this.path, async () => {
      await this.file.sync();
      await this.file.close();
      await rename(this.temporary, this.path);
    });
    await syncFolder(dirname(this.path));
  }

  async discard(): Promise<void> {
    await translated(this.path, async () => {
      await this.file.close();
      await rm(this.temporary, { force: true });
    });
  }
}

function entryOf(path: string, stats: Stats): Entry {
  return { name: path.slice(path.lastIndexOf('/') + 1), size: stats.size, modifiedAt: stats.mtime };
}

/** Makes a rename durable; systems that cannot open or sync a folder (Windows, some shares) are left as they are. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    const unsupported = ['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF'];
    if (isSystemError(error) && unsupported.includes(error.code)) return;
    throw translate(error, path);
  }
}
