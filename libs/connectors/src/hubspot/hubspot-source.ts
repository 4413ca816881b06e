import {
  type Cursor,
  cursorOf,
  type Fields,
  type PassSource,
  type RecordStream,
  type SourceRecord,
  type Start,
} from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { type Contact, mergedInto, notFound } from './hubspot-answers.js';
import { HubSpotApi, type SearchLimits } from './hubspot-api.js';
import { type CursorOf, cursorSchema, type HubSpotCursor, readUpTo } from './hubspot-cursor.js';
import type { HubSpotOptions } from './hubspot-options.js';
import { refuseUnknownFields } from './known-fields.js';
import { refusalOfList } from './list-of-contacts.js';
import { walkArchived, walkList } from './list-walk.js';
import { walkMembers } from './member-walk.js';
import type { PortalCaller } from './portal-caller.js';
import { picked, readOwners, RelatedObjects } from './related-objects.js';
import { SearchWalk } from './search-walk.js';
import type { Step } from './steps.js';
import { usedValues } from './used-values.js';
import { lengthFindings } from './walk-searches.js';
import { requestedProperties, wantedFields, type WantedFields } from './wanted-fields.js';

/** The contract's limit of `valuesOf`. */
const MOST_VALUES = 2_000;

/**
 * The contacts of a portal. From the beginning: the list of all of them, then those that are archived, as deleted; where
 * the list proves to be short, then all that the search finds. Since a cursor: what the search finds changed; archived
 * contacts are in no search, so that only a full reading tells of them. With the option `list` each reading is of all
 * members of the list, a full one also of all that are archived, whether they were members or not.
 */
export class HubSpotSource implements PassSource {
  readonly kind = 'pass';
  readonly #caller: PortalCaller;
  readonly #options: HubSpotOptions;
  readonly #wanted: WantedFields;
  readonly #limits: SearchLimits;
  /** As a check last saw them. */
  #owners: Awaited<ReturnType<typeof readOwners>> | undefined;

  constructor(caller: PortalCaller, options: HubSpotOptions, fields: readonly string[], limits: SearchLimits) {
    this.#limits = limits;
    this.#caller = caller;
    this.#options = options;
    this.#wanted = wantedFields(fields);
  }

