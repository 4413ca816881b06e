import { ConfigError, type Problem } from '@cloudtalk-sync/errors';
import { z } from 'zod';
import type { Variables } from './secrets.js';

/** What the environment says about this process; everything about the imports stands in the config file. */
export interface Environment {
  /** SYNC_CONFIG: the path of the config file. */
  readonly syncConfig: string;
  /** DATA_DIR: the folder of the embedded database and of `daemon.json`. */
  readonly dataDir: string;
  /** DATABASE_URL: a PostgreSQL server; absent means the embedded database. */
  readonly databaseUrl?: string;
  /** REDIS_URL; not yet in this version, so always absent. */
  readonly redisUrl?: string;
  /** ROLES; this version has one process that does all. */
  readonly roles: 'all';
  /** HOST: where the page and the API listen. */
  readonly host: string;
  /** PORT; 0 takes any free one. */
  readonly port: number;
  /** LOG_LEVEL. */
  readonly logLevel: LogLevel;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const text = z.string().optional();

const environmentSchema = z.object({
  SYNC_CONFIG: text.default('config/sync.yaml'),
  DATA_DIR: text.default('./data'),
  DATABASE_URL: z
    .string()
    .refine((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url), {
      error: 'Write postgres://user:password@host:5432/database, or leave it out to use the embedded database.',
    })
    .optional(),
  ROLES: z
    .literal('all', { error: 'Leave it out: this version has one process that does all; splitting it comes later.' })
    .default('all'),
  HOST: text.default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'Write a number from 0 to 65535.' })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: 'Write a number from 0 to 65535.' })
    .default(8350),
  LOG_LEVEL: z
    .string()
    .toLowerCase()
    .pipe(z.enum(LOG_LEVELS, { error: `Write one of ${LOG_LEVELS.join(', ')}.` }))
    .default('info'),
});

/** Reads the variables that this program knows; an empty one counts as absent. Throws ConfigError with every problem. */
export function loadEnvironment(variables: Variables): Environment {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  const wrong = parsed.success ? [] : parsed.error.issues;
  const problems = [
    ...wrong.map((issue) => problem(String(issue.path[0]), 'This value cannot be used.', issue.message)),
    ...redisProblems(given),
  ];
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  const { SYNC_CONFIG, DATA_DIR, DATABASE_URL, ROLES, HOST, PORT, LOG_LEVEL } = parsed.data;
  return {
    syncConfig: SYNC_CONFIG,
    dataDir: DATA_DIR,
    ...(DATABASE_URL === undefined ? {} : { databaseUrl: DATABASE_URL }),
    roles: ROLES,
    host: HOST,
    port: PORT,
    logLevel: LOG_LEVEL,
  };
}

/** The environment of this process. Throws ConfigError as `loadEnvironment` does. */
export function environment(): Environment {
  return loadEnvironment(process.env);
}

/** The variables of this process, for the `${NAME}` of a config file. */
export function variables(): Variables {
  return process.env;
}

function redisProblems(given: Variables): readonly Problem[] {
  if (given['REDIS_URL'] === undefined) return [];
  const isAlone = given['DATABASE_URL'] === undefined;
  const message = isAlone
    ? 'A queue on Redis needs DATABASE_URL as well, and this version does not have that queue yet.'
    : 'This version has no queue on Redis yet.';
  return [problem('REDIS_URL', message, 'Leave it out: the queue inside the process serves one process.')];
}

function problem(path: string, message: string, expected: string): Problem {
  return { file: 'environment', path, message, expected };
}
