import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Operation } from '../../apps/sandbox/src/index.js';
import { type Database, openDatabase } from '../../libs/store/src/index.js';
import type { RunView, SyncConnection } from '../../libs/sync/src/index.js';
import { Workshop } from '../support/workshop.js';
import { CONNECTIONS, connectorOf } from './crm-connections.js';
import { type Call, type Crm, type StandIn, START } from './crm-stand-ins.js';

/** How often a run is looked at; milliseconds. */
const LOOK = 20;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One pass, with what was asked of both sides during it. */
export interface Pass {
  readonly run: RunView;
  readonly operations: readonly Operation[];
  readonly calls: readonly Call[];
  /** Records of the CRM that are not what they were before. */
  readonly changed: number;
}

/** The engine between a CRM that takes outcomes back and a CloudTalk without a limit worth speaking of. */
export class CrmImportBench {
  private constructor(
    private readonly workshop: Workshop,
    private readonly standIn: StandIn,
    private readonly connection: Writable<Partial<SyncConnection>>,
    private readonly database: Database,
    private readonly dataDir: string,
  ) {}

  static async open(crm: Crm, records: number): Promise<CrmImportBench> {
    const standIn = await START[crm]();
    for (let number = 0; number < records; number++) standIn.put(number);
    const dataDir = await mkdtemp(join(tmpdir(), 'bench-crm-'));
    const database = await openDatabase({ dataDir });
    const connector = connectorOf(crm);
    const { mapping, options, report } = CONNECTIONS[crm];
    const connection = { connector, options: connector.optionsSchema.parse(options(standIn.url)), mapping, report };
    const workshop = await Workshop.open(database, { account: { requestTimeout: 30_000, settle: 60_000 }, connection });
    return new CrmImportBench(workshop, standIn, connection, database, dataDir);
  }

  /** Makes a pass; throws when a row or the run fails. */
  async pass(): Promise<Pass> {
    const { sandbox } = this.workshop;
    const [operations, calls, before] = [sandbox.operations.length, this.standIn.calls().length, this.standIn.shown()];
    const [id = ''] = await this.workshop.engine.requestPass('drop');
    const run = await this.#ended(id);
    const known = new Set(before);
    return {
      run,
      operations: sandbox.operations.slice(operations),
      calls: this.standIn.calls().slice(calls),
      changed: this.standIn.shown().filter((record) => !known.has(record)).length,
    };
  }

  /** From now on every pass reads everything, not only what changed. */
  async readInFull(): Promise<void> {
    await this.workshop.stop();
    this.connection.fullReadAfter = 0;
    await this.workshop.start();
  }

  async close(): Promise<void> {
    await this.workshop.close();
    await this.standIn.close();
    await this.database.close();
    await rm(this.dataDir, { recursive: true, force: true });
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
}
