import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedPool } from '../connection/pool.js';
import { type EmbeddedPostgres, startEmbedded } from './embedded-postgres.js';
import { findTemplate } from './template.js';

const closing: (() => Promise<unknown>)[] = [];
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-test-'));
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<{ db: EmbeddedPostgres; pool: pg.Pool }> {
  const onLost = (error: Error): void => {
    throw error;
  };
  const db = await startEmbedded({ dataDir, onLost });
  const pool = new pg.Pool(embeddedPool({ host: db.host, port: db.port, user: 'postgres', database: 'postgres' }));
  closing.push(
    () => db.close(),
    () => pool.end(),
  );
  return { db, pool };
}

async function stop(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

describe('the embedded database', () => {
  it('answers 300 parallel queries with 100 to 250 KB parameters each with its own', async () => {
    const { pool } = await start();
    const texts = Array.from({ length: 300 }, (_, index) => `${index} `.padEnd(100_000 + index * 500, 'ž'));
    const answers = await Promise.all(
      texts.map((text) => pool.query<{ text: string }>('SELECT $1::text AS text', [text])),
    );
    expect(answers.every((answer, index) => answer.rows[0]?.text === texts[index])).toBe(true);
  });

  it('keeps parallel transactions apart, and rolls back those that fail', async () => {
    const { pool } = await start();
    await pool.query('CREATE TABLE kept (number int)');
    await Promise.all(Array.from({ length: 10 }, (_, index) => insertTwice(pool, index, index % 2 === 0)));
    const { rows } = await pool.query<{ number: number }>('SELECT number FROM kept ORDER BY number');
    expect(rows.map((row) => row.number)).toEqual([0, 0, 2, 2, 4, 4, 6, 6, 8, 8]);
  });

  it('tells the disk to keep every commit before it acknowledges it', async () => {
    const { db, pool } = await start();
    await pool.query('CREATE TABLE kept (number int)');
    const before = db.fsyncs();
    for (let number = 0; number < 100; number++) await pool.query('INSERT INTO kept VALUES ($1)', [number]);
    expect(db.fsyncs() - before).toBeGreaterThanOrEqual(100);
  });

  it('has what was stored after a stop and a start', async () => {
    const first = await start();
    await first.pool.query('CREATE TABLE kept AS SELECT 42 AS number');
    await stop();
    const { pool } = await start();
    expect((await pool.query('SELECT number FROM kept')).rows).toEqual([{ number: 42 }]);
  });

  it('counts in numbers', async () => {
    const { pool } = await start();
    expect((await pool.query('SELECT count(*) AS rows FROM generate_series(1, 7)')).rows).toEqual([{ rows: 7 }]);
    await expect(pool.query('SELECT 9007199254740993::int8')).rejects.toThrow('9007199254740993');
  });

  it('refuses a second opener, naming the holder', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      code: 'database_in_use',
      message: expect.stringMatching(new RegExp(`${dataDir}.* in use by process ${process.pid} on .*, since 20`)),
      fix: expect.stringContaining('DATA_DIR'),
    });
  });

  it('is made from the prepared template where there is one', async () => {
    expect(findTemplate()).toBeDefined();
  });

  it('starts over where an earlier making was killed half way', async () => {
    await mkdir(join(dataDir, 'postgres.draft/base'), { recursive: true });
    await writeFile(join(dataDir, 'postgres.draft/PG_VERSION'), '18\n');
    const { pool } = await start();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect((await readdir(dataDir)).sort()).toEqual(['lock', 'postgres']);
  });

  it('leaves no socket folder behind', async () => {
    const { db } = await start();
    expect(existsSync(db.host)).toBe(true);
    await stop();
    expect(existsSync(db.host)).toBe(false);
  });

  it('says what to do about a data folder that cannot be one', async () => {
    await writeFile(join(dataDir, 'file'), '');
    await expect(startEmbedded({ dataDir: join(dataDir, 'file'), onLost: () => undefined })).rejects.toMatchObject({
      code: 'data_folder_unusable',
      fix: expect.stringContaining('DATA_DIR'),
    });
  });

  it('says so when its files are damaged, and lets the folder go', async () => {
    await start();
    await stop();
    await rm(join(dataDir, 'postgres/global'), { recursive: true });
    for (let attempt = 1; attempt <= 2; attempt++) {
      await expect(start()).rejects.toMatchObject({ code: 'embedded_database_failed' });
    }
  });
});

async function insertTwice(pool: pg.Pool, number: number, commit: boolean): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO kept VALUES ($1)', [number]);
    await client.query('INSERT INTO kept VALUES ($1)', [number]);
    await client.query(commit ? 'COMMIT' : 'ROLLBACK');
  } finally {
    client.release();
  }
}
