import type { Random } from './random.js';

/** When a fault that is asked for comes. */
export interface Coming {
  /** How many matching requests it lets pass first; default 0. */
  readonly skip?: number;
  /** How many matching requests it meets; default 1. */
  readonly times?: number;
}

/** Random faults: the same seed gives the same faults to the same sequence of requests. */
export interface Chaos<Kind extends string> {
  readonly seed: number;
  /** The probability of each kind, 0 to 1, for each request; together at most 1. */
  readonly rates: Readonly<Partial<Record<Kind, number>>>;
}

/** Draws whether something goes wrong with a request, and what. */
export function drawKind<Kind extends string>(
  kinds: readonly Kind[],
  rates: Chaos<Kind>['rates'],
  random: Random,
): Kind | undefined {
  let draw = random.next();
  for (const kind of kinds) {
    draw -= rates[kind] ?? 0;
    if (draw < 0) return kind;
  }
  return undefined;
}

/** The faults still to come: those asked for one by one, and the random ones. */
export class FaultsToCome<Fault extends Coming, Request> {
  #queue: { readonly fault: Fault; skip: number; times: number }[] = [];

  constructor(
    private readonly meets: (fault: Fault, request: Request) => boolean,
    private random: () => Fault | undefined = () => undefined,
  ) {}

  add(fault: Fault): void {
    this.#queue.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  }

  /** From now on nothing goes wrong, neither what was asked for nor at random. */
  clear(): void {
    this.#queue = [];
    this.random = () => undefined;
  }

  /** The fault that meets this request, if any; it is used up. */
  next(request: Request): Fault | undefined {
    for (const entry of this.#queue.filter(({ fault }) => this.meets(fault, request))) {
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.times -= 1;
      this.#queue = this.#queue.filter(({ times }) => times > 0);
      return entry.fault;
    }
    const fault = this.random();
    return fault !== undefined && this.meets(fault, request) ? fault : undefined;
  }
}
