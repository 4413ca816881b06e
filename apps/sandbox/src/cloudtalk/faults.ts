import { type Coming, FaultsToCome } from '../faults-to-come.js';
import { type ChaosOptions, createChaos } from './chaos.js';
import { BULK_PATH } from './routes.js';

export type { ChaosOptions } from './chaos.js';

/** Which requests a fault waits for: bulk requests, any, or those whose path (below /api) begins so. */
export type FaultMatch = 'bulk' | 'any' | `/${string}`;

/** What goes wrong, once unless `times` says otherwise. */
export type Fault = FaultKind &
  Coming & {
    /** Default `any`; a fault of one command always waits for a bulk request. */
    readonly match?: FaultMatch;
  };

export type FaultKind =
  /** 429 now; the headers name a reset in that many seconds (default 1). */
  | { readonly kind: 'throttle'; readonly seconds?: number }
  /** An error (default 500) before or after everything, or after the first commands, was carried out. */
  | {
      readonly kind: 'error';
      readonly when: 'before' | 'middle' | 'after';
      /** With `middle`: so many commands are carried out; default half of them. */
      readonly commands?: number;
      readonly status?: number;
      /** Whether the body is a page of the edge instead of JSON. */
      readonly html?: boolean;
    }
  /** The connection stays open and no answer ever comes. */
  | { readonly kind: 'time out'; readonly when: 'before' | 'after' }
  /** The connection is reset now, and the request carried out `delay` ms later. */
  | { readonly kind: 'apply late'; readonly delay: number }
  /** The connection is reset instead of an answer. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  /** Carried out, and answered with half of the JSON. */
  | { readonly kind: 'truncate' }
  /** Carried out, and half of the body sent; the rest never comes. */
  | { readonly kind: 'stall' }
  /** Carried out at once, and answered after `delay` ms. */
  | { readonly kind: 'slow'; readonly delay: number }
  /** One command is refused with 406. */
  | {
      readonly kind: 'refuse command';
      readonly index: number;
      readonly fields?: Readonly<Record<string, readonly string[]>>;
    }
  /** One command is answered with a 500. */
  | { readonly kind: 'command error'; readonly index: number; readonly applied: boolean }
  /** The answer does not name one command. */
  | { readonly kind: 'omit command'; readonly index: number; readonly applied: boolean }
  /** The whole request is refused (default 406), and nothing done. */
  | {
      readonly kind: 'refuse request';
      readonly status?: number;
      readonly fields?: Readonly<Record<string, readonly string[]>>;
    }
  /** The access key is refused (default 401). */
  | { readonly kind: 'refuse key'; readonly status?: 401 | 403 };

export const FAULT_KINDS = [
  'throttle',
  'error',
  'time out',
  'apply late',
  'drop',
  'truncate',
  'stall',
  'slow',
  'refuse command',
  'command error',
  'omit command',
  'refuse request',
  'refuse key',
] as const satisfies readonly FaultKind['kind'][];

/** The faults still to come, which meet requests by their path. */
export class Faults extends FaultsToCome<Fault, string> {
  constructor(chaos: ChaosOptions | undefined) {
    super(meets, chaos && createChaos(chaos));
  }
}

function meets(fault: Fault, path: string): boolean {
  const bulk = path === BULK_PATH;
  if (!bulk && (fault.kind.endsWith('command') || fault.kind === 'command error')) return false;
  if (fault.match === undefined || fault.match === 'any') return true;
  return fault.match === 'bulk' ? bulk : path.startsWith(fault.match);
}
