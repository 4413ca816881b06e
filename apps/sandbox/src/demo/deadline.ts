import { setTimeout as sleep } from 'node:timers/promises';

/** How often the world is looked at, in milliseconds. */
const INTERVAL = 200;

/** Waits until `look` finds something and returns it; throws what `late` says when that takes more than `limit` ms. */
export async function until<T>(
  look: () => Promise<T | undefined>,
  limit: number,
  late: () => Promise<string> | string,
  signal: AbortSignal,
): Promise<T> {
  const end = performance.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(await late());
    await sleep(INTERVAL, undefined, { signal });
  }
}
