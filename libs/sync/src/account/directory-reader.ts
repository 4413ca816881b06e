import type { ListedContact, Page } from '@cloudtalk-sync/cloudtalk';
import type { DirectoryEntry } from '@cloudtalk-sync/store';
import { identitiesOf } from '../identities.js';
import type { World } from '../world.js';
import { FIRST_PAGE, type ListPage, pageAfter, pagesOf } from './list-pages.js';
import type { Operations } from './operations.js';

/** How often the list is read when so many contacts went away while it was read that one may have slipped between two pages. */
const READINGS = 3;

type ContactPage = Page<ListedContact>;

/** How the contacts of a run are found. */
export interface Decision {
  readonly by: 'directory' | 'search';
  /** Operations that the finding still costs: pages, or searches. */
  readonly operations: number;
  /** Reads what the decision asks for: the rest of the list, or nothing. False: what it does not name may exist all the same. */
  readonly read: () => Promise<boolean>;
}

const NOTHING_TO_READ: Decision = { by: 'directory', operations: 0, read: () => Promise.resolve(true) };

/** Fills the directory from CloudTalk's list of contacts, one operation for 1000 contacts. */
export class DirectoryReader {
  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly operations: Operations,
  ) {}

  /**
   * Decides which is cheaper for a run whose unlinked rows have so many numbers and e-mails: the pages of the list, or a
   * search for each. Reads the first page to know, unless the directory is younger than `maxAge` milliseconds.
   */
  async decide(identities: number, maxAge: number, runId: string, signal: AbortSignal): Promise<Decision> {
    if (identities === 0 || (await this.isFresh(maxAge))) return NOTHING_TO_READ;
    const begun = this.world.clock.now();
    const first = await this.page(FIRST_PAGE, runId, begun, signal);
    const pages = pagesOf(first.itemsCount);
    if (pages > identities + 1) return { ...NOTHING_TO_READ, by: 'search', operations: identities };
    return { by: 'directory', operations: pages - 1, read: () => this.readFrom(first, runId, begun, signal) };
  }

  /** False when a contact may have been missed in every reading. */
  private async readFrom(first: ContactPage, runId: string, begun: Date, signal: AbortSignal): Promise<boolean> {
    for (let reading = 1; reading <= READINGS; reading += 1) {
      const start = reading === 1 ? first : await this.page(FIRST_PAGE, runId, begun, signal);
      if (!(await this.readRest(start, runId, begun, signal))) continue;
      await this.world.store.transaction((store) => store.directory.endReading(this.accountId, begun));
      return true;
    }
    return false;
  }

  private async isFresh(maxAge: number): Promise<boolean> {
    const readAt = (await this.world.store.accounts.find(this.accountId))?.directoryReadAt;
    return readAt != null && this.world.clock.now().getTime() - readAt.getTime() < maxAge;
  }

  /**
   * False when one may have been missed: contacts that go away move those behind them to an earlier page, perhaps to one
   * that was read already. That has happened to none as long as each page begins with a contact of the one before.
   */
  private async readRest(first: ContactPage, runId: string, begun: Date, signal: AbortSignal): Promise<boolean> {
    let [last, place, isWhole] = [first, FIRST_PAGE, true];
    while (place.page < last.pageCount && last.items.length > 0) {
      place = pageAfter(place);
      const next = await this.page(place, runId, begun, signal);
      const [border] = next.items;
      isWhole &&= last.items.some(({ id }) => id === border?.id);
      last = next;
    }
    return isWhole;
  }

  private async page(query: ListPage, runId: string, begun: Date, signal: AbortSignal): Promise<ContactPage> {
    const answer = await this.operations.read('directory', runId, (client) => client.contacts(query), signal);
    const entries: DirectoryEntry[] = answer.items.flatMap((contact) =>
      identitiesOf(contact).map((identity) => ({ ...identity, contactId: contact.id })),
    );
    if (entries.length > 0) await this.world.store.directory.see(this.accountId, entries, begun);
    return answer;
  }
}
