import { describe, expect, inject, it } from 'vitest';
import { withDatabase } from './database.js';
import { liveThroughYear, type YearOptions, type YearResult } from './year.js';

/** Long enough for a busy machine; milliseconds. */
const DEADLINE = 300_000;

const url = inject('postgresUrl');

describe.skipIf(!url)('on PostgreSQL', { timeout: DEADLINE }, () => {
  const live = (options: Omit<YearOptions, 'databaseUrl'>): Promise<YearResult> =>
    withDatabase(url, (databaseUrl) => liveThroughYear({ ...options, databaseUrl }));

  it('forty days of changes, faults and kills leave CloudTalk and the CRMs in agreement', async () => {
    const { faults, figures, violations } = await live({ seed: 7, days: 40 });
    expect(violations).toEqual([]);
    expect(figures['kills']).toBeGreaterThan(3);
    expect(Object.keys(faults).length).toBeGreaterThan(15);
    expect(figures['quiet nights']).toBe(2);
  });

  it('an engine that forgets what it has written back is noticed', async () => {
    const { violations } = await live({ seed: 7, days: 10, without: 'echo' });
    expect(violations.join('\n')).toContain('changed nothing');
  });
});
