import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { CloudTalkSandbox, CloudTalkSandboxOptions, Operation } from '../../apps/sandbox/src/index.js';
import { type Database, openDatabase } from '../../libs/store/src/index.js';
import type { RunView } from '../../libs/sync/src/index.js';
import { Workshop } from '../support/workshop.js';
import type { FastTime } from './fast-time.js';

/** CloudTalk's limit for a company (API reference 1.7), and our part of it as it is by default (design, "Config file"). */
const OPERATIONS_PER_MINUTE = 60;
const SHARE = 0.8;
/** Operations a minute that are ours. */
export const ALLOWANCE = OPERATIONS_PER_MINUTE * SHARE;
/** Operations a minute that are left to the company's other tools. */
export const RESERVE = OPERATIONS_PER_MINUTE - ALLOWANCE;
/** How often a run is looked at; milliseconds of the machine. */
const LOOK = 20;
/** How long a directory is believed; milliseconds. */
const DIRECTORY_MAX_AGE = 3_600_000;
/** From one import to the next; milliseconds. */
const NIGHT = 24 * 3_600_000;

/** One import, with every request that was made during it. */
export interface Import {
  readonly run: RunView;
  readonly operations: readonly Operation[];
}

/** The engine on the embedded database, and a CloudTalk with its real limit, both in fast time. */
export class DeliveryBench {
  private constructor(
    private readonly workshop: Workshop,
    private readonly time: FastTime,
    private readonly database: Database,
    private readonly dataDir: string,
  ) {}

  static async open(time: FastTime, options: CloudTalkSandboxOptions = {}): Promise<DeliveryBench> {
    const dataDir = await mkdtemp(join(tmpdir(), 'bench-delivery-'));
    const database = await openDatabase({ dataDir });
    const workshop = await Workshop.open(database, {
      clock: time,
      sandbox: { operationsPerMinute: OPERATIONS_PER_MINUTE, clock: time.now, ...options },
      account: {
        operationsPerMinute: OPERATIONS_PER_MINUTE,
        share: SHARE,
        requestTimeout: 30_000,
        settle: 60_000,
        directoryMaxAge: DIRECTORY_MAX_AGE,
      },
    });
    return new DeliveryBench(workshop, time, database, dataDir);
  }

  get sandbox(): CloudTalkSandbox {
    return this.workshop.sandbox;
  }

  /** Fills the account with contacts of other tools. */
  addForeign(count: number): void {
    for (let number = 0; number < count; number++) {
      const public_number = `+420601${String(number).padStart(6, '0')}`;
      this.sandbox.add({ name: `Foreign ${number}`, ContactNumber: [{ public_number }] });
    }
  }

  /** Imports a file; `meanwhile` begins with the run. Throws when a row or the run failed. */
  async import(content: string, meanwhile?: () => Promise<void>): Promise<Import> {
    const before = this.sandbox.operations.length;
    await this.workshop.drop('contacts.csv', content);
    const [id] = await this.workshop.engine.requestPass('drop');
    const [run] = await Promise.all([this.#ended(id ?? ''), meanwhile?.()]);
    return { run, operations: this.sandbox.operations.slice(before) };
  }

  async #ended(id: string): Promise<RunView> {
    for (;;) {
      const run = await this.workshop.operator.run(id);
      if (run?.status === 'completed') return run;
      const isLost = run?.endedAt != null || run?.waiting?.needsPerson === true;
      if (isLost || this.workshop.errors.length > 0) {
        throw new Error(`The import did not complete: ${inspect({ run, errors: this.workshop.errors }, { depth: 6 })}`);
      }
      await sleep(LOOK);
    }
  }

  /** Lets a day pass: whatever was kept of the account has grown old. */
  untilTomorrow(): void {
    this.time.skip(NIGHT);
  }

  async close(): Promise<void> {
    await this.workshop.close();
    await this.database.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
