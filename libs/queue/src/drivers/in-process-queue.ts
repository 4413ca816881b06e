import type { Handlers, Job, JobQueue, QueueOptions } from '../job-queue.js';

/** The queue of a single process, in its memory: a restart empties it, and recovery rings again. */
export class InProcessQueue implements JobQueue {
  readonly #onError: QueueOptions['onError'];
  /** By name and id; a Map keeps the order in which they came. */
  readonly #waiting = new Map<string, Job>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #handlers: Handlers | undefined;
  #concurrency = 0;

  constructor(options: QueueOptions) {
    this.#onError = options.onError;
  }

  add(job: Job): Promise<void> {
    const key = keyOf(job);
    if (!this.#stop.signal.aborted && !this.#waiting.has(key)) {
      this.#waiting.set(key, { name: job.name, id: job.id });
      this.#pass();
    }
    return Promise.resolve();
  }

  process(handlers: Handlers, concurrency: number): void {
    if (this.#handlers) throw new Error('The queue has its handlers already: process() is called once.');
    this.#handlers = handlers;
    this.#concurrency = concurrency;
    this.#pass();
  }

  async close(graceMs: number): Promise<void> {
    this.#stop.abort(new Error('The process stops.'));
    this.#waiting.clear();
    await within(graceMs, Promise.all(this.#running.values()));
  }

  #pass(): void {
    const handlers = this.#handlers;
    if (!handlers) return;
    for (const [key, job] of this.#waiting) {
      if (this.#running.size >= this.#concurrency) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      this.#running.set(key, this.#run(handlers, job, key));
    }
  }

  async #run(handlers: Handlers, job: Job, key: string): Promise<void> {
    try {
      await Promise.resolve();
      const handler = Object.hasOwn(handlers, job.name) ? handlers[job.name] : undefined;
      if (!handler) throw new Error(`No handler is named ${job.name}.`);
      await handler(job.id, this.#stop.signal);
    } catch (error) {
      this.#report(error, job);
    } finally {
      this.#running.delete(key);
      this.#pass();
    }
  }

  /** What the reporting itself throws has nowhere to go; it must not end the process. */
  #report(error: unknown, job: Job): void {
    try {
      this.#onError(error, job);
    } catch {
      return;
    }
  }
}

function keyOf(job: Job): string {
  return JSON.stringify([job.name, job.id]);
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
