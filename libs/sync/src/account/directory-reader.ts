import { RetryableError } from '@cloudtalk-sync/errors';
import type { DirectoryEntry } from '@cloudtalk-sync/store';
import { identitiesOf } from '../identities.js';
import type { World } from '../world.js';
import type { Operations } from './operations.js';

/** How often the list is read again when contacts came or went while it was read, and pages may have shifted. */
const READINGS = 3;

/** Fills the directory from CloudTalk's list of contacts, one operation for 1000 contacts. */
export class DirectoryReader {
  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly operations: Operations,
  ) {}

  /** Reads the whole list unless the directory is younger than `maxAge` milliseconds. */
  async ensureFresh(maxAge: number, runId: string, signal: AbortSignal): Promise<void> {
    const account = await this.world.store.accounts.find(this.accountId);
    const now = this.world.clock.now();
    const readAt = account?.directoryReadAt;
    if (readAt && now.getTime() - readAt.getTime() < maxAge) return;
    for (let reading = 1; reading <= READINGS; reading += 1) {
      if (!(await this.readAll(runId, now, signal))) continue;
      await this.world.store.transaction((store) => store.directory.endReading(this.accountId, now));
      return;
    }
    throw new RetryableError({
      code: 'directory_unsettled',
      message: `CloudTalk's list of contacts kept changing while it was read ${READINGS} times.`,
      fix: 'Nothing needs to be done: the run goes on by itself when another tool has finished its own import.',
    });
  }

  /** False when the number of contacts changed on the way: a page boundary may have moved over a contact. */
  private async readAll(runId: string, now: Date, signal: AbortSignal): Promise<boolean> {
    let first: number | undefined;
    for (let page = 1; ; page += 1) {
      const answer = await this.operations.read('directory', runId, (client) => client.contacts({ page }), signal);
      first ??= answer.itemsCount;
      const entries: DirectoryEntry[] = answer.items.flatMap((contact) =>
        identitiesOf(contact).map((identity) => ({ ...identity, contactId: contact.id })),
      );
      if (entries.length > 0) await this.world.store.directory.see(this.accountId, entries, now);
      if (page >= answer.pageCount || answer.items.length === 0) return answer.itemsCount === first;
    }
  }
}
