/** One request to the API, as it was answered. */
export interface Operation {
  readonly time: Date;
  readonly method: string;
  /** Below the base URL, with the query. */
  readonly path: string;
  /** The caller's, by which its connections are told apart. */
  readonly port: number | undefined;
  /** Undefined when no answer was sent, or not yet. */
  status: number | undefined;
  /** How many commands a bulk request held; 0 for any other. */
  readonly commands: number;
  /** How many operations it took from the window; 0 when it was refused before that. */
  operations: number;
  /** The kind of the fault it met. */
  fault: string | undefined;
  /** What the headers of its answer said was left; undefined as long as none were sent to a caller who still listens. */
  remaining: number | undefined;
  /** What they said the company's limit is; undefined like `remaining`. */
  limit: number | undefined;
  /** When they said the window ends, in Unix seconds; undefined like `remaining`. */
  reset: number | undefined;
  /** When they were sent; undefined like `remaining`. */
  answered: Date | undefined;
}
