import type { ConnectionConfig, SyncConfig } from '@cloudtalk-sync/config';
import { reasonOf } from '@cloudtalk-sync/errors';
import { Engine, type Log } from '@cloudtalk-sync/sync';
import { Inject, Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { CONFIG, LOG } from './tokens.js';

/** Asks for passes when the config says so: by cron in a time zone, or every so often. */
@Injectable()
export class Schedules {
  readonly #running = new Set<string>();

  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly engine: Engine,
    @Inject(CONFIG) private readonly config: SyncConfig,
    @Inject(LOG) private readonly log: Log,
  ) {}

  start(): void {
    for (const connection of this.config.connections) this.schedule(connection);
  }

  private schedule({ id, schedule }: ConnectionConfig): void {
    if (schedule === undefined) return;
    if (schedule.kind === 'every') {
      this.registry.addInterval(
        id,
        setInterval(() => void this.tick(id), schedule.every),
      );
      void this.tick(id);
      return;
    }
    const { cron, timezone } = schedule;
    const job = CronJob.from({ cronTime: cron, timeZone: timezone, onTick: () => void this.tick(id) });
    this.registry.addCronJob(id, job);
    job.start();
  }

  /** A pass that takes longer than its interval is not asked for again meanwhile. */
  private async tick(connection: string): Promise<void> {
    if (this.#running.has(connection)) return;
    this.#running.add(connection);
    try {
      const runs = await this.engine.requestPass(connection);
      if (runs.length > 0) this.log.info({ connection, runs }, 'imports requested');
    } catch (error) {
      const { code, message, fix } = reasonOf(error);
      this.log.error({ connection, code, fix }, `the scheduled pass did not happen: ${message}`);
    } finally {
      this.#running.delete(connection);
    }
  }
}
