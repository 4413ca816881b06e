import { ConfigError } from './config-error.js';

/** How a process ends, for the scripts that call it. */
export const EXIT_CODES = {
  /** All well. */
  ok: 0,
  /** Some rows failed, or an input was refused. */
  rowsFailed: 1,
  /** The config or the command line is wrong. */
  usage: 2,
  /** CloudTalk, the source or the database cannot be used. */
  noConnection: 3,
} as const;

/** The exit code for an error that ended a process. */
export function exitCodeOf(error: unknown): number {
  return error instanceof ConfigError ? EXIT_CODES.usage : EXIT_CODES.noConnection;
}
