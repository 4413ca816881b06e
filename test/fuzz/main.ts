/**
 * `npm run fuzz -- --seconds N [--seed S]`: feeds random and mutated files to the reader, the mapping and the checks. What
 * it finds is written to a file that `npm run fuzz -- --seed S --case C` reads again; the exit code is then 1.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fuzzCase } from './fuzz-case.js';
import { judge } from './judge.js';

/** A case that has not ended after this has hung; milliseconds. */
const LONGEST = 20_000;
/** How often the main thread looks; milliseconds. */
const LOOK = 500;

interface Order {
  readonly seed: number;
  readonly first: number;
  /** Milliseconds; 0 for one case only. */
  readonly time: number;
  /** The number of the case that is judged now. */
  readonly current: Int32Array;
}

async function work({ seed, first, time, current }: Order): Promise<void> {
  const end = performance.now() + time;
  let number = first;
  do {
    Atomics.store(current, 0, number);
    try {
      await judge(fuzzCase(seed, number));
    } catch (error) {
      parentPort?.postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return;
    }
    number++;
  } while (performance.now() < end);
}

function found(seed: number, number: number, what: string): void {
  const path = join(tmpdir(), `fuzz-${seed}-${number}.csv`);
  writeFileSync(path, fuzzCase(seed, number).bytes);
  console.error(`Case ${number} of seed ${seed} went wrong: ${what}`);
  console.error(`Its bytes are in ${path}; see it again with: npm run fuzz -- --seed ${seed} --case ${number}`);
  process.exitCode = 1;
}

function main(): void {
  const { values } = parseArgs({
    options: { seconds: { type: 'string' }, seed: { type: 'string' }, case: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const first = Number(values.case ?? 0);
  const time = values.case === undefined ? Number(values.seconds ?? 10) * 1000 : 0;
  const current = new Int32Array(new SharedArrayBuffer(4));
  console.log(`seed ${seed}`);
  const order: Order = { seed, first, time, current };
  const worker = new Worker(new URL(import.meta.url), { workerData: order, argv: [] });
  let last = -1;
  let since = performance.now();
  const watch = setInterval(() => {
    const number = Atomics.load(current, 0);
    if (number !== last) [last, since] = [number, performance.now()];
    else if (performance.now() - since > LONGEST) {
      found(seed, number, 'it hangs');
      void worker.terminate();
    }
  }, LOOK);
  worker.on('message', (what: string) => found(seed, Atomics.load(current, 0), what));
  worker.on('error', (error: Error) => found(seed, Atomics.load(current, 0), error.stack ?? error.message));
  worker.on('exit', () => {
    clearInterval(watch);
    console.log(`${Atomics.load(current, 0) - first + 1} cases`);
  });
}

if (isMainThread) main();
else await work(workerData as Order);
