import { mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lists } from './expected-contact.js';
import type { PeopleFile } from './people.js';

/** The two drops, each of a connection that treats lists in its own way. */
export const DROPS: readonly Lists[] = ['union', 'replace'];

/** The drops' folders, and which of the files in them are not done yet. */
export class Drops {
  readonly #files: PeopleFile[] = [];

  constructor(private readonly folder: string) {}

  async make(): Promise<void> {
    for (const drop of DROPS) await mkdir(join(this.path(drop), 'inbox'), { recursive: true });
  }

  path(drop: Lists): string {
    return join(this.folder, drop);
  }

  count(drop?: Lists): number {
    return this.#files.filter(({ lists }) => drop === undefined || lists === drop).length;
  }

  /** Written elsewhere and renamed, so that the file is finished when it appears. */
  async add(file: PeopleFile): Promise<void> {
    const draft = join(this.folder, file.name);
    await writeFile(draft, file.content);
    const aMinuteAgo = new Date(Date.now() - 60_000);
    await utimes(draft, aMinuteAgo, aMinuteAgo);
    await rename(draft, join(this.path(file.lists), 'inbox', file.name));
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
