import type { Reason } from './reason.js';

/** The world is out of reach for the moment; the same call may work at `retryAt`, or soon when that is not known. */
export class RetryableError extends Error implements Reason {
  override readonly name = 'RetryableError';
  readonly code: string;
  readonly fix: string;
  readonly retryAt: Date | undefined;

  constructor(reason: Reason, options?: ErrorOptions & { readonly retryAt?: Date | undefined }) {
    super(reason.message, options);
    this.code = reason.code;
    this.fix = reason.fix;
    this.retryAt = options?.retryAt;
  }
}
