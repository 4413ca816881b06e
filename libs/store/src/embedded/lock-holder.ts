import { readFileSync, readlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** The process that holds a folder, as it wrote itself down. */
export const holderSchema = z.object({
  token: z.string(),
  pid: z.number(),
  /** When the process started, in the kernel's own count; empty where the system does not tell. */
  processStart: z.string(),
  /** The running kernel, where it can be told; else the name of the host. */
  machine: z.string(),
  pidNamespace: z.string(),
  host: z.string(),
  /** ISO 8601; when the folder was taken. */
  since: z.string(),
  /** The name of a Unix socket in the folder that the holder listens on; absent where there can be none. */
  socket: z.string().optional(),
  /** True once the holder has let go. */
  released: z.boolean(),
});
export type Holder = z.infer<typeof holderSchema>;

/** The present process, as a holder. */
export function ourselves(token: string): Holder {
  return {
    token,
    pid: process.pid,
    processStart: startOf(process.pid) ?? '',
    machine: textOf('/proc/sys/kernel/random/boot_id') ?? hostname(),
    pidNamespace: pidNamespace(),
    host: hostname(),
    since: new Date().toISOString(),
    released: false,
  };
}

/** What can be said at once of a holder; `unknown` where only its heartbeat can tell (another host). */
export async function lifeOf(holder: Holder, folder: string): Promise<'alive' | 'dead' | 'unknown'> {
  if (holder.released) return 'dead';
  const us = ourselves('');
  if (holder.machine !== us.machine) return 'unknown';
  if (holder.pidNamespace === us.pidNamespace) return lifeOfProcess(holder);
  return holder.socket === undefined ? 'unknown' : await lifeOfSocket(join(folder, holder.socket));
}

function lifeOfProcess(holder: Holder): 'alive' | 'dead' | 'unknown' {
  if (!isRunning(holder.pid)) return 'dead';
  if (holder.processStart === '') return holder.pid === process.pid ? 'alive' : 'unknown';
  return startOf(holder.pid) === holder.processStart ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** The kernel closes a process's sockets when it dies, whatever container it ran in. */
function lifeOfSocket(path: string): Promise<'alive' | 'dead' | 'unknown'> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('alive');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? 'dead' : 'unknown');
    });
  });
}

/** Field 22 of /proc/<pid>/stat (proc(5)): clock ticks between the kernel's start and the process's; undefined for a zombie. */
function startOf(pid: number): string | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
