/** What one connection's schedule does each time it is looked at. */
export interface Beat {
  /** How long to wait after a look that failed; milliseconds. */
  readonly retryAfter: number;
  /** Deals with what is due and returns how long nothing will be; milliseconds. Throws what the pass throws. */
  look(): Promise<number>;
}
