import { type Coming, FaultsToCome } from '../faults-to-come.js';
import { type ChaosOptions, createChaos } from './chaos.js';
import type { RequestKind } from './requests.js';

/** What goes wrong with a request, once unless `times` says otherwise. */
export type SalesforceFault = SalesforceFaultKind &
  Coming & {
    /** Which requests it waits for; default `api`, all but logins. */
    readonly match?: RequestKind | 'api' | 'any';
  };

export type SalesforceFaultKind =
  /** An error of this status; `code` and `message` default to what Salesforce says with it. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      /** Whether the body is a page of the edge instead of JSON. */
      readonly html?: boolean;
      /** Default `before`. */
      readonly when?: 'before' | 'after';
    }
  /** The connection is reset instead of an answer. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  /** The connection stays open and no answer ever comes. */
  | { readonly kind: 'time out'; readonly when: 'before' | 'after' }
  /** Carried out, and half of the body sent; the rest never comes. */
  | { readonly kind: 'stall' }
  /** Carried out, and answered with half of the JSON. */
  | { readonly kind: 'truncate' }
  /** Carried out, and answered with 200 and something else: a page, or this JSON. */
  | { readonly kind: 'junk'; readonly json?: unknown }
  /** Sent to this address; default status 302. */
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: 301 | 302 | 303 | 307 | 308 }
  /** Every token is refused from now on. */
  | { readonly kind: 'expire token' }
  /** Every query locator is refused from now on. */
  | { readonly kind: 'expire locators' }
  /** Somebody else holds the first rows of an update; default one. */
  | { readonly kind: 'lock rows'; readonly rows?: number };

/** The faults still to come. */
export class SalesforceFaults extends FaultsToCome<SalesforceFault, RequestKind> {
  constructor(chaos: ChaosOptions | undefined) {
    super(meets, chaos && createChaos(chaos));
  }
}

function meets({ kind: fault, match = 'api' }: SalesforceFault, kind: RequestKind): boolean {
  if (fault === 'lock rows' && kind !== 'update') return false;
  if (match === 'any') return true;
  return match === 'api' ? kind !== 'token' : kind === match;
}
