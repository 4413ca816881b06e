import { reasonOf } from '@cloudtalk-sync/errors';
import type { Requests } from '../requests.js';
import type { World } from '../world.js';
import type { Beat } from './beat.js';
import { CronBeat, type CronSchedule } from './cron-beat.js';
import { EveryBeat, type EverySchedule } from './every-beat.js';

/** The longest sleep, after which a clock that was put forward or a machine that slept is noticed; milliseconds. */
const LONGEST_SLEEP = 60_000;

/** When passes over a connection are due. */
export type Schedule = CronSchedule | EverySchedule;

/** A configured connection with its schedule, if it has one. */
export interface ScheduledConnection {
  readonly id: string;
  readonly schedule?: Schedule | undefined;
}

/** Asks for passes over connections when they are due. */
export class Schedules {
  constructor(
    private readonly world: World,
    private readonly requests: Requests,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Keeps those of all connections of these accounts. Resolves when the signal has ended it. What goes wrong is logged and
   * tried again.
   */
  async keep(accountIds: readonly string[], connections: readonly ScheduledConnection[]): Promise<void> {
    const timed = connections.filter(({ schedule }) => schedule?.kind === 'cron').map(({ id }) => id);
    await this.world.store.schedules.forgetOthers(accountIds, timed).catch((error: unknown) => {
      this.world.log.warn({ reason: reasonOf(error) }, 'old times of schedules were not forgotten');
    });
    await Promise.all(connections.map((connection) => this.#keepOne(connection)));
  }

  async #keepOne({ id, schedule }: ScheduledConnection): Promise<void> {
    if (!schedule) return;
    try {
      await this.#repeat(id, this.#beat(id, schedule));
    } catch (error) {
      this.#sayFailed(id, error);
    }
  }

  #beat(id: string, schedule: Schedule): Beat {
    if (schedule.kind === 'cron') return new CronBeat(this.world, this.requests, id, schedule);
    return new EveryBeat(this.world, this.requests, id, schedule);
  }

  async #repeat(id: string, beat: Beat): Promise<void> {
    while (!this.signal.aborted) {
      const pause = await beat.look().catch((error: unknown) => {
        if (!this.signal.aborted) this.#sayFailed(id, error);
        return beat.retryAfter;
      });
      await this.world.clock.wait(Math.min(pause, LONGEST_SLEEP), this.signal).catch(() => undefined);
    }
  }

  #sayFailed(connection: string, error: unknown): void {
    const { code, message, fix } = reasonOf(error);
    this.world.log.error({ connection, code, fix }, `the scheduled pass did not happen: ${message}`);
  }
}
