import type { SyncConfig } from '@cloudtalk-sync/config';
import { Engine } from '@cloudtalk-sync/sync';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from './tokens.js';

/** Asks for passes when the config says so: by cron in a time zone, or every so often. */
@Injectable()
export class Schedules {
  constructor(
    private readonly engine: Engine,
    @Inject(CONFIG) private readonly config: SyncConfig,
  ) {}

  start(): void {
    this.engine.keepSchedules(this.config.connections);
  }
}
