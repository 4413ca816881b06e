import type { Finding } from '@cloudtalk-sync/connector-kit';
import { SEARCH_LIMITS } from './hubspot-api.js';
import type { HubSpotOptions } from './hubspot-options.js';
import { type Condition, LONGEST_BODY, type Search, searchBody } from './search-body.js';
import { requestedProperties, type WantedFields } from './wanted-fields.js';

const TIME = 'lastmodifieddate';
const ID = 'hs_object_id';
/** The longest that can stand in a search: a time until the year 2286, an id of 64 bits, and more than any paging token. */
const LONGEST = { time: 9_999_999_999_999, id: '9'.repeat(19), after: '9'.repeat(20) };

/** A search of the walk, of which each page is asked for. */
export type WalkSearch = Omit<Search, 'limit' | 'after'>;

/** For contacts modified from one time on, up to and with another one, in the order of these times; epoch milliseconds. */
export function searchByTime(properties: readonly string[], from: number, until: number | undefined): WalkSearch {
  const conditions = [condition('GTE', from), ...(until === undefined ? [] : [condition('LTE', until)])];
  return { conditions, sortedBy: TIME, properties: withTime(properties) };
}

/** For contacts modified at one time, in the order of their ids, behind one of these. */
export function searchById(properties: readonly string[], at: number, behind: string | undefined): WalkSearch {
  const conditions = [condition('EQ', at), ...(behind === undefined ? [] : [idBehind(behind)])];
  return { conditions, sortedBy: ID, properties: withTime(properties) };
}

/** A finding when a search for these fields would be longer than HubSpot takes; a list is read without one. */
export function lengthFindings({ list }: Pick<HubSpotOptions, 'list'>, wanted: WantedFields): readonly Finding[] {
  if (list !== undefined) return [];
  const length = longestBody(requestedProperties(wanted));
  if (length <= LONGEST_BODY) return [];
  const over = length - LONGEST_BODY;
  const message = `The properties that the connection looks at make a search of ${length} characters, ${over} more than HubSpot takes.`;
  const fix = 'Name fewer properties of contacts, or ones with shorter names, in the mapping and doNotCall.fields.';
  return [{ place: 'mapping', message, fix }];
}

function longestBody(properties: readonly string[]): number {
  const { time, id, after } = LONGEST;
  const searches = [searchByTime(properties, time, time), searchById(properties, time, id)];
  const bodies = searches.map((search) => searchBody({ ...search, limit: SEARCH_LIMITS.page, after }));
  return Math.max(...bodies.map((body) => JSON.stringify(body).length));
}

function withTime(properties: readonly string[]): readonly string[] {
  return [...new Set([...properties, TIME])];
}

function condition(operator: Condition['operator'], at: number): Condition {
  return { propertyName: TIME, operator, value: String(at) };
}

function idBehind(id: string): Condition {
  return { propertyName: ID, operator: 'GT', value: id };
}
