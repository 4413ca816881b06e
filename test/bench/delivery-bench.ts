import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudTalkSandboxOptions, Operation } from '../../apps/sandbox/src/index.js';
import { type Database, openDatabase } from '../../libs/store/src/index.js';
import type { RunView } from '../../libs/sync/src/index.js';
import { Workshop } from '../support/workshop.js';
import type { FastTime } from './fast-time.js';

/** CloudTalk's limit for a company (API reference 1.7), and our part of it as it is by default (design, "Config file"). */
export const OPERATIONS_PER_MINUTE = 60;
export const SHARE = 0.8;
/** How often a run is looked at; milliseconds of the machine. */
const LOOK = 20;
/** How long an older directory is believed; milliseconds. */
const DIRECTORY_MAX_AGE = 3_600_000;

/** One import, with every request that was made during it. */
export interface Import {
  readonly run: RunView;
  readonly operations: readonly Operation[];
}

/** The engine on the embedded database, and a CloudTalk with its real limit, both in fast time. */
export class DeliveryBench {
  private constructor(
    readonly workshop: Workshop,
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

  /** Fills the account with contacts of other tools, for the directory to read. */
  addForeign(count: number): void {
    for (let number = 0; number < count; number++) {
      const public_number = `+420601${String(number).padStart(6, '0')}`;
      this.workshop.sandbox.add({ name: `Foreign ${number}`, ContactNumber: [{ public_number }] });
    }
  }

  /** Imports a file. `meanwhile` is begun when the run is asked for. Throws when not every row ended well. */
  async import(name: string, content: string, meanwhile?: () => Promise<void>): Promise<Import> {
    const { sandbox, engine } = this.workshop;
    const before = sandbox.operations.length;
    await this.workshop.drop(name, content);
    const [id] = await engine.requestPass('drop');
    const accompanying = meanwhile?.();
    const run = await this.#ended(id ?? '');
    await accompanying;
    if (run.status !== 'completed' || this.workshop.errors.length > 0) {
      throw new Error(`The import did not complete: ${JSON.stringify(run)} ${String(this.workshop.errors)}`);
    }
    return { run, operations: sandbox.operations.slice(before) };
  }

  async #ended(id: string): Promise<RunView> {
    for (;;) {
      const run = await this.workshop.operator.run(id);
      if (run && run.endedAt !== null) return run;
      if (run?.waiting?.needsPerson === true) throw new Error(`The import waits: ${run.waiting.message}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  /** Lets a night pass: whatever was kept of the account has grown old. */
  sleep(): void {
    this.time.skip(24 * 3_600_000);
  }

  async close(): Promise<void> {
    await this.workshop.close();
    await this.database.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
