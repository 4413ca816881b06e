import { DataSource, type DataSourceOptions } from 'typeorm';

/** The key of the lock under which one process at a time changes the schema: the bytes of `ctsync`. */
const SCHEMA_LOCK = 0x637473796e63;

/** Brings the schema of the embedded database up to date; nobody else has it open. */
export async function migrateEmbedded(options: DataSourceOptions): Promise<void> {
  await using(options, (dataSource) => dataSource.runMigrations({ transaction: 'each' }));
}

/**
 * Brings the schema of the PostgreSQL server of `dataSource` up to date, with connections of their own. Of several
 * processes that start at once, the others wait until the first is done, and then find nothing to do.
 */
export async function migrateServer(dataSource: DataSource, options: DataSourceOptions): Promise<void> {
  if (await isUpToDate(dataSource)) return;
  await using(options, (dataSource) =>
    dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
      await dataSource.runMigrations({ transaction: 'each' });
    }),
  );
}

async function isUpToDate(dataSource: DataSource): Promise<boolean> {
  const [table] = await dataSource.query<{ exists: boolean }[]>(
    `SELECT to_regclass(quote_ident(current_schema()) || '.migrations') IS NOT NULL AS exists`,
  );
  if (!table?.exists) return false;
  const done = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
  const names = new Set(done.map(({ name }) => name));
  return dataSource.migrations.every((migration) => names.has(migration.name ?? migration.constructor.name));
}

async function using(options: DataSourceOptions, work: (dataSource: DataSource) => Promise<unknown>): Promise<void> {
  const dataSource = await new DataSource(options).initialize();
  try {
    await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
