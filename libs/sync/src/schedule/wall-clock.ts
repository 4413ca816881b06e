/** No local time is further from UTC than this, in milliseconds (IANA time zone database: at most 15 h 13 min). */
const FURTHEST = 16 * 3_600_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The clocks on the walls of one IANA time zone. A wall time is counted in milliseconds as if the zone were UTC; an
 * instant in milliseconds since 1970.
 */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;

  /** Throws RangeError for a zone that is not known. */
  constructor(timezone: string) {
    this.#format =
      formats.get(timezone) ?? new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
    formats.set(timezone, this.#format);
  }

  /** How far the clocks are ahead of UTC; milliseconds. */
  offsetAt(instant: number): number {
    const name = this.#format.format(instant);
    const [, sign, hours, minutes, seconds = 0] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name) ?? [];
    const offset = (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -offset : offset;
  }

  /** When the clocks first show a wall time; where they are put forward past it, when that is done. */
  firstInstantOf(wall: number): number {
    const before = this.offsetAt(wall - FURTHEST);
    const after = this.offsetAt(wall + FURTHEST);
    if (this.offsetAt(wall - before) === before) return wall - before;
    if (this.offsetAt(wall - after) === after) return wall - after;
    return this.changeBetween(wall - after, wall - before);
  }

  /** The first instant with the offset of `to`, where it is another than that of the earlier `from`. */
  changeBetween(from: number, to: number): number {
    const offset = this.offsetAt(to);
    let [before, since] = [from, to];
    while (since - before > 1) {
      const middle = Math.floor((before + since) / 2);
      if (this.offsetAt(middle) === offset) since = middle;
      else before = middle;
    }
    return since;
  }
}
