import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders under which packages put one folder for each version of PostgreSQL. */
const VERSIONED = [
  { parent: '/usr/lib/postgresql', bin: 'bin' },
  { parent: '/usr/local/lib/postgresql', bin: 'bin' },
  { parent: '/opt/homebrew/opt', bin: 'bin', prefix: 'postgresql' },
  { parent: '/usr/local/opt', bin: 'bin', prefix: 'postgresql' },
  { parent: '/usr', bin: 'bin', prefix: 'pgsql-' },
  { parent: '/Applications/Postgres.app/Contents/Versions', bin: 'bin' },
];

/** The folder that holds `initdb` and `postgres`, installing Debian's package where that is allowed; else why not. */
export function findPostgres(): { readonly bin: string } | { readonly missing: string } {
  const found = look();
  if (found !== undefined) return { bin: found };
  if (process.getuid?.() !== 0 || !run('apt-get', ['--version'])) {
    return { missing: 'neither initdb nor postgres is installed, and only root with apt-get could install them' };
  }
  const installed =
    run('apt-get', ['update']) && run('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql']);
  const bin = look();
  if (bin !== undefined) return { bin };
  return { missing: `apt-get ${installed ? 'installed postgresql without initdb' : 'could not install postgresql'}` };
}

/** The newest version first. */
function look(): string | undefined {
  const versioned = VERSIONED.flatMap(({ parent, bin, prefix = '' }) =>
    (existsSync(parent) ? readdirSync(parent) : [])
      .filter((name) => name.startsWith(prefix) && /\d/.test(name))
      .sort((one, other) => versionOf(other) - versionOf(one))
      .map((name) => join(parent, name, bin)),
  );
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...versioned, ...path].find((bin) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(bin, program))),
  );
}

function versionOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}

/** `RUNLEVEL=1` keeps Debian's packages from starting a server of their own. */
function run(command: string, options: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return spawnSync(command, options, { env, stdio: 'ignore' }).status === 0;
}
