import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { liveThroughYear } from './year.js';

const url = inject('postgresUrl');

it.skipIf(!url)('a month of nightly imports from both CRMs, with faults and kills, breaks no promise', async () => {
  const name = `year_${randomUUID().slice(0, 8)}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
    const databaseUrl = url.replace(/\/[^/]*$/, `/${name}`);
    const { violations } = await liveThroughYear({ seed: 3, days: 30, databaseUrl, without: undefined });
    expect(violations).toEqual([]);
  } finally {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.end();
  }
});
