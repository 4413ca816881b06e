/**
 * `npm run bench:import`: what storing a file costs, on the embedded database and on PostgreSQL, beside the plain
 * pipeline, which stores nothing. Ends with exit code 1 when a target of issue 3 is missed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from '../../libs/store/src/index.js';
import { startPostgres } from '../support/postgres.js';
import { writeContactFile } from './contact-file.js';
import { IntakeBench } from './intake-bench.js';
import { type LiveMemory, liveMemoryOf, median, timeOf } from './measure.js';
import { plainPipeline } from './plain-pipeline.js';
import { Report } from './report.js';

/** The targets of issue 3, "Fast": times the plain pipeline, and the second import to the first. */
const MOST_EMBEDDED = 1.5;
const MOST_SERVER = 1.0;
const MOST_SECOND = 1.4;
/** Times the memory of 80,000 rows (issue 3, "Rows": flat). */
const MOST_GROWTH = 1.2;
/** Bytes: a list of all row numbers takes eight a row, which the heap that an idle process has would hide. */
const MOST_HELD = 2;

const ROWS = 80_000;
const MANY_ROWS = 1_000_000;
const RUNS = 5;

async function plain(path: string): Promise<void> {
  let rows = 0;
  for await (const verdict of plainPipeline(path, 'SK')) rows += verdict.ok ? 1 : 0;
  if (rows === 0) throw new Error('The plain pipeline found no valid row.');
}

interface Place {
  readonly name: string;
  readonly bench: IntakeBench;
  /** Times the plain pipeline. */
  readonly limit: number;
  readonly first: number[];
  readonly second: number[];
}

async function importTwice({ bench, first, second }: Place, path: string): Promise<string> {
  await bench.clear();
  const run = await bench.request(path);
  first.push(await timeOf(() => bench.take(run)));
  const totals = JSON.stringify(await bench.totals(run));
  await bench.accept(run);
  const again = await bench.request(path);
  second.push(await timeOf(() => bench.take(again)));
  const { ready } = await bench.totals(again);
  if (ready !== 0) throw new Error(`${String(ready)} rows of the second import were not known.`);
  return totals;
}

async function measure(places: readonly Place[], path: string, report: Report): Promise<void> {
  report.title(`${ROWS.toLocaleString('en')} rows, read, checked and stored with their cursor`);
  const plainTimes: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    plainTimes.push(await timeOf(() => plain(path)));
    for (const place of places) {
      const totals = await importTwice(place, path);
      if (run === 0) report.line(`${place.name}: ${totals}`);
    }
  }
  const plainTime = median(plainTimes);
  report.line(`plain pipeline, which stores nothing: ${plainTime.toFixed(0)} ms`);
  for (const { name, limit, first, second } of places) {
    report.line(`${name}: first ${median(first).toFixed(0)} ms, second ${median(second).toFixed(0)} ms`);
    report.expect(`${name}, times the plain pipeline`, median(first) / plainTime, { atMost: limit });
    report.expect(`${name}, second import to first`, median(second) / median(first), { atMost: MOST_SECOND });
  }
}

/** Compares and folds rows in this process, which does nothing else, and prints the memory that it needed. */
async function fold(url: string, rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fold-'));
  const database = await openDatabase({ url });
  try {
    const bench = await IntakeBench.open(database, folder);
    await bench.clear();
    const run = await bench.request();
    await bench.invent(run, rows);
    console.log(JSON.stringify(await liveMemoryOf(() => bench.finish(run))));
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function foldingMemory(url: string, rows: number): LiveMemory {
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--expose-gc', fileURLToPath(import.meta.url), '--fold', url, String(rows)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (status !== 0) throw new Error(`Measuring the memory of folding ended with ${status}.`);
  return JSON.parse(stdout) as LiveMemory;
}

function measureFolding(url: string, report: Report): void {
  report.title(`comparing and folding, one row in ten a repetition`);
  const few = foldingMemory(url, ROWS);
  const many = foldingMemory(url, MANY_ROWS);
  report.line(`${ROWS.toLocaleString('en')} rows: ${sizesOf(few)}`);
  report.line(`${MANY_ROWS.toLocaleString('en')} rows: ${sizesOf(many)}`);
  const held = ((many.live - few.live) * 1024 * 1024) / (MANY_ROWS - ROWS);
  report.expect('memory in use, 1,000,000 rows to 80,000', many.live / few.live, { atMost: MOST_GROWTH });
  report.expect('resident memory, 1,000,000 rows to 80,000', many.peak / few.peak, { atMost: MOST_GROWTH });
  report.expect('bytes in use for each further row', held, { atMost: MOST_HELD });
}

function sizesOf({ live, peak, idle }: LiveMemory): string {
  return `at most ${live.toFixed(1)} MB in use, ${peak.toFixed(0)} MB resident (${idle.toFixed(0)} MB before)`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-import-'));
  const path = join(folder, 'contacts.csv');
  const report = new Report();
  const postgres = await startPostgres({ durable: true });
  if ('missing' in postgres) throw new Error(`The benchmark needs PostgreSQL: ${postgres.missing}.`);
  const databases: Database[] = [];
  const open = async (name: string, limit: number, where: Parameters<typeof openDatabase>[0]): Promise<Place> => {
    const database = await openDatabase(where);
    databases.push(database);
    const bench = await IntakeBench.open(database, join(folder, name));
    return { name, limit, bench, first: [], second: [] };
  };
  try {
    await writeContactFile(path, ROWS);
    const server = await open('PostgreSQL', MOST_SERVER, { url: postgres.url });
    const embedded = await open('embedded', MOST_EMBEDDED, { dataDir: join(folder, 'data') });
    await measure([embedded, server], path, report);
    measureFolding(postgres.url, report);
  } finally {
    for (const database of databases) await database.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = report.exitCode;
}

const [flag, url, rows] = process.argv.slice(2);
if (flag === '--fold' && url !== undefined) await fold(url, Number(rows));
else await main();
