import type { Agent, Attribute, Country } from '@cloudtalk-sync/cloudtalk';
import type { LookupKind } from '@cloudtalk-sync/store';
import type { World } from '../world.js';
import type { Operations } from './operations.js';

/** How long a list of the account is believed, in milliseconds: a new agent or attribute is seen within 10 minutes. */
const MAX_AGE = 600_000;

/** The account's small lists, kept in the database and read again when they have grown old. */
export class AccountLists {
  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly operations: Operations,
  ) {}

  /** Agent ids by e-mail in lower case. */
  async agents(runId: string | null, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const agents = await this.list<Agent>('agents', runId, signal);
    return new Map(agents.map((agent) => [agent.email.toLowerCase(), agent.id]));
  }

  /** Attribute ids by title. */
  async attributes(runId: string | null, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const attributes = await this.list<Attribute>('attributes', runId, signal);
    return new Map(attributes.map((attribute) => [attribute.title, attribute.id]));
  }

  /** Country ids by alpha-2 code. */
  async countries(runId: string | null, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const countries = await this.list<Country>('countries', runId, signal);
    return new Map(countries.map((country) => [country.alpha2, country.id]));
  }

  private async list<T>(kind: LookupKind, runId: string | null, signal: AbortSignal): Promise<readonly T[]> {
    const now = this.world.clock.now();
    const kept = await this.world.store.accounts.lookup(this.accountId, kind, new Date(now.getTime() - MAX_AGE));
    if (Array.isArray(kept)) return kept as T[];
    const items = await this.readList(kind, runId, signal);
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
