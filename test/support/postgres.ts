import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findPostgres } from './postgres-programs.js';

export interface Postgres {
  /** With the superuser and its password. */
  readonly url: string;
  /** The same by a socket in a folder of our own, which answers sooner and asks for no password. */
  readonly socketUrl: string;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** What a server need not do that never has to outlive its machine. */
const FORGETFUL = '-F -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0';

/** How long a new cluster may take until it answers; milliseconds. */
const START_DEADLINE = 60_000;

/**
 * Makes a cluster, serves it until its standard input ends, which happens also when this process is killed, then
 * removes it. Arguments: the folder, the programs' folder, the port, more options of the server.
 */
const SERVE = `
  "$2/initdb" -D "$1/data" -U postgres --pwfile="$1/password" --auth-local=trust --auth-host=scram-sha-256 --no-sync -E UTF8 --locale=C \
    > "$1/log" 2>&1 || exit 1
  "$2/postgres" -D "$1/data" -p "$3" -h 127.0.0.1 -k "$1" $4 -c max_connections=200 < /dev/null >> "$1/log" 2>&1 &
  cat > /dev/null
  kill -INT $!
  wait $!
  rm -rf "$1"`;

/**
 * Starts a private PostgreSQL on a free port of 127.0.0.1; `missing` says why there can be none. A `durable` one waits
 * for the disk as servers do, which tests need not.
 */
export async function startPostgres({ durable = false } = {}): Promise<Postgres | { readonly missing: string }> {
  if (process.platform === 'win32') return { missing: 'the tests cannot start PostgreSQL on Windows' };
  const programs = findPostgres();
  if ('missing' in programs) return programs;
  const folder = mkdtempSync(join(tmpdir(), 'test-postgres-'));
  const password = randomBytes(12).toString('hex');
  const user = unprivilegedUser();
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
  for (const path of user ? [folder, join(folder, 'password')] : []) chownSync(path, user?.uid ?? 0, user?.gid ?? 0);
  const port = await freePort();
  const options = durable ? '' : FORGETFUL;
  const server = spawn('sh', ['-c', SERVE, 'sh', folder, programs.bin, String(port), options], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: folder,
    ...user,
  });
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await answers(url, server, join(folder, 'log'));
  return { url, socketUrl: `${url}?host=${encodeURIComponent(folder)}`, stop: () => stop(server) };
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const name = ['postgres', 'nobody'].find((user) =>
    new RegExp(`^${user}:`, 'm').test(readFileSync('/etc/passwd', 'utf8')),
  );
  const id = (option: string): number => Number(execFileSync('id', [option, name ?? 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string, server: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) {
        const said = readFileSync(log, 'utf8').slice(-2000);
        await stop(server);
        throw new Error(`The tests' own PostgreSQL did not start. Its log ends:\n${said}`, { cause: error });
      }
      await sleep(50);
    }
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const exited = once(server, 'exit');
  server.stdin?.end();
  await exited;
}
