import { Random } from '../../apps/sandbox/src/random.js';

export { Random } from '../../apps/sandbox/src/random.js';

/** The numbers of a seed as a function: from 0 to below 1 at each call. */
export function seeded(seed: number): () => number {
  const random = new Random(seed);
  return () => random.next();
}
