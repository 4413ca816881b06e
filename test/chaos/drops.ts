import { mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Drop, DROPS } from './drop.js';
import type { PeopleFile } from './people.js';

/** The drops' folders, and which of the files in them are not done yet. */
export class Drops {
  readonly #files: PeopleFile[] = [];

  constructor(private readonly folder: string) {}

  async make(): Promise<void> {
    for (const drop of DROPS) await mkdir(join(this.path(drop), 'inbox'), { recursive: true });
  }

  path(drop: Drop): string {
    return join(this.folder, drop);
  }

  count(drop?: Drop): number {
    return this.#files.filter((file) => drop === undefined || file.drop === drop).length;
  }

  /** Written elsewhere and renamed, so that the file is finished when it appears. */
  async add(file: PeopleFile): Promise<void> {
    const draft = join(this.folder, file.name);
    await writeFile(draft, file.content);
    const aMinuteAgo = new Date(Date.now() - 60_000);
    await utimes(draft, aMinuteAgo, aMinuteAgo);
    await rename(draft, join(this.path(file.drop), 'inbox', file.name));
    this.#files.push(file);
  }

  /** The files that wait or are worked on: a file leaves the inbox before it appears behind it, never the other way. */
  async inFlight(): Promise<readonly PeopleFile[]> {
    const names: string[] = [];
    for (const stage of ['inbox', 'processing']) {
      for (const drop of DROPS) names.push(...(await readdir(join(this.path(drop), stage)).catch(() => [])));
    }
    return this.#files.filter((file) => names.some((name) => name.endsWith(file.name)));
  }
}
