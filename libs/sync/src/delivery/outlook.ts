import type { Forecast, RunEntity } from '@cloudtalk-sync/store';
import type { DirectoryReader } from '../account/directory-reader.js';
import type { Operations } from '../account/operations.js';
import type { SyncAccount, World } from '../world.js';

/** Prepares each run for its first send: decides how its contacts are found, and says what it will cost. */
export class OutlookDesk {
  /** When each run was last prepared. */
  readonly #prepared = new Map<string, Date>();

  constructor(
    private readonly world: World,
    private readonly account: SyncAccount,
    private readonly directory: DirectoryReader,
    private readonly operations: Operations,
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
    const { identities } = await store.accounts.outlook(run.id);
    const decision = await this.directory.decide(identities, this.account.directoryMaxAge, run.id, signal);
    const pages = decision.by === 'directory' ? decision.operations : 0;
    if (pages > 0) log.info({ run: run.id, pages }, "reading the rest of CloudTalk's contacts");
    const isWhole = await decision.read();
    const searchesEach = decision.by === 'search' || !isWhole;
    if (searchesEach) await store.deliveries.searchEach(run.id);
    if (!last) await this.forecast(run, searchesEach ? identities : 0);
    this.#prepared.set(run.id, begun);
  }

  /** Made when the directory is read, since only then it is known which contacts must be looked at. */
  private async forecast(run: RunEntity, searches: number): Promise<void> {
    const { clock, log, store } = this.world;
    const { rows, shows } = await store.accounts.outlook(run.id);
    const operations = searches + shows + this.operations.costOf(rows);
    const begins = await this.turnOf(run, clock.now());
    const forecast = forecastOf(operations, this.operations.perMinute(), begins);
    if (run.forecast === null) await store.runs.note(run, { forecast });
    log.info({ run: run.id, ...forecast }, 'forecast');
  }

  /** When its turn comes: when the runs before it are forecast to have been sent. */
  private async turnOf(run: RunEntity, now: Date): Promise<Date> {
    const open = await this.world.store.runs.open();
    const before = open.filter(({ accountId, kind, sequence }) => {
      return accountId === run.accountId && kind !== 'preview' && BigInt(sequence) < BigInt(run.sequence);
    });
    const ends = before.map(({ forecast }) => Date.parse(forecast?.endsAt ?? now.toISOString()));
    return new Date(Math.max(now.getTime(), ...ends));
  }

  endRun(runId: string): void {
    this.#prepared.delete(runId);
  }
}

/** The run's own operations, and how long they take at our share of the limit when nobody else is sending. */
function forecastOf(operations: number, perMinute: number, begins: Date): Forecast {
  const seconds = Math.ceil((operations * 60) / perMinute);
  return { operations, seconds, endsAt: new Date(begins.getTime() + seconds * 1000).toISOString() };
}
