import { type Chaos, drawKind } from '../faults-to-come.js';
import { Random } from '../random.js';
import type { SalesforceFault } from './faults.js';

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

export type ChaosOptions = Chaos<SalesforceChaosKind>;

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

/** Draws once for each request, logins too, whether something goes wrong with it, and what. */
export function createChaos({ rates, seed }: ChaosOptions): () => SalesforceFault | undefined {
  const random = new Random(seed);
  return () => {
    const kind = drawKind(SALESFORCE_CHAOS_KINDS, rates, random);
    return kind && { ...FAULTS[kind], match: 'any' };
  };
}
