import { describe, expect, it } from 'vitest';
import { nextMidnight } from './portal-day.js';

describe('the end of the day of a portal', () => {
  it.each([
    ['2026-11-22T02:00:00Z', 'America/New_York', '2026-11-22T05:00:00Z'],
    ['2026-11-22T23:30:00Z', 'Europe/Bratislava', '2026-11-23T23:00:00Z'],
    ['2026-03-28T23:30:00Z', 'Europe/Bratislava', '2026-03-29T22:00:00Z'],
    ['2026-10-24T22:30:00Z', 'Europe/Bratislava', '2026-10-25T23:00:00Z'],
    ['2026-11-22T02:00:00Z', 'Asia/Kolkata', '2026-11-22T18:30:00Z'],
    ['2026-11-22T02:00:00Z', 'Mars/Olympus', '2026-11-22T03:00:00Z'],
    ['2026-11-22T02:00:00Z', undefined, '2026-11-22T03:00:00Z'],
  ])('after %s in %s is %s', (now, timeZone, end) => {
    expect(nextMidnight(new Date(now), timeZone)).toEqual(new Date(end));
  });
});
