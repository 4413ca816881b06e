import type { ContactData, ShownContact } from '@cloudtalk-sync/cloudtalk';
import type { PresentLists } from './list-wishes.js';

/** The lists of a contact, and the rest of it where it was shown. */
export type KnownContact = PresentLists & Partial<ShownContact>;

/** How many contacts of a run are remembered; what is forgotten is asked for again. */
const MOST = 10_000;

/**
 * The lists of contacts that were shown in a run, kept up to date by what we wrote since, for whatever run. They count
 * until the run ends, so that a contact costs one `show` a run.
 */
export class KnownContacts {
  readonly #runs = new Map<string, Map<number, KnownContact>>();

  get(runId: string, contactId: number): KnownContact | undefined {
    return this.#runs.get(runId)?.get(contactId);
  }

  learn(runId: string, contactId: number, contact: KnownContact): void {
    const known = this.#runs.get(runId) ?? new Map<number, KnownContact>();
    if (known.size >= MOST) known.clear();
    this.#runs.set(runId, known.set(contactId, contact));
  }

  /** An edit changed the name and the lists that it sent. */
  wrote(contactId: number, data: ContactData): void {
    for (const known of this.#runs.values()) {
      const before = known.get(contactId);
      if (before !== undefined) known.set(contactId, { ...before, name: data.name, ...listsAfter(before, data) });
    }
  }

  /** What is no longer certain is asked for again, by every run. */
  forget(contactId: number): void {
    for (const known of this.#runs.values()) known.delete(contactId);
  }

  endRun(runId: string): void {
    this.#runs.delete(runId);
  }
}

function listsAfter(before: PresentLists, data: ContactData): PresentLists {
  return {
    phones: written(data.ContactNumber, (entry) => entry.public_number) ?? before.phones,
    emails: written(data.ContactEmail, (entry) => entry.email) ?? before.emails,
    tags: written(data.ContactsTag, (entry) => entry.name) ?? before.tags,
    attributes:
      written(data.ContactAttribute, ({ attribute_id, value }) => ({ id: attribute_id, value })) ?? before.attributes,
  };
}

function written<Sent, Entry>(
  list: readonly Sent[] | '' | undefined,
  read: (sent: Sent) => Entry,
): readonly Entry[] | undefined {
  return list === '' ? [] : list?.map(read);
}
