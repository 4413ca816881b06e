/** A request that Salesforce refuses, in its words. */
export class VendorError extends Error {
  override readonly name = 'VendorError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields?: readonly string[],
  ) {
    super(message);
  }

  /** The body of the answer: a list of one error. */
  get body(): string {
    const { code: errorCode, fields, message } = this;
    return JSON.stringify([{ message, errorCode, ...(fields === undefined ? {} : { fields }) }]);
  }
}

/** A refusal of the token endpoint, which has a shape of its own. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(
    readonly code: string,
    description: string,
  ) {
    super(description);
  }

  get body(): string {
    return JSON.stringify({ error: this.code, error_description: this.message });
  }
}
