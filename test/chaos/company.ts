import type { CloudTalkSandbox } from '../../apps/sandbox/src/index.js';

/** What CloudTalk grants the storm's company, in operations a minute: as many as a storm without shortage needs. */
export const LIMIT = 2_000;
/** The daemon's part of it. */
export const SHARE = 0.9;
/** The rate window, in ms: as short as it can be and still be open when a killed daemon is up again. */
export const WINDOW = 15_000;

/** How long a shortage lasts, in ms: what it used up of a window stays used up until that one ends. */
const SHORTAGE = 5_000;
/** The limit is lowered only when the oldest operation of the minute is so old, in ms, that we do not wait for long. */
const OLD_ENOUGH = 35_000;
const MINUTE = 60_000;
/** A shortage leaves us fewer operations than this. */
const FEW = 4;

/** What else happens to the company's rate limit: its other tools use windows up, or the limit is lowered for a while. */
export class Company {
  #shortage: { readonly until: number; readonly leaving: number | undefined } | undefined;
  #shortages = 0;

  constructor(
    private readonly sandbox: CloudTalkSandbox,
    private readonly random: () => number,
  ) {}

  /** Lets the budget run short: by turns by its other tools and by a lower limit, where that is possible. */
  strike(): void {
    const few = Math.floor(this.random() * FEW);
    const isLower = this.#shortages++ % 2 === 1 && this.#canBeLowered();
    const leaving = this.random() < 0.5 ? 0 : LIMIT - LIMIT * SHARE + few;
    if (isLower) this.sandbox.limitTo(Math.ceil((this.#lastMinute().length + few) / SHARE));
    this.#shortage = { until: Date.now() + SHORTAGE, leaving: isLower ? undefined : leaving };
    this.look();
  }

  /** Goes on with a shortage, or ends it when its time has come. */
  look(): void {
    if (this.#shortage === undefined) return;
    const { leaving, until } = this.#shortage;
    if (Date.now() >= until) {
      this.sandbox.limitTo(LIMIT);
      this.#shortage = undefined;
    } else if (leaving !== undefined) this.sandbox.useUp(leaving);
  }

  #canBeLowered(): boolean {
    const [oldest] = this.#lastMinute();
    return oldest !== undefined && Date.now() - oldest.getTime() > OLD_ENOUGH;
  }

  #lastMinute(): readonly Date[] {
    const times = this.sandbox.operations.map((operation) => operation.time);
    return times.filter((time) => Date.now() - time.getTime() < MINUTE);
  }
}
