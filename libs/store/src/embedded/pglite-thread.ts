import { Worker } from 'node:worker_threads';
import { FatalError } from '@cloudtalk-sync/errors';

export interface Order {
  /** The database's own folder. */
  readonly folder: string;
  /** Where to serve the database; without it the folder is made, and the thread ends. */
  readonly socket?: { readonly path: string } | { readonly host: string };
}

type Message =
  { readonly kind: 'ready'; readonly address: string } | { readonly kind: 'died'; readonly message: string };

/** The thread that PostgreSQL runs in. */
export class PgliteWorker {
  /** Resolves when the thread is over, however it ended. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #fsyncs: Int32Array;
  #address = '';
  #closing = false;
  #cause: string | undefined;

  private constructor(worker: Worker, fsyncs: Int32Array) {
    this.#worker = worker;
    this.#fsyncs = fsyncs;
    this.ended = new Promise((resolve) => worker.once('exit', () => resolve()));
  }

  /**
   * Starts the thread; resolves when the database is ready. Throws FatalError `embedded_database_failed` when it does
   * not come up; `onLost` is called if it ends by itself later.
   */
  static async start(order: Order, onLost: (error: FatalError) => void): Promise<PgliteWorker> {
    const fsyncs = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), {
      workerData: { ...order, fsyncs },
      execArgv: [],
    });
    const started = new PgliteWorker(worker, fsyncs);
    await started.#ready(order);
    if (order.socket) void started.ended.then(() => started.#closing || onLost(started.#failure(order)));
    return started;
  }

  /** Where it listens: the socket's path, or `host:port`. */
  get address(): string {
    return this.#address;
  }

  /** How many fsync calls reached the disk since the start. */
  fsyncs(): number {
    return Atomics.load(this.#fsyncs, 0);
  }

  /** Shuts the database down in order; harmless when it has ended. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#worker.postMessage('close');
    await this.ended;
  }

  /** Ends the thread at once, without another write. */
  async kill(cause: string): Promise<void> {
    this.#cause = cause;
    await this.#worker.terminate();
  }

  #ready(order: Order): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.on('message', (message: Message) => {
        if (message.kind === 'died') this.#cause = message.message;
        else {
          this.#address = message.address;
          resolve();
        }
      });
      this.#worker.on('error', (error) => (this.#cause ??= error.message));
      void this.ended.then(() => reject(this.#failure(order)));
    });
  }

  #failure(order: Order): FatalError {
    return new FatalError({
      code: 'embedded_database_failed',
      message: `The embedded database in ${order.folder} ended: ${this.#cause ?? 'it gave no reason'}.`,
      fix: 'Check the disk (free space, errors) and start again: what was stored before is recovered. If it stays so, restore a backup of the folder.',
    });
  }
}
