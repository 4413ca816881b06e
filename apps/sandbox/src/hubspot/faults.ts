import { type Coming, FaultsToCome } from '../faults-to-come.js';
import type { Policy } from './answers.js';
import { type ChaosOptions, createChaos } from './chaos.js';
import type { RequestKind } from './api-request.js';

/** Which requests a fault waits for: those of a kind, any, or those whose path begins so. */
export type FaultMatch = RequestKind | 'any' | `/${string}`;

/** What goes wrong, once unless `times` says otherwise. */
export type Fault = FaultKind &
  Coming & {
    /** Default `any`; a fault of ids always waits for a batch update. */
    readonly match?: FaultMatch;
  };

export type FaultKind =
  /** An error before or after everything was carried out; `html` is a page of the edge instead of JSON. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly when?: 'before' | 'after';
      readonly html?: boolean;
      /** Seconds. */
      readonly retryAfter?: number;
    }
  /** 429 by this limit, with `Retry-After` in seconds where it is given. */
  | { readonly kind: 'throttle'; readonly policy: Policy; readonly retryAfter?: number }
  /** 403 that names these scopes. */
  | { readonly kind: 'missing scope'; readonly scopes: readonly string[] }
  /** The connection is reset instead of an answer. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  /** The connection stays open and no answer ever comes. */
  | { readonly kind: 'time out'; readonly when: 'before' | 'after' }
  /** Carried out, and half of the body sent; the rest never comes. */
  | { readonly kind: 'stall' }
  /** Carried out, and answered with half of the JSON. */
  | { readonly kind: 'truncate' }
  /** Carried out, and answered with 200 and a page of HTML, or with this JSON instead. */
  | { readonly kind: 'junk'; readonly json?: unknown }
  /** The client is sent to another address. */
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** A batch update leaves out its first ids (default one) without a word. */
  | { readonly kind: 'drop ids'; readonly count?: number }
  /** A batch update refuses its first ids (default one) in a 207, by one error without ids where they are `unnamed`. */
  | { readonly kind: 'refuse ids'; readonly count?: number; readonly unnamed?: boolean };

export const FAULT_KINDS = [
  'status',
  'throttle',
  'missing scope',
  'drop',
  'time out',
  'stall',
  'truncate',
  'junk',
  'redirect',
  'drop ids',
  'refuse ids',
] as const satisfies readonly FaultKind['kind'][];

/** What a fault looks at of a request. */
interface Met {
  readonly kind: RequestKind;
  readonly path: string;
}

/** The faults still to come. */
export class Faults extends FaultsToCome<Fault, Met> {
  constructor(chaos: ChaosOptions | undefined) {
    super(meets, chaos && createChaos(chaos));
  }
}

function meets(fault: Fault, { kind, path }: Met): boolean {
  if ((fault.kind === 'drop ids' || fault.kind === 'refuse ids') && kind !== 'batch update') return false;
  const { match = 'any' } = fault;
  return match === 'any' || match === kind || (match.startsWith('/') && path.startsWith(match));
}
