import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '@cloudtalk-sync/store';

const RUNNER = fileURLToPath(new URL('../support/run-typescript.mjs', import.meta.url));
const WRITER = fileURLToPath(new URL('../support/writing-process.ts', import.meta.url));

/** Rounds of writing and killing; each starts where the last was killed. */
const ROUNDS = 4;

let dataDir: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'killed-test-'));
});

afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) await kill(child);
  const socketFolder = await readFile(join(dataDir, 'lock/socket-folder'), 'utf8').catch(() => undefined);
  if (socketFolder) await rm(socketFolder, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
});

describe('a process killed with -9 while it writes to the embedded database', () => {
  it('loses nothing that was acknowledged, and the next one may start at once', async () => {
    let acknowledged = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      acknowledged = await writeUntil(acknowledged + 60 + round * 17);
      const database = await openDatabase({ dataDir });
      const [found] = await database.dataSource.query<{ rows: number; last: number; whole: boolean }[]>(
        `SELECT count(*) AS rows, max(number) AS last, bool_and(text = repeat(number::text, 2000)) AS whole FROM acknowledged`,
      );
      await database.close();
      expect(found?.last).toBeGreaterThanOrEqual(acknowledged);
      expect(found?.rows).toBe(found?.last);
      expect(found?.whole).toBe(true);
    }
  });

  it('is named to whoever starts while it lives', async () => {
    child = spawn(process.execPath, [RUNNER, WRITER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    await expect(openDatabase({ dataDir })).rejects.toMatchObject({
      code: 'database_in_use',
      message: expect.stringContaining(`process ${child.pid} on `),
    });
  });

  it('may be killed while it makes the database', async () => {
    for (const delay of [900, 1100, 1300]) {
      child = spawn(process.execPath, [RUNNER, WRITER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
      await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), later(delay)]);
      await kill(child);
    }
    const database = await openDatabase({ dataDir });
    expect(await database.dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
  });
});

/** Lets a process write until it has acknowledged `number`, kills it, and returns the last number acknowledged. */
async function writeUntil(number: number): Promise<number> {
  child = spawn(process.execPath, [RUNNER, WRITER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = 0;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    last = Number(line);
    if (last >= number) child.kill('SIGKILL');
  }
  return last;
}

async function kill(process: ChildProcess): Promise<void> {
  const exited = once(process, 'exit');
  process.kill('SIGKILL');
  await exited;
}

/** Only spreads the kills over the making of the database; nothing is expected to have happened by then. */
function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
