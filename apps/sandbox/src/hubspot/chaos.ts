import type { Fault } from './faults.js';

/** Random faults: the same seed gives the same faults to the same sequence of requests. */
export interface ChaosOptions {
  readonly seed: number;
  /** The probability of each kind, 0 to 1, for each request; together at most 1. */
  readonly rates: Readonly<Partial<Record<ChaosKind, number>>>;
}

/** A kind of random fault. */
export type ChaosKind = keyof typeof FAULTS;

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
export function createChaos(options: ChaosOptions): () => Fault | undefined {
  const random = mulberry32(options.seed);
  return () => {
    let draw = random();
    for (const kind of CHAOS_KINDS) {
      draw -= options.rates[kind] ?? 0;
      if (draw < 0) return FAULTS[kind];
    }
    return undefined;
  };
}

/** The generator mulberry32 by Tommy Ettinger: small, seeded, good enough for faults. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
