import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FolderLock, lockFolder } from './folder-lock.js';
import { type Holder, ourselves } from './lock-holder.js';

const QUICK = { beat: 40, silence: 400 };
const nobody = (): void => undefined;
let folder: string;
let held: FolderLock[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-test-'));
  held = [];
});

afterEach(async () => {
  for (const lock of held) await lock.release();
  await rm(folder, { recursive: true, force: true });
});

async function lock(onLost = nobody): Promise<FolderLock> {
  const taken = await lockFolder(folder, onLost, QUICK);
  held.push(taken);
  return taken;
}

/** Puts a holder into the folder as if an earlier process had left it. */
async function leave(number: number, holder: Partial<Holder>): Promise<void> {
  await writeFile(join(folder, `${number}.lock`), JSON.stringify({ ...ourselves('left'), ...holder }));
}

const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const refusal = { code: 'database_in_use' };

describe('the lock of a data folder', () => {
  it('lets one in at a time, and the next after it', async () => {
    const first = await lock();
    await expect(lock()).rejects.toMatchObject(refusal);
    await first.release();
    await lock();
  });

  it('lets exactly one of many in at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lock()));
    expect(tries.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
  });

  it('lets exactly one of many succeed a dead holder', async () => {
    await leave(7, { pid: deadPid() });
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lock()));
    expect(tries.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
  });

  it('is not fooled by another process that got the number of the dead one', async () => {
    await leave(1, { pid: process.pid, processStart: 'long ago' });
    await lock();
  });

  it('sees by its socket that a holder in another container is dead', async () => {
    await leave(1, { pidNamespace: 'another', socket: 'gone.sock' });
    await lock();
  });

  it('sees by its socket that a holder in another container lives', async () => {
    await lock();
    const names = await readdir(folder);
    const socket = names.find((name) => name.endsWith('.sock')) as string;
    await leave(2, { pidNamespace: 'another', socket, pid: 1 });
    await expect(lock()).rejects.toMatchObject(refusal);
  });

  it('takes over from another host that has fallen silent', async () => {
    await leave(1, { machine: 'another', host: 'elsewhere' });
    await lock();
  });

  it('is refused while another host shows that it lives, and names it', async () => {
    await leave(1, { machine: 'another', host: 'elsewhere', pid: 77 });
    const beating = setInterval(() => void utimes(join(folder, '1.lock'), new Date(), new Date()), QUICK.beat);
    try {
      await expect(lock()).rejects.toMatchObject({
        ...refusal,
        message: expect.stringContaining('process 77 on elsewhere'),
      });
    } finally {
      clearInterval(beating);
    }
  });

  it('does not take an unreadable file for a free folder while somebody writes it', async () => {
    await writeFile(join(folder, '1.lock'), '');
    const beating = setInterval(() => void utimes(join(folder, '1.lock'), new Date(), new Date()), QUICK.beat);
    try {
      await expect(lock()).rejects.toMatchObject(refusal);
    } finally {
      clearInterval(beating);
    }
  });

  it('tells a holder that it was succeeded', async () => {
    await new Promise<void>((resolve, reject) => {
      lock(resolve)
        .then(() => rm(join(folder, '1.lock')))
        .catch(reject);
    });
  });

  it('leaves one small file behind', async () => {
    for (let round = 0; round < 5; round++) await (await lock()).release();
    expect(await readdir(folder)).toEqual(['5.lock']);
  });
});
