/**
 * Makes `dist/` ready to run, doing only what is missing: `nest build` when a source changed since the last one (always
 * with `--force`), and the template that embedded databases are opened from when PGlite changed. Its output goes to
 * stderr. Two at once are safe: the second waits and finds the work done.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.built-from');
const CACHE = join(ROOT, 'node_modules/.cache/cloudtalk-sync');

/** As `libs/store/src/embedded/template.ts` looks for it, in the cache and in `dist/`. */
const TEMPLATE = `pglite-template-${pgliteVersion()}.tar.gz`;

/** A preparation that takes longer than this was killed or hangs; milliseconds. A build takes about 10 s. */
const LONGEST = 10 * 60_000;

/** How often a second preparation looks whether the first is done; milliseconds. */
const LOOK = 200;

/** Builds what is out of date and makes the template where it is missing. Throws when the build fails. */
export async function prepare({ force = false } = {}) {
  await exclusively(async () => {
    const sources = fingerprint();
    if (force || !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== sources) build(sources);
    await makeTemplate();
    if (!existsSync(join(DIST, TEMPLATE))) copyFileSync(join(CACHE, TEMPLATE), join(DIST, TEMPLATE));
  });
}

/** Makes the template of embedded databases unless it is there. Tests need no more than this. */
export async function prepareTemplate() {
  if (!existsSync(join(CACHE, TEMPLATE))) await exclusively(makeTemplate);
}

/** @param {string} sources */
function build(sources) {
  const nest = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`nest build failed with exit code ${status}; its messages stand above.`);
  writeFileSync(STAMP, sources);
}

/** Changes with the content of every file that the build reads. */
function fingerprint() {
  const single = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
  const paths = [...single, ...['apps', 'libs'].flatMap(sourcesIn)].sort();
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\n`).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

/** @param {string} folder */
function sourcesIn(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath.slice(ROOT.length), entry.name));
}

/** Makes it in the cache, where it outlives the next build. */
async function makeTemplate() {
  if (existsSync(join(CACHE, TEMPLATE))) return;
  for (const name of readdirSync(CACHE)) if (name.startsWith('pglite-template-')) rmSync(join(CACHE, name));
  const draft = join(CACHE, `${TEMPLATE}.${process.pid}`);
  writeFileSync(draft, await emptyDatabase());
  renameSync(draft, join(CACHE, TEMPLATE));
}

function pgliteVersion() {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules/@electric-sql/pglite/package.json'), 'utf8')).version;
}

/** A database that was shut down in order, as tar.gz: one that was not would first be recovered wherever it is opened. */
async function emptyDatabase() {
  const { PGlite } = await import('@electric-sql/pglite');
  const { NodeFS } = await import('@electric-sql/pglite/nodefs');
  const folder = mkdtempSync(join(tmpdir(), 'cloudtalk-sync-template-'));
  try {
    await (await PGlite.create({ fs: new NodeFS(folder) })).close();
    const stopped = await PGlite.create({ fs: new NodeFS(folder), noInitDb: true });
    return Buffer.from(await (await stopped.dumpDataDir('gzip')).arrayBuffer());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs `work` while no other process does. The file with the highest number holds; it names its process, or 0 when the
 * work is done. A dead holder is succeeded by making the next number, which only one can.
 * @param {() => Promise<void>} work
 */
async function exclusively(work) {
  mkdirSync(CACHE, { recursive: true });
  let number = take();
  while (number === undefined) {
    await sleep(LOOK);
    number = take();
  }
  try {
    await work();
  } finally {
    place(number, 0, renameSync);
  }
}

/** The number taken, or undefined while somebody else holds. */
function take() {
  const highest = Math.max(0, ...numbers());
  if (highest > 0 && isHeld(highest)) return undefined;
  const ours = highest + 1;
  try {
    place(ours, process.pid, linkSync);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return undefined;
    throw error;
  }
  if (Math.max(...numbers()) !== ours) return undefined;
  for (const lower of numbers()) if (lower < ours) rmSync(lockPath(lower), { force: true });
  return ours;
}

/**
 * @param {number} number
 * @param {number} pid
 * @param {(from: string, to: string) => void} move
 */
function place(number, pid, move) {
  const draft = join(CACHE, `${process.pid}.draft`);
  writeFileSync(draft, String(pid));
  try {
    move(draft, lockPath(number));
  } finally {
    rmSync(draft, { force: true });
  }
}

/** @param {number} number */
function lockPath(number) {
  return join(CACHE, `${number}.lock`);
}

function numbers() {
  return readdirSync(CACHE).flatMap((name) => (/^\d+\.lock$/.test(name) ? [parseInt(name, 10)] : []));
}

/** @param {number} number */
function isHeld(number) {
  try {
    const pid = Number(readFileSync(lockPath(number), 'utf8'));
    if (pid === 0 || Date.now() - statSync(lockPath(number)).mtimeMs > LONGEST) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await prepare({ force: process.argv.includes('--force') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
