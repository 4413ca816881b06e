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

/** Random faults: the same seed gives the same faults to the same sequence of requests. */
export interface ChaosOptions {
  readonly seed: number;
  /** The probability of each kind, 0 to 1, for each request; together at most 1. */
  readonly rates: Readonly<Partial<Record<ChaosKind, number>>>;
  /** The longest delay of what comes slowly or late, in ms; default 2000. */
  readonly longestDelay?: number;
}

/** A number from 0 up to, but without, 1. */
type Random = () => number;

const MAKERS: Readonly<Record<ChaosKind, (random: Random, delay: number) => Fault>> = {
  throttle: (random) => ({ kind: 'throttle', seconds: 1 + Math.floor(random() * 3) }),
  'error before': () => ({ kind: 'error', when: 'before' }),
  'error in the middle': (random) => ({ kind: 'error', when: 'middle', commands: 1 + Math.floor(random() * 9) }),
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
  'command error': (random) => ({ kind: 'command error', index: Math.floor(random() * 10), applied: random() < 0.5 }),
  'omit command': (random) => ({ kind: 'omit command', index: Math.floor(random() * 10), applied: random() < 0.5 }),
};

export const CHAOS_KINDS = Object.keys(MAKERS) as readonly ChaosKind[];

/** Draws once for each request whether something goes wrong with it, and what. */
export function createChaos(options: ChaosOptions): (bulk: boolean) => Fault | undefined {
  const random = mulberry32(options.seed);
  return (bulk) => {
    let draw = random();
    for (const kind of CHAOS_KINDS) {
      draw -= options.rates[kind] ?? 0;
      if (draw >= 0) continue;
      const fault = MAKERS[kind](random, Math.floor(random() * (options.longestDelay ?? 2_000)));
      const ofOneCommand = fault.kind === 'command error' || fault.kind === 'omit command';
      return ofOneCommand && !bulk ? undefined : fault;
    }
    return undefined;
  };
}

/** The generator mulberry32 by Tommy Ettinger: small, seeded, good enough for faults. */
function mulberry32(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
