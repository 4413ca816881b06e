import { MAX_COMMANDS } from '@cloudtalk-sync/cloudtalk';
import type { Forecast, Outlook, RunEntity } from '@cloudtalk-sync/store';
import type { DirectoryReader } from '../account/directory-reader.js';
import type { SyncAccount, World } from '../world.js';

/** Prepares each run for its first send: decides how its contacts are found, and says what it will cost. */
export class OutlookDesk {
  /** When each run was last prepared. */
  readonly #prepared = new Map<string, Date>();

  constructor(
    private readonly world: World,
    private readonly account: SyncAccount,
    private readonly directory: DirectoryReader,
  ) {}

  /**
   * Done for each run at its beginning, and again when its picture of the account has grown old meanwhile; a restart does
   * it again, and finds the directory fresh.
   */
  async prepare(run: RunEntity, signal: AbortSignal): Promise<void> {
    const begun = this.world.clock.now();
    const last = this.#prepared.get(run.id);
    if (last && begun.getTime() - last.getTime() < this.account.directoryMaxAge) return;
    const { store, log } = this.world;
    const outlook = await store.deliveries.outlook(run.id);
    const decision = await this.directory.decide(outlook.identities, this.account.directoryMaxAge, run.id, signal);
    const forecast = forecastOf(outlook, decision.operations, this.account, this.world.clock.now());
    if (run.forecast === null) await store.runs.note(run, { forecast });
    if (!last) log.info({ run: run.id, ...forecast }, 'forecast');
    const isWhole = await decision.read();
    if (decision.by === 'search' || !isWhole) await store.deliveries.searchEach(run.id);
    this.#prepared.set(run.id, begun);
  }

  endRun(runId: string): void {
    this.#prepared.delete(runId);
  }
}

/** Operations, and how long they take at our share of the limit when nobody else is sending. */
export function forecastOf(
  { rows, shows }: Outlook,
  finding: number,
  { operationsPerMinute, share }: Pick<SyncAccount, 'operationsPerMinute' | 'share'>,
  now: Date,
): Forecast {
  const operations = finding + shows + Math.ceil(rows / MAX_COMMANDS);
  const perMinute = Math.max(1, Math.floor(operationsPerMinute * share));
  const seconds = Math.ceil((operations * 60) / perMinute);
  return { operations, seconds, endsAt: new Date(now.getTime() + seconds * 1000).toISOString() };
}
