import { ConfigError } from '@cloudtalk-sync/errors';
import type { Place } from './pool.js';

/** A PostgreSQL server's place, and its address as it may be shown: without user and password. */
export interface ServerPlace {
  readonly place: Place;
  readonly shown: string;
}

/** Reads DATABASE_URL; throws ConfigError when it is no address of a PostgreSQL server. */
export function serverPlace(url: string): ServerPlace {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new ConfigError([
      {
        file: 'environment',
        path: 'DATABASE_URL',
        message: 'This is not the address of a PostgreSQL server.',
        expected:
          'Write postgres://user:password@host:5432/database, with special characters in the password %-encoded.',
      },
    ]);
  }
  return { place: { connectionString: url }, shown: `${parsed.host}${parsed.pathname}` };
}

/** SQL on `server_version_num` (PostgreSQL 15.0 is 150000); our statements are written for 15 to 18. */
const OLDEST = 150_000;

/** Throws ConfigError for a server that is too old to understand our SQL. */
export function expectVersion(versionNumber: number, shown: string): void {
  if (versionNumber >= OLDEST) return;
  throw new ConfigError([
    {
      file: 'environment',
      path: 'DATABASE_URL',
      message: `The server at ${shown} runs PostgreSQL ${Math.floor(versionNumber / 10_000)}.`,
      expected: 'Use PostgreSQL 15 or later, or leave DATABASE_URL out to use the embedded database.',
    },
  ]);
}
