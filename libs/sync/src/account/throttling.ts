import type { BulkResult } from '@cloudtalk-sync/cloudtalk';
import { RetryableError } from '@cloudtalk-sync/errors';

/** True for a 429 of a whole request. */
export function isThrottling(error: unknown): error is RetryableError {
  return error instanceof RetryableError && error.code === 'rate_limited';
}

/** True when one of the commands was answered with a 429. */
export function hasThrottling(result: BulkResult): boolean {
  return result.kind === 'answered' && [...result.answers.values()].some(({ kind }) => kind === 'throttled');
}
