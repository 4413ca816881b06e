import type { Reason } from './reason.js';

/** A person must do something before this can work: a refused key, an unusable file. Trying again changes nothing. */
export class FatalError extends Error implements Reason {
  override readonly name = 'FatalError';
  readonly code: string;
  readonly fix: string;

  constructor(reason: Reason, options?: ErrorOptions) {
    super(reason.message, options);
    this.code = reason.code;
    this.fix = reason.fix;
  }
}
