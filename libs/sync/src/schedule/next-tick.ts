import { FatalError } from '@cloudtalk-sync/errors';
import { CronTime } from 'cron';
import { WallClock } from './wall-clock.js';

const DAY = 86_400_000;
/** Where `CronTime.toJSON()` says the hours: it begins with seconds and minutes. */
const HOURS = 2;

/**
 * The first tick of a cron expression of five or six fields after `after`. An expression that names hours ticks at each
 * of its local times once: at the first of two in autumn, and in spring, where the clocks skip it, at the moment to
 * which they are put forward. One for every hour ticks by real time: through the repeated hour as well, and not in the
 * skipped one. Throws FatalError `schedule_never_due` for a date that does not come, such as 31 February.
 */
export function nextTick(cron: string, timezone: string, after: Date): Date {
  const rule = new CronTime(cron, 'UTC');
  const next = rule.toJSON()[HOURS] === '*' ? nextByRealTime : nextByWallTime;
  try {
    return new Date(next((wall) => nextWall(rule, wall), new WallClock(timezone), after.getTime()));
  } catch (cause) {
    throw neverDue(cron, cause);
  }
}

/** How many ticks come after `after` and until `until`, counted up to `most`. */
export function countTicks(cron: string, timezone: string, after: Date, until: Date, most: number): number {
  let count = 0;
  for (let tick = nextTick(cron, timezone, after); tick <= until && count < most; count += 1) {
    tick = nextTick(cron, timezone, tick);
  }
  return count;
}

/** The next wall time that an expression names. Throws when there is none in the eight years to come. */
function nextWall(rule: CronTime, wall: number): number {
  return rule.getNextDateFrom(new Date(wall), 'UTC').toMillis();
}

function nextByWallTime(nextWall: (wall: number) => number, clock: WallClock, after: number): number {
  let wall = after + clock.offsetAt(after);
  for (;;) {
    wall = nextWall(wall);
    const tick = clock.firstInstantOf(wall);
    if (tick > after) return tick;
  }
}

/** Goes on from one change of the clocks to the next; between them wall time is real time. */
function nextByRealTime(nextWall: (wall: number) => number, clock: WallClock, after: number): number {
  let from = after;
  for (;;) {
    const offset = clock.offsetAt(from + 1);
    const tick = nextWall(from + offset) - offset;
    const to = Math.min(tick, from + DAY);
    if (clock.offsetAt(to) !== offset) from = clock.changeBetween(from + 1, to) - 1;
    else if (to === tick) return tick;
    else from = Math.max(to, tick - 2 * DAY);
  }
}

function neverDue(cron: string, cause: unknown): FatalError {
  return new FatalError(
    {
      code: 'schedule_never_due',
      message: `The schedule '${cron}' is never due: no day of the next years is one of its days.`,
      fix: "Correct it in the config and restart; '0 2 * * *' is each night at 02:00.",
    },
    { cause },
  );
}
