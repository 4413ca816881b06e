/** What to look at: the kind of work and the id of its row in the database. Two jobs of the same name and id are one. */
export interface Job {
  readonly name: string;
  readonly id: string;
}

/** Re-reads the state of `id` and does what is due; `signal` asks it to end early, because the process stops. */
export type Handler = (id: string, signal: AbortSignal) => Promise<void>;

/** By the name of the job. */
export type Handlers = Readonly<Record<string, Handler>>;

export interface QueueOptions {
  /** Gets what a handler throws; the queue itself goes on. */
  readonly onError: (error: unknown, job: Job) => void;
}

/** Passes jobs to handlers. A job may get lost or be passed twice; the same job never runs twice at once. */
export interface JobQueue {
  /**
   * Leaves a job for a handler. One that already waits stays one; one that runs is run once more afterwards, because
   * it may have looked too early. Throws RetryableError when the queue cannot be reached, and does nothing after `close`.
   */
  add(job: Job): Promise<void>;
  /**
   * Begins to pass jobs on, also those that wait already, oldest first, to at most `concurrency` handlers at a time.
   * Called once. A job that no handler is named for is handed to `onError`.
   */
  process(handlers: Handlers, concurrency: number): void;
  /** Passes nothing more on, asks the running handlers to end, and waits for them, at most `graceMs` milliseconds. */
  close(graceMs: number): Promise<void>;
}
