import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, inject, it } from 'vitest';
import { ConfigError, FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { openDatabase } from '@cloudtalk-sync/store';
import { forEachDatabase } from '../support/databases.js';

describe('openDatabase', () => {
  forEachDatabase((open, place) => {
    it('brings the schema up to date', async () => {
      const { dataSource } = await open();
      expect(await dataSource.showMigrations()).toBe(false);
      expect(await dataSource.query('SELECT count(*) AS runs FROM runs')).toEqual([{ runs: 0 }]);
    });

    it('finds what was stored when it is opened again', async () => {
      const options = await place();
      const first = await openDatabase(options);
      await first.dataSource.query('CREATE TABLE kept AS SELECT 42 AS number');
      await first.close();
      const second = await openDatabase(options);
      expect(await second.dataSource.query('SELECT number FROM kept')).toEqual([{ number: 42 }]);
      await second.close();
    });

    it('may be closed twice', async () => {
      const database = await openDatabase(await place());
      await Promise.all([database.close(), database.close()]);
    });

    it('rolls a transaction back as a whole', async () => {
      const { dataSource } = await open();
      await dataSource.query('CREATE TABLE kept (number int)');
      const failing = dataSource.transaction(async (manager) => {
        await manager.query('INSERT INTO kept VALUES (1)');
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      expect(await dataSource.query('SELECT * FROM kept')).toEqual([]);
    });

    it('stores and reads 5,000 rows in one statement', async () => {
      const { dataSource } = await open();
      await dataSource.query('CREATE TABLE kept (number int, text text)');
      const rows = Array.from({ length: 5000 }, (_, number) => ({ number, text: `řádek ${number} 😀` }));
      await dataSource.query(
        'INSERT INTO kept SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(number int, text text)',
        [JSON.stringify(rows)],
      );
      expect(await dataSource.query('SELECT * FROM kept ORDER BY number')).toEqual(rows);
    });
  });

  const url = inject('postgresUrl');
  describe.skipIf(!url)('on PostgreSQL', () => {
    it('lets several processes bring the schema up to date at once', async () => {
      const { opened, close } = await openManyAtOnce(url);
      expect(opened).toHaveLength(6);
      await close();
    });

    it('names the login it was refused, without the password', async () => {
      const wrong = new URL(url);
      wrong.password = 'hunter2';
      const error = await failure(wrong.href);
      expect(error).toBeInstanceOf(FatalError);
      expect(error).toMatchObject({ code: 'database_login_refused', fix: expect.stringContaining('DATABASE_URL') });
      expect(String(error)).not.toContain('hunter2');
    });

    it('says that a database does not exist', async () => {
      const wrong = new URL(url);
      wrong.pathname = 'nowhere';
      expect(await failure(wrong.href)).toMatchObject({ code: 'database_missing' });
    });
  });

  it('may be tried again when nobody answers, and says where, without the password', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const error = await failure(`postgres://me:hunter2@127.0.0.1:${port}/sync`);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code: 'database_unreachable' });
    expect(String(error)).toContain(`127.0.0.1:${port}/sync`);
    expect(String(error)).not.toContain('hunter2');
  });

  it('refuses what is no address of a PostgreSQL server', async () => {
    for (const url of ['mysql://localhost/x', 'localhost', '']) expect(await failure(url)).toBeInstanceOf(ConfigError);
  });
});

async function failure(url: string): Promise<unknown> {
  return openDatabase({ url }).then(
    (database) => database.close(),
    (error: unknown) => error,
  );
}

async function openManyAtOnce(url: string): Promise<{ opened: unknown[]; close(): Promise<void> }> {
  const pg = await import('pg');
  const client = new pg.default.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE DATABASE many');
  const own = new URL(url);
  own.pathname = 'many';
  const opened = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ url: own.href })));
  return {
    opened,
    close: async () => {
      for (const database of opened) await database.close();
      await client.query('DROP DATABASE many WITH (FORCE)');
      await client.end();
    },
  };
}
