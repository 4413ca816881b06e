import { Random } from '../demo/random.js';
import type { SalesforceFault } from './faults.js';
import type { RequestKind } from './requests.js';

/** A kind of random fault. */
export type SalesforceChaosKind =
  | 'unavailable'
  | 'error after'
  | 'drop before'
  | 'drop after'
  | 'time out before'
  | 'time out after'
  | 'stall'
  | 'truncate'
  | 'junk'
  | 'expire token'
  | 'expire locators'
  | 'lock rows';

/** Random faults: the same seed gives the same faults to the same sequence of requests. */
export interface ChaosOptions {
  readonly seed: number;
  /** The probability of each kind, 0 to 1, for each request; together at most 1. */
  readonly rates: Readonly<Partial<Record<SalesforceChaosKind, number>>>;
}

const FAULTS: Readonly<Record<SalesforceChaosKind, SalesforceFault>> = {
  unavailable: { kind: 'status', status: 503 },
  'error after': { kind: 'status', status: 500, when: 'after' },
  'drop before': { kind: 'drop', when: 'before' },
  'drop after': { kind: 'drop', when: 'after' },
  'time out before': { kind: 'time out', when: 'before' },
  'time out after': { kind: 'time out', when: 'after' },
  stall: { kind: 'stall' },
  truncate: { kind: 'truncate' },
  junk: { kind: 'junk' },
  'expire token': { kind: 'expire token' },
  'expire locators': { kind: 'expire locators' },
  'lock rows': { kind: 'lock rows', rows: 3 },
};

export const SALESFORCE_CHAOS_KINDS = Object.keys(FAULTS) as readonly SalesforceChaosKind[];

/** How finely a probability is drawn. */
const STEPS = 1_000_000;

/** Draws once for each request whether something goes wrong with it, and what. */
export function createChaos({ rates, seed }: ChaosOptions): (kind: RequestKind) => SalesforceFault | undefined {
  const random = new Random(seed);
  return (kind) => {
    let draw = random.below(STEPS) / STEPS;
    for (const name of SALESFORCE_CHAOS_KINDS) {
      draw -= rates[name] ?? 0;
      if (draw < 0) return name === 'lock rows' && kind !== 'update' ? undefined : FAULTS[name];
    }
    return undefined;
  };
}
