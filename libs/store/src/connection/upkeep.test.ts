import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../database.js';
import { startUpkeep, type Upkeep } from './upkeep.js';

let dataDir: string;
let database: Database;
let upkeep: Upkeep;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'upkeep-test-'));
  database = await openDatabase({ dataDir });
  upkeep = startUpkeep(database.dataSource);
});

afterAll(async () => {
  await upkeep.stop();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function ask(sql: string): Promise<unknown> {
  const [row] = await database.dataSource.query<{ answer: unknown }[]>(sql);
  return row?.answer;
}

describe('the upkeep of the embedded database', () => {
  it('tidies a table in which many rows have died', async () => {
    await database.dataSource.query(`CREATE TABLE "Much changed" AS SELECT generate_series(1, 1000) AS number`);
    await database.dataSource.query(`UPDATE "Much changed" SET number = number + 1`);
    await database.dataSource.query('SELECT pg_stat_force_next_flush()');
    await upkeep.tick();
    expect(await ask(`SELECT n_dead_tup AS answer FROM pg_stat_user_tables WHERE relname = 'Much changed'`)).toBe(0);
    expect(await ask(`SELECT reltuples AS answer FROM pg_class WHERE relname = 'Much changed'`)).toBe(1000);
  });

  it('keeps the log from growing for ever', async () => {
    const log = `SELECT ((pg_current_wal_insert_lsn() - redo_lsn) / 1048576)::float8 AS answer FROM pg_control_checkpoint()`;
    await database.dataSource.query(
      `CREATE TABLE large AS SELECT repeat(md5(n::text), 30) AS text FROM generate_series(1, 150000) AS n`,
    );
    expect(await ask(log)).toBeGreaterThan(128);
    await upkeep.tick();
    expect(await ask(log)).toBeLessThan(16);
  });
});
