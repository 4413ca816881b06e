import { type Chaos, drawKind } from '../faults-to-come.js';
import { Random } from '../random.js';
import type { Fault } from './faults.js';

/** A kind of random fault. */
export type ChaosKind =
  | 'throttle'
  | 'error before'
  | 'error in the middle'
  | 'error after'
  | 'bad gateway before'
  | 'bad gateway after'
  | 'time out before'
  | 'time out after'
  | 'apply late'
  | 'drop before'
  | 'drop after'
  | 'truncate'
  | 'stall'
  | 'slow'
  | 'command error'
  | 'omit command';

export interface ChaosOptions extends Chaos<ChaosKind> {
  /** The longest delay of what comes slowly or late, in ms; default 2000. */
  readonly longestDelay?: number;
}

const MAKERS: Readonly<Record<ChaosKind, (random: Random, delay: number) => Fault>> = {
  throttle: (random) => ({ kind: 'throttle', seconds: 1 + random.below(3) }),
  'error before': () => ({ kind: 'error', when: 'before' }),
  'error in the middle': (random) => ({ kind: 'error', when: 'middle', commands: 1 + random.below(9) }),
  'error after': () => ({ kind: 'error', when: 'after' }),
  'bad gateway before': () => ({ kind: 'error', when: 'before', status: 502, html: true }),
  'bad gateway after': () => ({ kind: 'error', when: 'after', status: 502, html: true }),
  'time out before': () => ({ kind: 'time out', when: 'before' }),
  'time out after': () => ({ kind: 'time out', when: 'after' }),
  'apply late': (_random, delay) => ({ kind: 'apply late', delay }),
  'drop before': () => ({ kind: 'drop', when: 'before' }),
  'drop after': () => ({ kind: 'drop', when: 'after' }),
  truncate: () => ({ kind: 'truncate' }),
  stall: () => ({ kind: 'stall' }),
  slow: (_random, delay) => ({ kind: 'slow', delay }),
  'command error': (random) => ({ kind: 'command error', index: random.below(10), applied: random.chance(0.5) }),
  'omit command': (random) => ({ kind: 'omit command', index: random.below(10), applied: random.chance(0.5) }),
};

export const CHAOS_KINDS = Object.keys(MAKERS) as readonly ChaosKind[];

/** Draws once for each request whether something goes wrong with it, and what. */
export function createChaos({ longestDelay = 2_000, rates, seed }: ChaosOptions): () => Fault | undefined {
  const random = new Random(seed);
  return () => {
    const kind = drawKind(CHAOS_KINDS, rates, random);
    return kind && MAKERS[kind](random, random.below(longestDelay));
  };
}
