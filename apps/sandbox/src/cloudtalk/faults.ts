import { type ChaosOptions, createChaos } from './chaos.js';
import { BULK_PATH } from './routes.js';

export type { ChaosOptions } from './chaos.js';

/** Which requests a fault waits for: bulk requests, any, or those whose path (below /api) begins so. */
export type FaultMatch = 'bulk' | 'any' | `/${string}`;

/** What goes wrong, once unless `times` says otherwise. */
export type Fault = FaultKind & {
  /** Default `any`; a fault of one command always waits for a bulk request. */
  readonly match?: FaultMatch;
  /** How many matching requests it lets pass first; default 0. */
  readonly skip?: number;
  /** How many matching requests it meets; default 1. */
  readonly times?: number;
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

/** The faults still to come: those asked for one by one, and the random ones. */
export class Faults {
  #queue: { readonly fault: Fault; skip: number; times: number }[] = [];
  #chaos: (bulk: boolean) => Fault | undefined;

  constructor(chaos: ChaosOptions | undefined) {
    this.#chaos = chaos === undefined ? () => undefined : createChaos(chaos);
  }

  add(fault: Fault): void {
    this.#queue.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  }

  /** From now on nothing goes wrong, neither what was asked for nor at random. */
  clear(): void {
    this.#queue = [];
    this.#chaos = () => undefined;
  }

  /** The fault that meets this request, if any; it is used up. */
  next(path: string): Fault | undefined {
    for (const entry of this.#queue.filter(({ fault }) => meets(fault, path))) {
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.times -= 1;
      this.#queue = this.#queue.filter(({ times }) => times > 0);
      return entry.fault;
    }
    return this.#chaos(path === BULK_PATH);
  }
}

function meets(fault: Fault, path: string): boolean {
  const bulk = path === BULK_PATH;
  if (!bulk && fault.kind.endsWith('command')) return false;
  if (!bulk && fault.kind === 'command error') return false;
  if (fault.match === undefined || fault.match === 'any') return true;
  return fault.match === 'bulk' ? bulk : path.startsWith(fault.match);
}
