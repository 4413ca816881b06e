import { describe, expect, inject, it } from 'vitest';
import { withDatabase } from './database.js';
import { liveThroughYear, type YearOptions, type YearResult } from './year.js';

/** Long enough for a busy machine; milliseconds. */
const DEADLINE = 300_000;

const url = inject('postgresUrl');

describe.skipIf(!url)('on PostgreSQL', { timeout: DEADLINE }, () => {
  const live = (options: Omit<YearOptions, 'databaseUrl'>): Promise<YearResult> =>
    withDatabase(url, (databaseUrl) => liveThroughYear({ ...options, databaseUrl }));

  it('a month of nightly imports from both CRMs, with faults and kills, breaks no promise', async () => {
    const { faults, figures, violations } = await live({ seed: 3, days: 30 });
    expect(violations).toEqual([]);
    expect(figures['kills']).toBeGreaterThan(0);
    expect(figures['quiet nights']).toBe(1);
    expect(Object.keys(faults).length).toBeGreaterThan(15);
  });

  it('an engine that forgets what it has written back is noticed', async () => {
    const { violations } = await live({ seed: 3, days: 10, without: 'echo' });
    expect(violations.join('\n')).toContain('changed nothing');
  });
});
