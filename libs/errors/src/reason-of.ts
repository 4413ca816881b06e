import { ConfigError } from './config-error.js';
import { FatalError } from './fatal-error.js';
import type { Reason } from './reason.js';
import { RetryableError } from './retryable-error.js';

/** Says any thrown value as a reason; what none of our classes names comes out as `internal_error`. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof FatalError || error instanceof RetryableError) {
    return { code: error.code, message: error.message, fix: error.fix };
  }
  if (error instanceof ConfigError) {
    return { code: 'config', message: error.message, fix: 'Correct the places named and start again.' };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal_error',
    message: `Something unexpected happened: ${message}`,
    fix: 'Look for this message in the log of the daemon; if it comes again, report it with the lines around it.',
  };
}
