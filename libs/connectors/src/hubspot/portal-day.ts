/** No local day is longer than this, in ms (25 h where the clocks go back). */
const LONGEST_DAY = 26 * 3_600_000;
const HOUR = 3_600_000;

/** When the day of `now` ends in a time zone, to the second; an hour from now when the zone is not known. */
export function nextMidnight(now: Date, timeZone: string | undefined): Date {
  const dayOf = dayTeller(timeZone);
  if (dayOf === undefined) return new Date(now.getTime() + HOUR);
  const today = dayOf(now.getTime());
  let [still, over] = [now.getTime(), now.getTime() + LONGEST_DAY];
  while (over - still > 1_000) {
    const middle = Math.floor((still + over) / 2);
    if (dayOf(middle) === today) still = middle;
    else over = middle;
  }
  return new Date(Math.floor(over / 1_000) * 1_000);
}

function dayTeller(timeZone: string | undefined): ((time: number) => string) | undefined {
  if (timeZone === undefined) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone });
    return (time) => format.format(time);
  } catch {
    return undefined;
  }
}
