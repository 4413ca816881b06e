/**
 * `npm run bench:intake`: how fast a file is read, mapped and checked, beside a plain pipeline of the same libraries. Ends
 * with exit code 1 when a target of issue 3 is missed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './compare.js';
import { writeContactFile } from './contact-file.js';
import { loopDelayOf, type Memory, memoryOf, median, timeOf } from './measure.js';
import { ourPipeline } from './our-pipeline.js';
import { plainPipeline } from './plain-pipeline.js';
import { Report } from './report.js';

/** The targets of issue 3, "Fast". */
const LEAST_RATIO = 3.5;
const LONGEST_DELAY = 20;
const MOST_GROWTH = 1.2;
/** Megabytes above idle (issue 3, "Files"). */
const MOST_MEMORY = 256;

const COUNTRY = 'SK';
const MEASURED = 80_000;
/** How often each pipeline runs on a file of so many rows; the first number also decides the targets. */
const RUNS = new Map([
  [10_000, 7],
  [MEASURED, 7],
  [1_000_000, 5],
]);

async function drain(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const row of rows) if (row === undefined) throw new Error('A pipeline yielded nothing for a row.');
}

const ours = (path: string): Promise<void> => drain(ourPipeline(path, COUNTRY));
const plain = (path: string): Promise<void> => drain(plainPipeline(path, COUNTRY));

/** The memory that our pipeline takes in a process of its own. */
function memoryAlone(path: string): Memory {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--memory', path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`Measuring the memory for ${path} ended with ${status}.`);
  return JSON.parse(stdout) as Memory;
}

async function measure(path: string, rows: number, report: Report): Promise<Memory> {
  const size = (statSync(path).size / 1024 / 1024).toFixed(1);
  report.title(`${rows.toLocaleString('en')} rows, ${size} MB`);
  const { compared, repaired, differences } = await compare(path, COUNTRY);
  report.line(
    `compared ${compared} rows with the plain pipeline; ${repaired} more were repaired, which only ours does`,
  );
  for (const difference of differences.slice(0, 10)) report.line(`  ${difference}`);
  report.expect('rows judged differently', differences.length, { atMost: 0 });
  const times = { ours: [] as number[], plain: [] as number[] };
  const delays: number[] = [];
  for (let run = 0; run < (RUNS.get(rows) ?? 1); run++) {
    times.plain.push(await timeOf(() => plain(path)));
    times.ours.push(await timeOf(async () => delays.push(await loopDelayOf(() => ours(path)))));
  }
  const [oursTime, plainTime] = [median(times.ours), median(times.plain)];
  const rate = Math.round(rows / (oursTime / 1000)).toLocaleString('en');
  report.line(`plain ${plainTime.toFixed(0)} ms, ours ${oursTime.toFixed(0)} ms: ${rate} rows a second`);
  const isDecisive = rows === MEASURED;
  report.expect('times as fast', plainTime / oursTime, isDecisive ? { atLeast: LEAST_RATIO } : {});
  report.expect('event loop p99, ms', median(delays), isDecisive ? { atMost: LONGEST_DELAY } : {});
  const memory = memoryAlone(path);
  report.expect('peak memory above idle, MB', memory.peak - memory.idle, { atMost: MOST_MEMORY });
  return memory;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-intake-'));
  const report = new Report();
  const memories = new Map<number, Memory>();
  try {
    for (const rows of RUNS.keys()) {
      const path = join(folder, `${rows}.csv`);
      await writeContactFile(path, rows);
      memories.set(rows, await measure(path, rows, report));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report.title('growth');
  const growth = (memories.get(1_000_000)?.peak ?? 0) / (memories.get(MEASURED)?.peak ?? 1);
  report.expect('peak memory, 1,000,000 rows to 80,000', growth, { atMost: MOST_GROWTH });
  process.exitCode = report.exitCode;
}

const [flag, path] = process.argv.slice(2);
if (flag === '--memory' && path !== undefined) {
  process.stdout.write(JSON.stringify(await memoryOf(() => ours(path))));
} else {
  await main();
}
