import { FatalError } from '@cloudtalk-sync/errors';
import type { World } from './world.js';

/** How long the lease lasts after it was last renewed, in milliseconds. */
const LEASE = 30_000;
/** How often it is renewed, in milliseconds: two renewals may be missed. */
const RENEWAL = 10_000;
const RESOURCE = 'worker';

/** The lease that lets one process at a time work on a database. */
export class WorkerLease {
  #renewing: Promise<void> = Promise.resolve();

  constructor(
    private readonly world: World,
    private readonly owner: string,
    /** True when the database itself lets no other process in: a lease left by a dead one need not run out. */
    private readonly exclusive: boolean,
    private readonly stopping: AbortController,
  ) {}

  /**
   * Takes the lease, and waits as long as it lasts for that of a process that may be dead. Throws FatalError
   * `worker_running` when it is still being renewed then.
   */
  async take(): Promise<void> {
    const { clock, log, store } = this.world;
    if (this.exclusive) await store.leases.free(RESOURCE);
    const patience = clock.now().getTime() + LEASE + RENEWAL;
    for (let tries = 1; !(await this.renew()); tries += 1) {
      if (clock.now().getTime() > patience) throw workerRunning();
      if (tries === 1)
        log.info({}, 'another worker holds this database, or died less than 30 s ago: waiting for its lease');
      await clock.wait(1_000, this.stopping.signal);
    }
    this.#renewing = this.keep();
  }

  async isTaken(): Promise<boolean> {
    return this.world.store.leases.isHeld(RESOURCE, this.world.clock.now());
  }

  async release(): Promise<void> {
    await this.#renewing;
    await this.world.store.leases.release(RESOURCE, this.owner);
  }

  private renew(): Promise<boolean> {
    const now = this.world.clock.now();
    return this.world.store.leases.take(RESOURCE, this.owner, now, new Date(now.getTime() + LEASE));
  }

  /** A lease that was lost (a process that slept too long) ends the work: another may have taken over. */
  private async keep(): Promise<void> {
    const { clock, log } = this.world;
    for (;;) {
      await clock.wait(RENEWAL, this.stopping.signal).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      const kept = await this.renew().catch(() => undefined);
      if (kept !== false) continue;
      log.error(
        {},
        'another worker has taken over this database; this one stops working. Restart it when the other is gone.',
      );
      this.stopping.abort();
      return;
    }
  }
}

function workerRunning(): FatalError {
  return new FatalError({
    code: 'worker_running',
    message: 'Another cloudtalk-sync worker is running on this database.',
    fix: 'Stop the other one first; this version runs one worker for a database.',
  });
}