  async read(start: Start, signal: AbortSignal): Promise<RecordStream> {
    this.#demandLength();
    const { portal, now } = await this.#caller.account(signal);
    const place = placeOf(start, now.getTime(), this.#options);
    const api = new HubSpotApi(this.#caller, signal);
    await this.#demandContacts(api);
    await refuseUnknownFields(api, this.#wanted);
    return { input: { org: portal, warnings: [] }, records: this.#records(place, signal) };
  }

  async valuesOf(field: string, signal: AbortSignal): Promise<readonly string[]> {
    const api = new HubSpotApi(this.#caller, signal);
    if (field === 'hubspot_owner_id' || field === 'owner.email') {
      this.#owners = await readOwners(api);
      const owners = [...this.#owners.values()];
      const values = owners.flatMap(({ id, email }) => (field === 'owner.email' ? (email ?? []) : id));
      return [...new Set(values)].slice(0, MOST_VALUES);
    }
    if (field.includes('.')) return [];
    const { results } = await api.properties('contacts');
    const { options = [] } = results.find(({ name }) => name === field) ?? {};
    return options.map(({ value }) => value).slice(0, MOST_VALUES);
  }

  /** Owners stay owners, and options options, though no contact is left that has them. */
  async usedOf(field: string, values: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const api = new HubSpotApi(this.#caller, signal);
    if (field !== 'owner.email') return usedValues(api, field, values);
    const owners = [...(this.#owners ??= await readOwners(api)).values()];
    const asked = owners.filter(({ email }) => email !== undefined && values.includes(email));
    const ids = asked.map(({ id }) => id);
    const used = await usedValues(api, 'hubspot_owner_id', ids);
    return new Set(asked.flatMap(({ email, id }) => (used.has(id) ? (email ?? []) : [])));
  }

  /** A search knows no lists. */
  get usedAmong(): string | undefined {
    const { list } = this.#options;
    return list === undefined ? undefined : `all contacts of the portal, not only those of the list ${list}`;
  }

  /** What HubSpot leaves out without a word is there, as is what it answers with the contact that it was merged into. */
  async erased(ids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const api = new HubSpotApi(this.#caller, signal);
    const notLiving = await unfound(api, ids, false);
    return new Set(notLiving.length === 0 ? [] : await unfound(api, notLiving, true));
  }

  /** Before the first reading, too, which needs no search: every later one would fail. */
  #demandLength(): void {
    const [finding] = lengthFindings(this.#options, this.#wanted);
    if (finding === undefined) return;
    throw new FatalError({ code: 'search_too_long', message: finding.message, fix: finding.fix });
  }

  async #demandContacts(api: HubSpotApi): Promise<void> {
    const { list } = this.#options;
    const refusal = list === undefined ? undefined : await refusalOfList(api, list);
    if (refusal !== undefined) throw new FatalError(refusal);
  }

  async *#records(start: HubSpotCursor, signal: AbortSignal): AsyncGenerator<SourceRecord> {
    const api = new HubSpotApi(this.#caller, signal);
    const related = new RelatedObjects(api, this.#wanted);
    let before: Cursor = start;
    for await (const steps of this.#pages(api, start)) {
      const living = steps.filter(({ archived }) => archived !== true).map(({ contact }) => contact);
      const fieldsOf = await related.of(living);
      for (const step of steps) {
        signal.throwIfAborted();
        yield* recordsOf(step, this.#fields(step, fieldsOf), before);
        before = step.cursor;
      }
    }
    signal.throwIfAborted();
  }

  async *#pages(api: HubSpotApi, start: HubSpotCursor): AsyncGenerator<readonly Step[]> {
    const properties = requestedProperties(this.#wanted);
    if (start.phase === 'search') return yield* this.#search(api, properties, start);
    if (start.phase === 'members') yield* walkMembers(api, properties, start);
    if (start.phase === 'members' && start.full !== true) return;
    const archived = start.phase === 'list' ? yield* walkList(api, properties, start) : archivedPlace(start);
    yield* walkArchived(api, properties, archived);
    const { began, short } = archived;
    if (short === true) yield* this.#search(api, properties, { phase: 'search', began, at: 0 });
  }

  #search(api: HubSpotApi, properties: readonly string[], start: CursorOf<'search'>) {
    return new SearchWalk(api, properties, start, start.began - this.#options.lookBack, this.#limits).pages();
  }

  #fields({ contact, archived }: Step, related: (contact: Contact) => Fields): Fields {
    const own = picked(contact.properties, this.#wanted.own);
    return archived === true ? own : { ...own, ...related(contact) };
  }
}

/** Those of these contacts of which HubSpot says that there is none, living or archived. */
async function unfound(api: HubSpotApi, ids: readonly string[], archived: boolean): Promise<readonly string[]> {
  const named = notFound(await api.contactsById(ids, [], archived));
  return ids.filter((id) => named.includes(id));
}

/** Where a reading that begins at the time `began`, epoch milliseconds, begins. */
function placeOf(start: Start, began: number, { list, lookBack }: HubSpotOptions): HubSpotCursor {
  const beginning: HubSpotCursor =
    list === undefined ? { phase: 'list', began, read: 0 } : { phase: 'members', began, list, read: 0, full: true };
  if (start === 'beginning') return beginning;
  const cursor = cursorSchema.parse(cursorOf(start));
  const ofList = 'list' in cursor ? cursor.list : undefined;
  if ('again' in start || ofList !== list) return beginning;
  if ('behind' in start) return cursor;
  if (list !== undefined) return { phase: 'members', began, list, read: 0 };
  const from = readUpTo(cursor);
  return { phase: 'search', began, at: Math.max(0, from - lookBack), from };
}

/** Where the archived contacts begin that come behind the members of a list. */
function archivedPlace(start: CursorOf<'members' | 'archived'>): CursorOf<'archived'> {
  if (start.phase === 'archived') return start;
  const { began, list } = start;
  return { phase: 'archived', began, list };
}

/**
 * The record of a contact, and behind it one for each that was merged into it; where it is archived, all of them are
 * deleted. Only the last one's cursor leads behind the contact, so that a reading that goes on from any other gives all of
 * them again.
 */
function* recordsOf({ contact, cursor, archived }: Step, fields: Fields, before: Cursor): Generator<SourceRecord> {
  const { id, properties } = contact;
  const deleted = { gone: { how: 'deleted' } } as const;
  const merged = archived === true ? deleted : ({ gone: { how: 'merged', into: id } } as const);
  const records: Omit<SourceRecord, 'cursor'>[] = [
    { id, fields, origin: {}, ...(archived === true ? deleted : {}) },
    ...mergedInto(properties)
      .filter((one) => one !== id)
      .map((one) => ({ id: one, fields: {}, origin: {}, ...merged })),
  ];
  for (const [index, record] of records.entries()) {
    yield { ...record, cursor: index === records.length - 1 ? cursor : before };
  }
}
