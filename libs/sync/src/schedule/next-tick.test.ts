import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTicks, nextTick } from './next-tick.js';

/** In 2018 Sao Paulo still changed its clocks, at midnight; in 2020 Apia still did. */
const PLACES = [
  { zone: 'Europe/Bratislava', year: 2026 },
  { zone: 'America/New_York', year: 2026 },
  { zone: 'Australia/Lord_Howe', year: 2026 },
  { zone: 'America/Sao_Paulo', year: 2018 },
  { zone: 'America/Sao_Paulo', year: 2026 },
  { zone: 'Asia/Kathmandu', year: 2026 },
  { zone: 'UTC', year: 2024 },
  { zone: 'Pacific/Apia', year: 2020 },
  { zone: 'Pacific/Apia', year: 2026 },
];
const DAY = 86_400_000;

/** All ticks after one instant and until another, as ISO times. */
function ticksBetween(cron: string, timezone: string, after: string, until: string): string[] {
  const ticks: string[] = [];
  let tick = nextTick(cron, timezone, new Date(after));
  while (tick <= new Date(until)) {
    ticks.push(tick.toISOString());
    tick = nextTick(cron, timezone, tick);
  }
  return ticks;
}

const iso = (instant: number): string => new Date(instant).toISOString();

/** The local times of ticks, as `2026-03-29 03:00:00`. */
function local(ticks: readonly string[], timezone: string): string[] {
  const format = new Intl.DateTimeFormat('sv', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  return ticks.map((tick) => format.format(new Date(tick)));
}

describe('the next tick', () => {
  it('comes at the local time, in summer and in winter', () => {
    expect(ticksBetween('0 2 * * *', 'Europe/Bratislava', '2026-01-10T00:00Z', '2026-01-11T12:00Z')).toEqual([
      '2026-01-10T01:00:00.000Z',
      '2026-01-11T01:00:00.000Z',
    ]);
    expect(nextTick('0 2 * * *', 'Europe/Bratislava', new Date('2026-07-10T00:00:00Z'))).toEqual(
      new Date('2026-07-11T00:00:00Z'),
    );
  });

  it('is one after the moment asked about, also when that is itself a tick', () => {
    const tick = new Date('2026-05-05T00:00:00Z');
    expect(nextTick('0 2 * * *', 'Europe/Bratislava', new Date(tick.getTime() - 1))).toEqual(tick);
    expect(nextTick('0 2 * * *', 'Europe/Bratislava', tick)).toEqual(new Date('2026-05-06T00:00:00Z'));
    expect(nextTick('0 2 * * *', 'Europe/Bratislava', new Date(tick.getTime() + 1))).toEqual(
      new Date('2026-05-06T00:00:00Z'),
    );
  });

  it('takes six fields, names of days and short forms', () => {
    const after = new Date('2026-05-05T10:00:00Z');
    expect(nextTick('*/20 * * * * *', 'UTC', after)).toEqual(new Date('2026-05-05T10:00:20Z'));
    expect(nextTick('30 15 2 * * mon-fri', 'UTC', after)).toEqual(new Date('2026-05-06T02:15:30Z'));
    expect(nextTick('@weekly', 'Europe/Bratislava', after)).toEqual(new Date('2026-05-09T22:00:00Z'));
  });

  it('of a date that does not come is refused', () => {
    expect(() => nextTick('0 2 31 2 *', 'UTC', new Date())).toThrow("The schedule '0 2 31 2 *' is never due");
  });

  it('of every hour of a far day costs no more than that of a near one', () => {
    expect(nextTick('0 * 1 1 *', 'Europe/Bratislava', new Date('2026-01-01T22:30:00Z'))).toEqual(
      new Date('2026-12-31T23:00:00Z'),
    );
  });

  it('is counted up to a limit', () => {
    const [after, until] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-04T00:00:00Z')];
    expect(countTicks('0 2 * * *', 'UTC', after, until, 100)).toBe(3);
    expect(countTicks('0 2 * * *', 'UTC', after, after, 100)).toBe(0);
    expect(countTicks('* * * * *', 'UTC', after, until, 100)).toBe(100);
  });
});

describe('when the clocks are put forward', () => {
  const spring = (cron: string, timezone: string, day: string): string[] =>
    local(ticksBetween(cron, timezone, `${day}T00:00Z`, iso(Date.parse(day) + 2 * DAY)), timezone);

  it('a skipped time runs once, at the moment to which they are put', () => {
    expect(spring('30 2 * * *', 'Europe/Bratislava', '2026-03-28')).toEqual([
      '2026-03-28 02:30:00',
      '2026-03-29 03:00:00',
    ]);
    expect(spring('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03')).toEqual([
      '2026-10-04 02:30:00',
      '2026-10-05 02:15:00',
    ]);
    expect(spring('5 0 * * *', 'America/Sao_Paulo', '2018-11-03')).toEqual([
      '2018-11-03 00:05:00',
      '2018-11-04 01:00:00',
    ]);
  });

  it('several skipped times run once in all, and once with one that is due just then', () => {
    expect(spring('*/15 2 29 3 *', 'Europe/Bratislava', '2026-03-28')).toEqual(['2026-03-29 03:00:00']);
    expect(spring('30 2,3 29 3 *', 'Europe/Bratislava', '2026-03-28')).toEqual([
      '2026-03-29 03:00:00',
      '2026-03-29 03:30:00',
    ]);
    expect(spring('0 2,3 29 3 *', 'Europe/Bratislava', '2026-03-28')).toEqual(['2026-03-29 03:00:00']);
  });

  it('what runs in every hour goes on by real time', () => {
    expect(ticksBetween('30 * * * *', 'Europe/Bratislava', '2026-03-28T23:45Z', '2026-03-29T02:45Z')).toEqual([
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-29T02:30:00.000Z',
    ]);
  });
});

describe('when the clocks are put back', () => {
  it('a time that comes twice runs once, at the first', () => {
    expect(ticksBetween('30 2 * * *', 'Europe/Bratislava', '2026-10-24T12:00Z', '2026-10-26T12:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    expect(nextTick('30 2 * * *', 'Europe/Bratislava', new Date('2026-10-25T01:10:00Z'))).toEqual(
      new Date('2026-10-26T01:30:00Z'),
    );
    expect(ticksBetween('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', '2026-04-05T00:00Z')).toEqual([
      '2026-04-04T14:45:00.000Z',
    ]);
    expect(ticksBetween('30 23 * * *', 'America/Sao_Paulo', '2018-02-17T12:00Z', '2018-02-18T12:00Z')).toEqual([
      '2018-02-18T01:30:00.000Z',
    ]);
  });

  it('what runs in every hour goes on through the repeated one by real time', () => {
    const ticks = ticksBetween('*/30 * * * *', 'America/New_York', '2026-11-01T04:45Z', '2026-11-01T07:15Z');
    expect(ticks.map((tick) => tick.slice(11, 16))).toEqual(['05:00', '05:30', '06:00', '06:30', '07:00']);
    expect(local(ticks, 'America/New_York').map((tick) => tick.slice(11, 16))).toEqual([
      '01:00',
      '01:30',
      '01:00',
      '01:30',
      '02:00',
    ]);
  });

  it('what runs in every hour of one day does so in the hour that comes twice at its end', () => {
    const after = new Date('2014-02-16T01:50:00Z');
    expect(nextTick('*/30 * 15 2 *', 'America/Sao_Paulo', after)).toEqual(new Date('2014-02-16T02:00:00Z'));
  });
});

describe.each(PLACES)('in $zone in $year', ({ zone, year }) => {
  const [begin, end] = [Date.UTC(year, 0, 1, 12), Date.UTC(year + 1, 0, 1, 12)];
  const wholeYear = (cron: string): string[] => ticksBetween(cron, zone, iso(begin), iso(end));

  /** Noons in UTC after which the clocks are changed within a day. */
  function changes(): number[] {
    const noons = Array.from({ length: (end - begin) / DAY }, (_, day) => begin + day * DAY);
    const time = (instant: number): string | undefined => local([iso(instant)], zone)[0]?.slice(11);
    return noons.filter((noon) => time(noon) !== time(noon + DAY));
  }

  it('a daily schedule ticks exactly once each local day and never goes back', () => {
    const anyTime = fc.tuple(fc.integer({ min: 0, max: 59 }), fc.constantFrom(0, 1, 2, 3, 23));
    fc.assert(
      fc.property(anyTime, ([minute, hour]) => {
        const ticks = wholeYear(`${minute} ${hour} * * *`);
        expect([...new Set(ticks)].sort()).toEqual(ticks);
        expect(new Set(local(ticks, zone).map((tick) => tick.slice(0, 10))).size).toBe(ticks.length);
        expect(ticks).toHaveLength((end - begin) / DAY);
      }),
      { numRuns: 2 },
    );
  });

  it('named hours never tick at the same local time twice', () => {
    for (const noon of changes()) {
      const ticks = ticksBetween('*/10 0-3,23 * * *', zone, iso(noon - DAY), iso(noon + 2 * DAY));
      expect([...new Set(ticks)].sort()).toEqual(ticks);
      expect(new Set(local(ticks, zone)).size).toBe(ticks.length);
      expect(ticks.length).toBeGreaterThan(80);
    }
  });

  it('every ten minutes stays every ten minutes, whatever the clocks do', () => {
    for (const noon of [begin, ...changes()]) {
      const ticks = ticksBetween('*/10 * * * *', zone, iso(noon - DAY), iso(noon + 2 * DAY)).map(Date.parse);
      expect(new Set(ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0)))).toEqual(new Set([600_000]));
    }
  });
});
