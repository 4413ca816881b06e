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
