import type { CursorOf } from './hubspot-cursor.js';
import type { HubSpotApi, SearchLimits } from './hubspot-api.js';
import type { Contact } from './hubspot-answers.js';
import { incomplete } from './hubspot-errors.js';
import { nextPage, standingStill, type Step } from './steps.js';
import { searchById, searchByTime, type WalkSearch } from './walk-searches.js';

/**
 * Pages of records of one modification time, seen in a search that has more results than can be paged through, from which
 * on that time is read by itself: later, more would have to be read twice; sooner, small times would cost a request each.
 */
const DENSE = 3;

interface Place {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Present where the contacts of this one time are read in the order of their ids. */
  readonly inside?: { readonly id?: string | undefined };
}
interface Found {
  readonly contact: Contact;
  readonly at: number;
}
/** How a series of pages ended: at its end, at a limit or a change that makes a new search necessary from `last` on. */
type End =
  | { readonly how: 'finished' }
  | { readonly how: 'short' }
  | { readonly how: 'broken off'; readonly last: number; readonly dense: boolean };
type Results = Awaited<ReturnType<HubSpotApi['search']>>['results'];

/**
 * The contacts changed since a cursor, in the order of their modification times. Pages are counted by position, so that a
 * contact that is changed while it is read would move all behind it up, and one of them out of sight: up to `settledAt`
 * (epoch ms) nothing new can appear, a smaller `total` gives such a change away, and the search begins anew behind what is
 * certain. What is younger is read again by the next reading. Ids are never compared, only sent back. An answer without
 * the record that a search begins at is asked for again and then refused; where the first search finds nobody, that may be
 * so or not, and the next reading begins where this one did.
 */
export class SearchWalk {
  readonly #api: HubSpotApi;
  readonly #properties: readonly string[];
  readonly #start: CursorOf<'search'>;
  readonly #settledAt: number;
  readonly #limits: SearchLimits;
  /** The ids of the contacts given at `#time`, the last modification time seen: at most 10,000. */
  #given = new Set<string>();
  #time = Number.NEGATIVE_INFINITY;
  #received = 0;
  /** Where the next reading has to begin, where that is not at the last contact; epoch milliseconds. */
  #from: number | undefined;

  constructor(
    api: HubSpotApi,
    properties: readonly string[],
    start: CursorOf<'search'>,
    settledAt: number,
    limits: SearchLimits,
  ) {
    this.#api = api;
    this.#properties = properties;
    this.#start = start;
    this.#settledAt = settledAt;
    this.#limits = limits;
    this.#from = start.at > settledAt ? start.from : undefined;
  }

  async *pages(): AsyncGenerator<readonly Step[]> {
    const { at, id } = this.#start;
    const place = id === undefined ? { at } : { at, inside: { id } };
    const behind = yield* this.#zone(place, this.#settledAt);
    yield* this.#zone(behind, undefined);
  }

  /** Everything up to and with `until`; gives where to go on. */
  async *#zone(start: Place, until: number | undefined): AsyncGenerator<readonly Step[], Place> {
    let place = start;
    let repeated = false;
    while (until === undefined || place.at <= until) {
      if (place.inside !== undefined) {
        yield* this.#instant(place.at, place.inside.id);
        this.#noteWhenEmpty(until);
        place = { at: place.at + 1 };
        continue;
      }
      const end: End = yield* this.#window(place.at, until);
      this.#noteWhenEmpty(until);
      if (end.how === 'finished') break;
      if (end.how === 'short') {
        if (repeated) throw shortAnswer();
        repeated = true;
      } else {
        place = end.dense || end.last <= place.at ? { at: end.last, inside: {} } : { at: end.last };
        repeated = false;
      }
    }
    return until === undefined || place.at > until ? place : { at: until + 1 };
  }

  #noteWhenEmpty(until: number | undefined): void {
    if (until !== undefined && this.#received === 0) this.#from = this.#start.from ?? this.#start.at;
  }

  /** One search, page after page. */
  async *#window(from: number, until: number | undefined): AsyncGenerator<readonly Step[], End> {
    const search = searchByTime(this.#properties, from, until);
    let after: string | undefined;
    let total: number | undefined;
    let last = from;
    let received = 0;
    for (let pages = 1; ; pages += 1) {
      const isKnown = pages === 1 && from === this.#time;
      const page = await this.#search(search, after, isKnown);
      if (total !== undefined && page.total < total) return { how: 'broken off', last, dense: false };
      total = page.total;
      received += page.results.length;
      const found = this.#found(page.results);
      last = found.at(-1)?.at ?? last;
      yield this.#fresh(found, false);
      after = nextPage(page.paging, after);
      if (after === undefined) return { how: received < total ? 'short' : 'finished' };
      const { page: size, results } = this.#limits;
      const dense = total > results && this.#given.size >= DENSE * size && last === this.#time;
      if (dense || (pages + 1) * size > results) return { how: 'broken off', last, dense };
    }
  }

  /** All contacts of one modification time, whatever their number. */
  async *#instant(at: number, id: string | undefined): AsyncGenerator<readonly Step[]> {
    let behind = id;
    let after: string | undefined;
    let isKnown = at === this.#time;
    for (;;) {
      const page = await this.#search(searchById(this.#properties, at, behind), after, isKnown);
      yield this.#fresh(
        page.results.map((contact) => ({ contact, at })),
        true,
      );
      const next = nextPage(page.paging, after);
      if (next === undefined && after === undefined && page.results.length < page.total) throw shortAnswer();
      if (next === undefined) return;
      isKnown = true;
      const last = page.results.at(-1);
      if (last !== undefined && last.id === behind) throw standingStill();
      behind = last?.id ?? behind;
      after = last === undefined ? next : undefined;
    }
  }

  /** Throws RetryableError when nothing comes, twice, though something is known to be there. */
  async #search(search: WalkSearch, after: string | undefined, isKnown: boolean) {
    for (let asked = 1; ; asked += 1) {
      const page = await this.#api.search({ ...search, limit: this.#limits.page, after });
      this.#received += page.results.length;
      if (!isKnown || page.results.length > 0 || page.paging?.next !== undefined) return page;
      if (asked === 2) throw shortAnswer();
    }
  }

  #found(contacts: Results): readonly Found[] {
    return contacts.map((contact) => {
      const at = Date.parse(contact.properties.lastmodifieddate);
      if (Number.isNaN(at)) throw incomplete(`HubSpot shows no modification time for contact ${contact.id}.`);
      return { contact, at };
    });
  }

  /** Those that were not given before, with their cursors. */
  #fresh(found: readonly Found[], inside: boolean): readonly Step[] {
    const { began } = this.#start;
    const from = this.#from === undefined ? {} : { from: this.#from };
    return found.flatMap(({ contact, at }) => {
      if (at !== this.#time) {
        this.#time = at;
        this.#given = new Set();
      }
      if (this.#given.has(contact.id)) return [];
      if (!inside) this.#given.add(contact.id);
      return { contact, cursor: { phase: 'search', began, at, ...from, ...(inside ? { id: contact.id } : {}) } };
    });
  }
}

function shortAnswer(): Error {
  return incomplete('HubSpot gave fewer changed contacts than it counted, twice; its search is not in order yet.');
}
