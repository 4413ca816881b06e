/**
 * The three ways a piece of work can fail, named by what to do next: mend the configuration (ConfigError), try again
 * later (RetryableError), or ask a person (FatalError). Bad data is never an error here: it is an issue on a row.
 */
export { ConfigError, type Problem } from './config-error.js';
export { EXIT_CODES, exitCodeOf } from './exit-code.js';
export { FatalError } from './fatal-error.js';
export { RetryableError } from './retryable-error.js';
export type { Reason } from './reason.js';
export { reasonOf } from './reason-of.js';
