import type { Ticked } from '@cloudtalk-sync/store';
import type { Requests } from '../requests.js';
import type { World } from '../world.js';
import type { Asked } from './ask-at-tick.js';
import type { Beat } from './beat.js';
import { isMissed, MissedTicks, WHILE_WAITING } from './missed-ticks.js';
import { countTicks, nextTick } from './next-tick.js';

/** So many missed ticks are counted for the log. */
const MOST_COUNTED = 100;
/** Ticks dealt with further in the future than this were dealt with by a wrong clock; milliseconds. */
const FURTHEST_FUTURE = 86_400_000;

const NEVER = new Date(8.64e15);

export interface CronSchedule {
  readonly kind: 'cron';
  readonly cron: string;
  /** A name of the IANA list. */
  readonly timezone: string;
}

/**
 * Ticks at times of a time zone's clocks. The database knows up to when ticks are dealt with: those that came due while
 * nothing ran are made good by one, and no tick is dealt with twice. Another schedule begins when it is first kept: the
 * former one's ticks until then are made good, its own were not missed. A tick that did not work out stays due.
 */
export class CronBeat implements Beat {
  readonly retryAfter = 60_000;
  readonly #missed: MissedTicks;
  #seen: Ticked | undefined;
  #due: Date | undefined;

  /** Throws FatalError `schedule_never_due`. */
  constructor(
    private readonly world: World,
    private readonly requests: Requests,
    private readonly connection: string,
    private readonly schedule: CronSchedule,
  ) {
    this.#missed = new MissedTicks(world, connection);
    nextTick(schedule.cron, schedule.timezone, world.clock.now());
  }

  async look(): Promise<number> {
    const { clock, store } = this.world;
    const now = clock.now();
    const own = this.#until(now);
    const seen = (this.#seen ??= await store.schedules.begin(this.connection, own));
    if (seen.until.getTime() - now.getTime() > FURTHEST_FUTURE) await this.#beginAnew(seen, now);
    else {
      const due = (this.#due ??= this.#dueOf(seen, own));
      if (await this.#mustWait(seen, due, now)) return WHILE_WAITING;
      if (due <= now) await this.#tick(seen, due, now);
      else if (seen.schedule === own.schedule) return due.getTime() - now.getTime();
      else await store.schedules.advance(this.connection, seen.until, own);
    }
    this.#seen = this.#due = undefined;
    return 0;
  }

  /** The next tick; of a former schedule none, where that cannot be read, as with a time zone that is known no more. */
  #dueOf(seen: Ticked, own: Ticked): Date {
    try {
      return nextTick(...partsOf(seen), seen.until);
    } catch (error) {
      if (seen.schedule === own.schedule) throw error;
      this.world.log.warn(
        { connection: this.connection, schedule: seen.schedule },
        'the schedule of before cannot be read; what of it was missed is not made good, and the one of the config begins now',
      );
      return NEVER;
    }
  }

  #until(until: Date): Ticked {
    return { schedule: `${this.schedule.cron} ${this.schedule.timezone}`, until };
  }

  async #mustWait(seen: Ticked, due: Date, now: Date): Promise<boolean> {
    return isMissed(due, now) && this.#missed.wait(now, (time) => nextTick(...partsOf(seen), time));
  }

  async #tick(seen: Ticked, due: Date, now: Date): Promise<void> {
    const { clock, log } = this.world;
    const asked = await this.requests.tick(this.connection, {
      settle: (store) => store.schedules.advance(this.connection, seen.until, this.#until(latest(now, clock.now()))),
      records: () => !isMissed(due, now),
    });
    if (asked === undefined) return;
    if (isMissed(due, now)) this.#sayMissed(seen, due, now, asked);
    if (asked.runs.length > 0) log.info({ connection: this.connection, runs: asked.runs }, 'imports requested');
  }

  #sayMissed(seen: Ticked, due: Date, now: Date, { running }: Asked): void {
    const missed = countTicks(...partsOf(seen), seen.until, now, MOST_COUNTED);
    const count = missed === MOST_COUNTED ? `at least ${missed}` : missed;
    const message =
      missed === 1
        ? `the scheduled pass of ${due.toISOString()} comes late`
        : `${count} scheduled passes were missed since ${due.toISOString()}; they count as one that is due now`;
    const taken = running ? `, and is made good by the import ${running.slice(0, 8)}, which is still going on` : '';
    this.world.log.warn({ connection: this.connection, missed, since: due }, message + taken);
  }

  async #beginAnew(seen: Ticked, now: Date): Promise<void> {
    await this.world.store.schedules.advance(this.connection, seen.until, this.#until(now));
    this.world.log.warn(
      { connection: this.connection, seen: seen.until, now },
      'the schedule was dealt with up to a time in the future, so the clock was wrong then or is now; it goes on from now',
    );
  }
}

/** The expression and the time zone, whose name has no space, of a schedule as it was written. */
function partsOf({ schedule }: Ticked): [cron: string, timezone: string] {
  const end = schedule.lastIndexOf(' ');
  return [schedule.slice(0, end), schedule.slice(end + 1)];
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}
