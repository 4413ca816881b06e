import type { Agent, Attribute, Country } from '@cloudtalk-sync/cloudtalk';
import type { LookupKind, RunEntity } from '@cloudtalk-sync/store';
import type { World } from '../world.js';
import type { Operations } from './operations.js';

/** How long a list of the account is believed within one run, in milliseconds. */
const MAX_AGE = 600_000;
/** How much older than a run's request it may be, in milliseconds, so that many small files share one. */
const SHARED = 60_000;

/** For whom a list is asked for; null: a check, which believes nothing kept. */
type Asking = Pick<RunEntity, 'id' | 'kind' | 'requestedAt'> | null;

/**
 * The account's small lists, kept in the database. They are read again when they have grown old. A retry believes none that
 * is older than itself: somebody has mended what the import before failed for.
 */
export class AccountLists {
  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly operations: Operations,
  ) {}

  /** Agent ids by e-mail in lower case. */
  async agents(run: Asking, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const agents = await this.list<Agent>('agents', run, signal);
    return new Map(agents.map((agent) => [agent.email.toLowerCase(), agent.id]));
  }

  /** Attribute ids by title. */
  async attributes(run: Asking, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const attributes = await this.list<Attribute>('attributes', run, signal);
    return new Map(attributes.map((attribute) => [attribute.title, attribute.id]));
  }

  /** Country ids by alpha-2 code. */
  async countries(run: Asking, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const countries = await this.list<Country>('countries', run, signal);
    return new Map(countries.map((country) => [country.alpha2, country.id]));
  }

  private async list<T>(kind: LookupKind, run: Asking, signal: AbortSignal): Promise<readonly T[]> {
    const now = this.world.clock.now();
    const kept = await this.world.store.accounts.lookup(this.accountId, kind, believedSince(run, now));
    if (Array.isArray(kept)) return kept as T[];
    const items = await this.readList(kind, run?.id ?? null, signal);
    await this.world.store.accounts.keepLookup(this.accountId, kind, items, now);
    return items as T[];
  }

  private readList(kind: LookupKind, runId: string | null, signal: AbortSignal): Promise<readonly unknown[]> {
    switch (kind) {
      case 'agents':
        return this.everyAgent(runId, signal);
      case 'attributes':
        return this.operations.read(kind, runId, (client) => client.attributes(), signal);
      case 'countries':
        return this.operations.read(kind, runId, (client) => client.countries(), signal);
    }
  }

  private async everyAgent(runId: string | null, signal: AbortSignal): Promise<readonly Agent[]> {
    const agents: Agent[] = [];
    for (let page = 1; ; page += 1) {
      const answer = await this.operations.read('agents', runId, (client) => client.agents(page), signal);
      agents.push(...answer.items);
      if (page >= answer.pageCount || answer.items.length === 0) return agents;
    }
  }
}

function believedSince(run: Asking, now: Date): Date {
  if (run === null) return now;
  const shared = run.requestedAt.getTime() - (run.kind === 'retry' ? 0 : SHARED);
  return new Date(Math.max(shared, now.getTime() - MAX_AGE));
}
