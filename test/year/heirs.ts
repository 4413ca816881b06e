import type { CrmRecord } from './crm-record.js';
import { HUBSPOT_REPORT } from './policies.js';
import type { Stage } from './stage.js';
import type { Write } from './writes.js';

/** Nobody can say which contact it is. */
const ANY: readonly number[] = [];

/** The records that others were merged into and that were told nothing since. */
export class Heirs {
  /** By their ids, the contacts of which each must be told one. */
  readonly #contacts = new Map<string, readonly number[]>();
  /** The contact that each record was told last, by its id, whether that has arrived or not; 0: it was not imported. */
  readonly #imported = new Map<string, number>();

  constructor(private readonly stage: Stage) {}

  /** A record has taken in others; it must be told one of these contacts. */
  expect({ id }: CrmRecord, contacts = ANY): void {
    this.#contacts.set(id, contacts);
  }

  /** From now on it may be told any contact, since what it had when the others were merged into it says no more. */
  doubt({ id }: CrmRecord): void {
    if (this.isUntold(id)) this.#contacts.set(id, ANY);
  }

  isUntold(id: string): boolean {
    return this.#contacts.has(id);
  }

  /**
   * The contacts of which one goes on when two records become a new one: the primary's where it alone has the number that
   * the new one is going to have, else either.
   */
  contactsOf(primary: CrmRecord, secondary: CrmRecord): readonly number[] {
    const [own, other] = [this.#contactsBefore(primary), this.#contactsBefore(secondary)];
    if (own.length === 0 || other.length === 0) return ANY;
    const called = this.stage.cloudtalk.contacts().filter(({ phones }) => phones.includes(primary.phone));
    const has = (contact: number): boolean => called.some(({ id }) => id === contact);
    return own.every(has) && !primary.wrong && !other.some(has) ? own : [...own, ...other];
  }

  /** Takes in a report; says what is wrong with it where it is the first one to an heir, in words. */
  judge({ action, id, values }: Write): string | undefined {
    if (action !== 'report') return undefined;
    const told = Number(values[HUBSPOT_REPORT.contactId] ?? 0);
    const contacts = this.#contacts.get(id) ?? ANY;
    this.#contacts.delete(id);
    this.#imported.set(id, values[HUBSPOT_REPORT.status] === 'imported' ? told : 0);
    if (contacts.length === 0 || contacts.includes(told)) return undefined;
    return `hubspot ${id}, a new record, was told contact ${told} instead of ${contacts.join(' or ')} of those merged into it`;
  }

  /** The contact of a record of HubSpot, or those of which it has one. */
  #contactsBefore({ id }: CrmRecord): readonly number[] {
    const { cloudtalk } = this.stage;
    const own = this.#imported.get(id);
    return this.#contacts.get(id) ?? cloudtalk.contacts().flatMap((contact) => (contact.id === own ? own : []));
  }
}
