import type { World } from '../world.js';

/** A tick that is dealt with later than this was missed; milliseconds, two of the longest sleeps. */
const LATE = 120_000;

/** How soon it is looked again whether the import that they wait for has ended; milliseconds. */
export const WHILE_WAITING = 10_000;

export function isMissed(due: Date, now: Date): boolean {
  return now.getTime() - due.getTime() > LATE;
}

/**
 * Ticks that were missed while an import was under way are dealt with when that has ended: it began before they came, so
 * it may not have what they were for. Until then they stay due, so that a crash does not lose them.
 */
export class MissedTicks {
  #said: string | undefined;

  constructor(
    private readonly world: World,
    private readonly connection: string,
  ) {}

  /** Whether those up to `now` wait; `tickAfter` gives the first one after a time. */
  async wait(now: Date, tickAfter: (time: Date) => Date): Promise<boolean> {
    const running = await this.world.store.runs.openPass(this.connection);
    if (!running?.startedAt || tickAfter(running.startedAt) > now) return false;
    if (this.#said !== running.id) {
      this.world.log.warn(
        { connection: this.connection, running: running.id },
        `scheduled passes were missed while the import ${running.id.slice(0, 8)} was going on; they are made good when it has ended`,
      );
    }
    this.#said = running.id;
    return true;
  }
}
