import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({ address: z.url(), token: z.string().min(1), pid: z.number().int() });

/** Where a running daemon answers, for the commands on the same machine. */
export type DaemonFile = z.infer<typeof schema>;

function path(dataDir: string): string {
  return join(dataDir, 'daemon.json');
}

/** Leaves a running daemon's address and token where only its own user can read them (mode 0600). */
export async function writeDaemonFile(dataDir: string, content: DaemonFile): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const temporary = `${path(dataDir)}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await writeFile(temporary, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
  await rename(temporary, path(dataDir));
}

/** The daemon that says it runs on this data folder; it may have died since. Undefined when there is none. */
export async function readDaemonFile(dataDir: string): Promise<DaemonFile | undefined> {
  const text = await readFile(path(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Takes the file away when the daemon of process `pid` left it; a newer daemon's stays. */
export async function removeDaemonFile(dataDir: string, pid: number): Promise<void> {
  if ((await readDaemonFile(dataDir))?.pid === pid) await rm(path(dataDir), { force: true });
}
