/** Why something as a whole did not work, in the words a person gets to read. */
export interface Reason {
  /** Stable, in lower case with underscores. */
  readonly code: string;
  /** One sentence: what happened, to what. */
  readonly message: string;
  /** One sentence: what to do. */
  readonly fix: string;
}
