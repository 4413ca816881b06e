import pg from 'pg';

/** What `pg` connects with: an address, or a whole connection string. */
export type Place =
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }
  | { readonly connectionString: string };

/** How long one statement may take before it is given up; milliseconds. Ours are written to stay under a second. */
const STATEMENT_TIMEOUT = 120_000;

/** How long a query waits for a connection, or for one to be made, before it fails; milliseconds. */
const ACQUIRE_TIMEOUT = 30_000;

/** How much longer than the server the driver waits, so that the server's own clearer answer comes first; milliseconds. */
const HEAD_START = 5_000;

/** How long a transaction may hold its locks without doing anything; milliseconds. */
const IDLE_IN_TRANSACTION = 60_000;

/** Connections of one process to a PostgreSQL server, well below its own default limit of 100. */
const SERVER_CONNECTIONS = 10;

/** PostgreSQL's object id of int8 (pg_type.dat). */
const INT8 = 20;

/** The pool's options on the embedded database: exactly one connection (more would mix up their statements). */
export function embeddedPool(place: Place): pg.PoolConfig {
  return { ...place, ...common(), max: 1, idleTimeoutMillis: 0, query_timeout: STATEMENT_TIMEOUT };
}

/** The pool's options on a PostgreSQL server. */
export function serverPool(place: Place): pg.PoolConfig {
  return {
    ...place,
    ...common(),
    max: SERVER_CONNECTIONS,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT,
    query_timeout: STATEMENT_TIMEOUT + HEAD_START,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION,
  };
}

/** The pool's options while migrations run, which may take as long as they need. */
export function migrationPool(pool: pg.PoolConfig): pg.PoolConfig {
  return { ...pool, statement_timeout: 0, query_timeout: 0, idle_in_transaction_session_timeout: 0 };
}

function common(): pg.PoolConfig {
  return { application_name: 'cloudtalk-sync', connectionTimeoutMillis: ACQUIRE_TIMEOUT, types: { getTypeParser } };
}

/** Counts and keys come as numbers; for this pool only, so that other users of `pg` in the process notice nothing. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? asNumber : pg.types.getTypeParser(oid, format as 'text');

function asNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`The database returned ${text}, which no number can hold.`);
  return number;
}
