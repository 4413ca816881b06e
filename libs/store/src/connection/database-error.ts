import { ConfigError, FatalError, RetryableError } from '@cloudtalk-sync/errors';

/** Errors of the network below, as Node names them: nobody answers there at the moment. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ENOENT',
]);

/** Errors of a server that is starting, stopping or full (PostgreSQL manual, appendix A; classes 08, 53 and 57P). */
const UNAVAILABLE = /^(08...|53...|57P0[1-4])$/;

/** What the driver says, without a code, when a connection broke or could not be had in time. */
const BROKEN = /timeout exceeded when trying to connect|Connection terminated|Connection ended|connection timeout/i;

/** Whether the database is merely out of reach, so that the same work may succeed later. */
export function isUnreachable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return UNREACHABLE.has(code) || UNAVAILABLE.test(code);
  return error instanceof Error && BROKEN.test(error.message);
}

/** Says an error met while opening as one of ours; `where` is the database's address without its password. */
export function asOpenError(error: unknown, where: string): Error {
  if (error instanceof FatalError || error instanceof RetryableError || error instanceof ConfigError) return error;
  const said = error instanceof Error ? error.message || codeOf(error) : String(error);
  if (isUnreachable(error)) {
    return new RetryableError(
      {
        code: 'database_unreachable',
        message: `The database at ${where} cannot be reached: ${said}.`,
        fix: 'Check that PostgreSQL runs there and that the network lets this machine through; it is tried again.',
      },
      { cause: error },
    );
  }
  return new FatalError(
    { ...refusal(codeOf(error)), message: `The database at ${where} refuses: ${said}.` },
    { cause: error },
  );
}

function refusal(code: string | undefined): { code: string; fix: string } {
  switch (code) {
    case '28P01':
    case '28000':
      return { code: 'database_login_refused', fix: 'Correct the user and password in DATABASE_URL.' };
    case '3D000':
      return { code: 'database_missing', fix: 'Create the database (createdb), or correct its name in DATABASE_URL.' };
    case '42501':
      return { code: 'database_rights_missing', fix: 'Give the user the right to create tables in this database.' };
    default:
      return { code: 'database_failed', fix: 'Correct what the message says, then start again.' };
  }
}

/** Errors of several addresses tried in turn carry the code in their first part; TypeORM wraps the driver's own. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return 'driverError' in error ? codeOf(error.driverError) : undefined;
}
