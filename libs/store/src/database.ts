import type { FatalError } from '@cloudtalk-sync/errors';
import type pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { asOpenError } from './connection/database-error.js';
import { migrateEmbedded, migrateServer } from './connection/migrate.js';
import { embeddedPool, migrationPool, serverPool } from './connection/pool.js';
import { startUpkeep } from './connection/upkeep.js';
import { expectVersion, serverPlace } from './connection/server-place.js';
import { startEmbedded } from './embedded/embedded-postgres.js';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations/index.js';

export type DatabaseOptions = ({ readonly dataDir: string } | { readonly url: string }) & {
  /**
   * Called once when the embedded database ended by itself (a broken disk): nothing can be stored any more. Without it
   * the process ends by an uncaught FatalError.
   */
  readonly onLost?: (error: FatalError) => void;
};

/** An open database with its present schema. */
export interface Database {
  readonly dataSource: DataSource;
  readonly kind: 'embedded' | 'server';
  /** Ends every connection; an embedded database is written down and its folder let go. Harmless the second time. */
  close(): Promise<void>;
}

/**
 * Opens the database and brings its schema up to date. Throws RetryableError `database_unreachable`, ConfigError for an
 * unusable DATABASE_URL or a server older than PostgreSQL 15, and FatalError for everything else a person must mend
 * (`database_in_use`, `database_login_refused`, `data_folder_unusable` and the like).
 */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  return 'url' in options ? openServer(options.url) : openEmbedded(options.dataDir, options.onLost ?? end);
}

async function openEmbedded(dataDir: string, onLost: (error: FatalError) => void): Promise<Database> {
  const embedded = await startEmbedded({ dataDir, onLost });
  const pool = embeddedPool({ host: embedded.host, port: embedded.port, user: 'postgres', database: 'postgres' });
  try {
    await migrateEmbedded(sourceOptions(migrationPool(pool)));
    const dataSource = await new DataSource(sourceOptions(pool)).initialize();
    const upkeep = startUpkeep(dataSource);
    return database('embedded', dataSource, { before: upkeep.stop, after: () => embedded.close() });
  } catch (error) {
    await embedded.close();
    throw asOpenError(error, dataDir);
  }
}

async function openServer(url: string): Promise<Database> {
  const { place, shown } = serverPlace(url);
  const pool = serverPool(place);
  const dataSource = new DataSource(sourceOptions(pool));
  try {
    await dataSource.initialize();
    const [row] = await dataSource.query<{ version: number }[]>(
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    expectVersion(row?.version ?? 0, shown);
    await migrateServer(dataSource, sourceOptions(migrationPool(pool)));
    return database('server', dataSource, { before: nothing, after: nothing });
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw asOpenError(error, shown);
  }
}

interface Around {
  before(): Promise<void>;
  after(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

function database(kind: Database['kind'], dataSource: DataSource, around: Around): Database {
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await around.before();
    await dataSource.destroy();
    await around.after();
  };
  return { kind, dataSource, close: () => (closed ??= close()) };
}

function sourceOptions(pool: pg.PoolConfig): DataSourceOptions {
  return {
    type: 'postgres',
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    installExtensions: false,
    extra: pool,
  };
}

function end(error: FatalError): void {
  setImmediate(() => {
    throw error;
  });
}
