import type { ListedContact, ShownContact } from '@cloudtalk-sync/cloudtalk';
import type { Identity } from '@cloudtalk-sync/store';
import { identitiesOf } from '../identities.js';
import type { World } from '../world.js';
import type { Operations } from './operations.js';

/** Looks for contacts in CloudTalk itself, not in the directory. */
export class LiveSearch {
  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly operations: Operations,
  ) {}

  /**
   * The contact that really has the first of these identities that any contact has; undefined only when a search for
   * every one of them found none. Contacts that are `lost` count as nowhere: CloudTalk's list may still have them.
   */
  async find(
    identities: readonly Identity[],
    lost: ReadonlySet<number>,
    runId: string,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    for (const identity of identities) {
      const holders = await this.holders(identity, runId, signal, lost);
      if (holders.length === 0) continue;
      const found = await this.world.store.directory.find(this.accountId, [identity]);
      return [...found.values()][0];
    }
    return undefined;
  }

  async show(contactId: number, runId: string, signal: AbortSignal): Promise<ShownContact | undefined> {
    return this.operations.read('show', runId, (client) => client.show(contactId), signal);
  }

  /** All contacts that really have a number or an e-mail. The directory keeps them, and nothing else, for it. */
  async holders(
    identity: Identity,
    runId: string,
    signal: AbortSignal,
    lost: ReadonlySet<number> = new Set(),
  ): Promise<readonly number[]> {
    const holders = (await this.search(identity, runId, signal)).filter((id) => !lost.has(id));
    const now = this.world.clock.now();
    await this.world.store.transaction((tx) => tx.directory.keepOnly(this.accountId, identity, holders, now));
    return holders;
  }

  /** Every hit counts only when it has the number or e-mail exactly; what the list does not show is looked at whole. */
  private async search(identity: Identity, runId: string, signal: AbortSignal): Promise<readonly number[]> {
    const keyword = identity.kind === 'phone' ? identity.value.replace('+', '') : identity.value;
    const holders: number[] = [];
    for (let page = 1; ; page += 1) {
      const search = { page, keyword };
      const answer = await this.operations.read('search', runId, (client) => client.contacts(search), signal);
      for (const hit of answer.items) {
        if (has(hit, identity) || (await this.hasHidden(hit.id, identity, runId, signal))) holders.push(hit.id);
      }
      if (page >= answer.pageCount || answer.items.length === 0) return holders;
    }
  }

  private async hasHidden(id: number, identity: Identity, runId: string, signal: AbortSignal): Promise<boolean> {
    const contact = await this.show(id, runId, signal);
    return contact !== undefined && has(contact, identity);
  }
}

function has(contact: Pick<ListedContact, 'phones' | 'emails'>, identity: Identity): boolean {
  return identitiesOf(contact).some(({ kind, value }) => kind === identity.kind && value === identity.value);
}
