import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, inject } from 'vitest';
import { type Database, type DatabaseOptions, openDatabase } from '@cloudtalk-sync/store';

/** Opens a database that nobody else uses and that is closed and removed after the suite. */
export type OpenFresh = () => Promise<Database>;

/** A place for a database, empty when it is first opened; for tests that close and open one again. */
export type FreshPlace = () => Promise<DatabaseOptions>;

/**
 * Runs the same suite on the embedded database and on PostgreSQL. Where PostgreSQL cannot be had its half is left out,
 * which the run says last.
 */
export function forEachDatabase(suite: (open: OpenFresh, place: FreshPlace) => void): void {
  describe('on the embedded database', () => {
    withCleanup(suite, embeddedPlace);
  });
  const url = inject('postgresUrl');
  describe.skipIf(!url)('on PostgreSQL', () => {
    withCleanup(suite, () => serverPlace(url));
  });
}

/** Empties every table, so that a suite need not open a database for each test. */
export async function emptyDatabase({ dataSource }: Database): Promise<void> {
  const tables = await dataSource.query<{ name: string }[]>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
  );
  if (tables.length)
    await dataSource.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')} RESTART IDENTITY CASCADE`);
}

interface Place {
  readonly options: DatabaseOptions;
  remove(): Promise<void>;
}

function withCleanup(suite: (open: OpenFresh, place: FreshPlace) => void, makePlace: () => Promise<Place>): void {
  const cleanups: (() => Promise<void>)[] = [];
  const place: FreshPlace = async () => {
    const made = await makePlace();
    cleanups.push(made.remove);
    return made.options;
  };
  suite(async () => {
    const database = await openDatabase(await place());
    cleanups.push(database.close);
    return database;
  }, place);
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
}

async function embeddedPlace(): Promise<Place> {
  const dataDir = await mkdtemp(join(tmpdir(), 'test-data-'));
  return { options: { dataDir }, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

async function serverPlace(url: string): Promise<Place> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = name;
  return { options: { url: own.href }, remove: () => asSuperuser(url, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function asSuperuser(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
