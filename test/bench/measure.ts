import { monitorEventLoopDelay } from 'node:perf_hooks';

const MEGABYTE = 1024 * 1024;
/** How often memory is looked at; milliseconds. */
const LOOK = 10;

/** Milliseconds that `work` takes. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length / 2;
  const low = sorted[Math.ceil(half) - 1] ?? 0;
  const high = sorted[Math.floor(half)] ?? 0;
  return (low + high) / 2;
}

/** The 99th percentile of the event loop's delay while `work` runs; milliseconds. */
export async function loopDelayOf(work: () => Promise<unknown>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}

export interface Memory {
  /** Resident before the work; megabytes. */
  readonly idle: number;
  /** The most that was resident during the work; megabytes. */
  readonly peak: number;
}

/** The memory of this process while `work` runs. */
export async function memoryOf(work: () => Promise<unknown>): Promise<Memory> {
  const idle = process.memoryUsage.rss() / MEGABYTE;
  let peak = idle;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss() / MEGABYTE);
  };
  const timer = setInterval(look, LOOK);
  try {
    await work();
  } finally {
    clearInterval(timer);
    look();
  }
  return { idle, peak };
}

export interface LiveMemory extends Memory {
  /** The most that was in use at once, of JavaScript's heap and of what hangs on it; megabytes. */
  readonly live: number;
}

/** How long `liveMemoryOf` lets the work go on between two collections; milliseconds. */
const WORK_BETWEEN = 20;

/**
 * The memory that `work` needs: all garbage is collected at each look, so that what grows is held by something, if only
 * until the work ends. Left to itself the collector lets garbage lie while memory is plenty: one and the same folding
 * of 1,000,000 rows was resident in 134 to 183 MB, with 31 MB in use before and behind it. Memory outside the heap
 * shows in `peak`. The work takes several times as long. Needs `node --expose-gc`.
 */
export async function liveMemoryOf(work: () => Promise<unknown>): Promise<LiveMemory> {
  const collect = globalThis.gc;
  if (!collect) throw new Error('Memory in use can only be measured by node --expose-gc.');
  collect();
  const idle = process.memoryUsage.rss() / MEGABYTE;
  let [live, peak] = [0, idle];
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss() / MEGABYTE);
    collect();
    const { heapUsed, external } = process.memoryUsage();
    live = Math.max(live, (heapUsed + external) / MEGABYTE);
    timer.refresh();
  };
  const timer = setTimeout(look, WORK_BETWEEN);
  try {
    await work();
    look();
  } finally {
    clearTimeout(timer);
  }
  return { idle, peak, live };
}
