import { compareIds, type ContactRecord } from './contact-record.js';
import type { IdOrder } from './options.js';
import { type Filter, matchesFilter, type SearchQuery } from './search-query.js';
import { SortedList } from './sorted-list.js';

const TIME = 'lastmodifieddate';
const ID = 'hs_object_id';

interface Change {
  readonly visibleAt: number;
  readonly id: string;
  /** Absent: it is no more. */
  readonly record?: ContactRecord;
}

/** What the search sees: every change, but `delay` ms late; kept in the order of modification times, then ids. */
export class SearchIndex {
  readonly #delay: number;
  readonly #now: () => Date;
  readonly #compareIds: (a: string, b: string) => number;
  readonly #byTime: SortedList<ContactRecord>;
  readonly #byId = new Map<string, ContactRecord>();
  #coming: Change[] = [];

  constructor(options: { readonly delay: number; readonly idOrder: IdOrder; readonly now: () => Date }) {
    this.#delay = options.delay;
    this.#now = options.now;
    this.#compareIds = compareIds(options.idOrder);
    this.#byTime = new SortedList((a, b) => timeOf(a) - timeOf(b) || this.#compareIds(a.id, b.id));
  }

  put(record: ContactRecord): void {
    this.#coming.push({ visibleAt: this.#now().getTime() + this.#delay, id: record.id, record });
  }

  remove(id: string): void {
    this.#coming.push({ visibleAt: this.#now().getTime() + this.#delay, id });
  }

  /** The records from `offset` on, at most `limit`, and how many there are in all. */
  search(query: SearchQuery): { readonly total: number; readonly found: readonly ContactRecord[] } {
    this.#settle();
    const [group = [], ...others] = query.filterGroups;
    const matching = others.length === 0 ? this.#ofOneGroup(group, query) : this.#ofGroups(query);
    if ('all' in matching) {
      const { all, offset, limit } = { ...matching, ...query };
      return { total: all.length, found: all.slice(offset, offset + limit) };
    }
    const { from, to } = matching;
    const start = Math.min(from + query.offset, to);
    return {
      total: to - from,
      found: this.#byTime.items().slice(start, Math.min(start + query.limit, to)),
    };
  }

  #settle(): void {
    const now = this.#now().getTime();
    const count = this.#coming.findIndex(({ visibleAt }) => visibleAt > now);
    const visible = count === -1 ? this.#coming : this.#coming.slice(0, count);
    this.#coming = count === -1 ? [] : this.#coming.slice(count);
    for (const { id, record } of visible) {
      const before = this.#byId.get(id);
      if (before !== undefined) this.#byTime.remove(before);
      this.#byId.delete(id);
      if (record === undefined) continue;
      this.#byId.set(id, record);
      this.#byTime.add(record);
    }
  }

  /** A range of the index where the filters and the sort allow it, else the records themselves. */
  #ofOneGroup(group: readonly Filter[], query: SearchQuery): Range | All {
    const times = group.filter(({ propertyName }) => propertyName === TIME);
    const rest = group.filter(({ propertyName }) => propertyName !== TIME);
    const range = this.#timeRange(times);
    const { to } = range;
    let { from } = range;
    const oneTime = times.some(({ operator }) => operator === 'EQ');
    const [afterId, ...more] = rest;
    if (oneTime && afterId?.propertyName === ID && afterId.operator === 'GT' && more.length === 0) {
      from = this.#byTime.firstIndex(({ id }) => this.#compareIds(id, afterId.value) > 0, from, to);
    } else if (rest.length > 0) {
      return this.#sorted(this.#linear(from, to, [rest]), query);
    }
    const inOrder = query.sort.descending ? false : query.sort.name === TIME || (oneTime && query.sort.name === ID);
    return inOrder ? { from, to } : this.#sorted(this.#byTime.items().slice(from, to), query);
  }

  #ofGroups(query: SearchQuery): All {
    return this.#sorted(this.#linear(0, this.#byTime.items().length, query.filterGroups), query);
  }

  #timeRange(filters: readonly Filter[]): Range {
    let [from, to] = [0, this.#byTime.items().length];
    const starting = (at: number): number => this.#byTime.firstIndex((record) => timeOf(record) >= at);
    for (const { operator, value } of filters) {
      const at = Number(value);
      if (operator === 'EQ' || operator === 'GTE') from = Math.max(from, starting(at));
      if (operator === 'GT') from = Math.max(from, starting(at + 1));
      if (operator === 'EQ' || operator === 'LTE') to = Math.min(to, starting(at + 1));
      if (operator === 'LT') to = Math.min(to, starting(at));
    }
    return { from, to: Math.max(from, to) };
  }

  #linear(from: number, to: number, groups: SearchQuery['filterGroups']): ContactRecord[] {
    const items = this.#byTime.items().slice(from, to);
    const matches = (record: ContactRecord): boolean =>
      groups.some((group) => group.every((filter) => matchesFilter(record, filter, this.#compareIds)));
    return items.filter(matches);
  }

  #sorted(all: ContactRecord[], { sort }: SearchQuery): All {
    const sign = sort.descending ? -1 : 1;
    const textOf = (record: ContactRecord): string => record.properties[sort.name] ?? '';
    const order = (a: ContactRecord, b: ContactRecord): number => {
      if (sort.name === TIME) return timeOf(a) - timeOf(b);
      return sort.name === ID ? this.#compareIds(a.id, b.id) : textOf(a).localeCompare(textOf(b));
    };
    return { all: all.sort((a, b) => sign * order(a, b)) };
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}
interface All {
  readonly all: readonly ContactRecord[];
}

function timeOf(record: ContactRecord): number {
  return record.updatedAt.getTime();
}
