import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The prepared data folder that `tools/prepare.mjs` leaves in `dist/` and, for tests, in its cache; named after the
 * PGlite that made it; undefined when there is none, and a new database is made from nothing. Found from source and
 * from built files alike.
 */
export function findTemplate(): string | undefined {
  const name = `pglite-template-${pgliteVersion()}.tar.gz`;
  return ['../../../../', '../../../../dist/', '../../../../node_modules/.cache/cloudtalk-sync/']
    .map((root) => fileURLToPath(new URL(root + name, import.meta.url)))
    .find((path) => existsSync(path));
}

function pgliteVersion(): string {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'));
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
