import type { Requests } from '../requests.js';
import type { World } from '../world.js';
import type { Beat } from './beat.js';
import { isMissed, MissedTicks, WHILE_WAITING } from './missed-ticks.js';

export interface EverySchedule {
  readonly kind: 'every';
  /** Milliseconds. */
  readonly every: number;
}

/**
 * Ticks at once and then every so often. A pass that takes longer is not asked for again meanwhile; of the ticks that an
 * import of a CRM outlasts the first is put on record, and what was missed before waits for its end.
 */
export class EveryBeat implements Beat {
  readonly retryAfter: number;
  readonly #missed: MissedTicks;
  #next: number | undefined;
  #outlasting: string | undefined;

  constructor(
    private readonly world: World,
    private readonly requests: Requests,
    private readonly connection: string,
    private readonly schedule: EverySchedule,
  ) {
    this.retryAfter = schedule.every;
    this.#missed = new MissedTicks(world, connection);
  }

  async look(): Promise<number> {
    const { every } = this.schedule;
    const begun = this.#now();
    // Further away than that it is only for a clock that was put back.
    if (this.#next === undefined || begun >= this.#next || this.#next > begun + every) {
      if (await this.#mustWait(begun)) return WHILE_WAITING;
      this.#next = begun + every;
      await this.#tick();
      while (this.#next <= this.#now()) this.#next += every;
    }
    return this.#next - this.#now();
  }

  /** Before its first tick any that came since an import under way had begun were missed. */
  async #mustWait(begun: number): Promise<boolean> {
    const now = new Date(begun);
    if (this.#next !== undefined && !isMissed(new Date(this.#next), now)) return false;
    return this.#missed.wait(now, (time) => new Date(time.getTime() + this.schedule.every));
  }

  async #tick(): Promise<void> {
    const asked = await this.requests.tick(this.connection, {
      settle: () => Promise.resolve(true),
      records: ({ id }) => id !== this.#outlasting,
    });
    this.#outlasting = asked?.running;
    if (!asked?.runs.length) return;
    this.world.log.info({ connection: this.connection, runs: asked.runs }, 'imports requested');
  }

  #now(): number {
    return this.world.clock.now().getTime();
  }
}
