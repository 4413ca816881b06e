import type { Requests } from '../requests.js';
import type { World } from '../world.js';
import type { Beat } from './beat.js';

export interface EverySchedule {
  readonly kind: 'every';
  /** Milliseconds. */
  readonly every: number;
}

/**
 * Ticks at once and then every so often. A pass that takes longer is not asked for again meanwhile; of the ticks that an
 * import of a CRM outlasts the first is put on record.
 */
export class EveryBeat implements Beat {
  readonly retryAfter: number;
  #next: number | undefined;
  #outlasting: string | undefined;

  constructor(
    private readonly world: World,
    private readonly requests: Requests,
    private readonly connection: string,
    private readonly schedule: EverySchedule,
  ) {
    this.retryAfter = schedule.every;
  }

  async look(): Promise<number> {
    const { every } = this.schedule;
    const begun = this.#now();
    // Further away than that it is only for a clock that was put back.
    if (this.#next === undefined || begun >= this.#next || this.#next > begun + every) {
      this.#next = begun + every;
      await this.#tick();
      while (this.#next <= this.#now()) this.#next += every;
    }
    return this.#next - this.#now();
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
