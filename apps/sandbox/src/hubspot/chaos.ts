import { type Chaos, drawKind } from '../faults-to-come.js';
import { Random } from '../random.js';
import type { Fault } from './faults.js';

/** A kind of random fault. */
export type ChaosKind = keyof typeof FAULTS;

export type ChaosOptions = Chaos<ChaosKind>;

const FAULTS = {
  'throttle ten secondly': { kind: 'throttle', policy: 'TEN_SECONDLY_ROLLING' },
  'throttle secondly': { kind: 'throttle', policy: 'SECONDLY' },
  'error before': { kind: 'status', status: 500 },
  'error after': { kind: 'status', status: 500, when: 'after' },
  'bad gateway before': { kind: 'status', status: 502, html: true },
  'bad gateway after': { kind: 'status', status: 502, html: true, when: 'after' },
  unavailable: { kind: 'status', status: 503 },
  locked: { kind: 'status', status: 423 },
  'drop before': { kind: 'drop', when: 'before' },
  'drop after': { kind: 'drop', when: 'after' },
  'time out before': { kind: 'time out', when: 'before' },
  'time out after': { kind: 'time out', when: 'after' },
  stall: { kind: 'stall' },
  truncate: { kind: 'truncate' },
  junk: { kind: 'junk' },
  'drop ids': { kind: 'drop ids' },
  'refuse ids': { kind: 'refuse ids' },
} as const satisfies Readonly<Record<string, Fault>>;

export const CHAOS_KINDS = Object.keys(FAULTS) as readonly ChaosKind[];

/** Draws once for each request whether something goes wrong with it, and what. */
export function createChaos({ rates, seed }: ChaosOptions): () => Fault | undefined {
  const random = new Random(seed);
  return () => {
    const kind = drawKind(CHAOS_KINDS, rates, random);
    return kind && FAULTS[kind];
  };
}
