import { compareIds, type ContactRecord, type Properties } from './contact-record.js';
import type { HubSpotSandboxOptions, SandboxOwner } from './options.js';
import { companyProperties, contactProperties, type Property } from './property.js';
import { SearchIndex } from './search-index.js';
import { SortedList } from './sorted-list.js';

/** The first id and the step to the next: ids soon have several lengths, so that the two orders of ids differ. */
const FIRST_ID = 851;
const STEP = 50;

/** A list of objects of one type: `0-1` are contacts, `0-2` companies. */
interface PortalList {
  readonly objectTypeId: string;
  readonly members: readonly string[];
}

/** What the portal holds, and how people change it. */
export class Portal {
  readonly owners: SandboxOwner[] = [];
  readonly companies = new Map<string, Properties>();
  readonly lists = new Map<string, PortalList>();
  readonly propertyGroups = new Set(['contactinformation']);
  readonly properties = { contacts: byName(contactProperties()), companies: byName(companyProperties()) };
  readonly search: SearchIndex;
  readonly compareIds: (a: string, b: string) => number;
  readonly #now: () => Date;
  readonly #byId = new Map<string, ContactRecord>();
  readonly #mergedInto = new Map<string, string>();
  readonly #ids: { readonly active: SortedList<string>; readonly archived: SortedList<string> };
  #nextId = FIRST_ID;

  constructor(options: HubSpotSandboxOptions) {
    const idOrder = options.idOrder ?? 'numeric';
    this.#now = options.clock ?? (() => new Date());
    this.compareIds = compareIds(idOrder);
    this.#ids = { active: new SortedList(this.compareIds), archived: new SortedList(this.compareIds) };
    this.search = new SearchIndex({ delay: options.searchDelay ?? 0, idOrder, now: this.#now });
  }

  /** The contacts that are not archived, in the order of their ids. */
  records(): readonly ContactRecord[] {
    return this.#ids.active.items().flatMap((id) => this.#byId.get(id) ?? []);
  }

  find(id: string): ContactRecord | undefined {
    return this.#byId.get(id);
  }

  /** A contact by its id, or by that of one that was merged into it. */
  resolve(id: string): ContactRecord | undefined {
    const into = this.#mergedInto.get(id);
    return into === undefined ? this.find(id) : this.resolve(into);
  }

  /** One page of all active or archived contacts, and the id that the next page comes behind. */
  page(archived: boolean, after: string | undefined, limit: number): { found: ContactRecord[]; next?: string } {
    const ids = archived ? this.#ids.archived : this.#ids.active;
    const from = after === undefined ? 0 : ids.firstIndex((id) => this.compareIds(id, after) > 0);
    const page = ids.items().slice(from, from + limit);
    const last = page.at(-1);
    const found = page.flatMap((id) => this.#byId.get(id) ?? []);
    return from + limit < ids.items().length && last !== undefined ? { found, next: last } : { found };
  }

  /** The members of a list that are there; an archived contact is a member of none. */
  membersOf({ members }: PortalList): string[] {
    const isThere = (id: string): boolean => {
      const contact = this.#byId.get(id);
      return contact === undefined ? this.companies.has(id) : contact.archivedAt === undefined;
    };
    return members.filter(isThere).sort(this.compareIds);
  }

  put(properties: Readonly<Record<string, string>>): string {
    const id = this.newId();
    const now = this.#now();
    this.#ids.active.add(id);
    this.#store({ id, properties: { ...properties, hs_object_id: id, createdate: now.toISOString() }, createdAt: now });
    return id;
  }

  /** Changes a contact that is not archived; false when there is none. */
  edit(id: string, properties: Properties): boolean {
    const record = this.#byId.get(id);
    if (record === undefined || record.archivedAt !== undefined) return false;
    this.#store({ ...record, properties: { ...record.properties, ...properties } });
    return true;
  }

  archive(id: string): void {
    const record = this.#demand(id, 'active');
    this.#ids.active.remove(id);
    this.#ids.archived.add(id);
    this.#byId.set(id, { ...record, archivedAt: this.#now() });
    this.search.remove(id);
  }

  restore(id: string): void {
    const { properties, createdAt } = this.#demand(id, 'archived');
    this.#ids.archived.remove(id);
    this.#ids.active.add(id);
    this.#store({ id, properties, createdAt });
  }

  /** Erases a contact, archived or not, as a request for erasure does: no answer knows it any more. */
  erase(id: string): void {
    if (!this.#byId.has(id)) throw new Error(`The sandbox has no contact ${id}.`);
    this.#byId.delete(id);
    this.#ids.active.remove(id);
    this.#ids.archived.remove(id);
    this.search.remove(id);
  }

  /** As HubSpot merged once: the loser vanishes; the survivor names it, and all that the loser had taken in. */
  merge(loser: string, survivor: string): void {
    const lost = this.#demand(loser, 'active');
    const kept = this.#demand(survivor, 'active');
    const named = [...takenInBy(kept), loser, ...takenInBy(lost)];
    this.#vanish(loser, survivor);
    this.edit(survivor, { hs_merged_object_ids: named.join(';') });
  }

  /**
   * As HubSpot merges now: both vanish into a new contact, whose id is returned. It has the primary's properties, and the
   * secondary's where these are empty; it names both, and all that they had taken in, in the order of their ids, since
   * HubSpot promises none: the primary is as often the last as the first.
   */
  mergeAnew(primary: string, secondary: string): string {
    const both = [this.#demand(primary, 'active'), this.#demand(secondary, 'active')];
    const [first, second] = both.map(filled);
    const named = both.flatMap((record) => [record.id, ...takenInBy(record)]).sort(this.compareIds);
    const id = this.newId();
    for (const old of both) this.#vanish(old.id, id);
    this.#ids.active.add(id);
    const createdAt = new Date(Math.min(...both.map((record) => record.createdAt.getTime())));
    const own = { hs_object_id: id, createdate: createdAt.toISOString(), hs_merged_object_ids: named.join(';') };
    this.#store({ id, properties: { ...second, ...first, ...own }, createdAt });
    return id;
  }

  newId(): string {
    const id = String(this.#nextId);
    this.#nextId += STEP;
    return id;
  }

  /** An active contact goes into another one; asking for it answers with that. */
  #vanish(id: string, into: string): void {
    this.#ids.active.remove(id);
    this.#byId.delete(id);
    this.search.remove(id);
    this.#mergedInto.set(id, into);
  }

  #store(record: Omit<ContactRecord, 'updatedAt'>): void {
    const updatedAt = this.#now();
    const properties = { ...record.properties, lastmodifieddate: updatedAt.toISOString() };
    const stored = { ...record, properties, updatedAt };
    this.#byId.set(record.id, stored);
    this.search.put(stored);
  }

  #demand(id: string, state: 'active' | 'archived'): ContactRecord {
    const record = this.#byId.get(id);
    if (record !== undefined && (record.archivedAt === undefined) === (state === 'active')) return record;
    throw new Error(`The sandbox has no ${state} contact ${id}.`);
  }
}

/** The ids of the contacts that were merged into one. */
function takenInBy({ properties }: ContactRecord): readonly string[] {
  return (properties['hs_merged_object_ids'] ?? '').split(';').filter(Boolean);
}

/** The properties that are not empty. */
function filled({ properties }: ContactRecord): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null && value !== ''));
}

function byName(properties: readonly Property[]): Map<string, Property> {
  return new Map(properties.map((property) => [property.name, property]));
}
