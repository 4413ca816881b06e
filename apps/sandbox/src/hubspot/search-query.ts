import type { ContactRecord } from './contact-record.js';

const OPERATORS = ['EQ', 'NEQ', 'LT', 'LTE', 'GT', 'GTE', 'IN', 'HAS_PROPERTY', 'NOT_HAS_PROPERTY'] as const;
/** HubSpot's documentation of the search: results of a page, and of a query, and characters of a body. */
const MOST_PER_PAGE = 200;
const MOST_PER_QUERY = 10_000;
const LONGEST_BODY = 3_000;

export interface Filter {
  readonly propertyName: string;
  readonly operator: (typeof OPERATORS)[number];
  /** A time is in epoch milliseconds. */
  readonly value: string;
  readonly values: readonly string[];
}

export interface SearchQuery {
  readonly filterGroups: readonly (readonly Filter[])[];
  readonly sort: { readonly name: string; readonly descending: boolean };
  readonly properties: readonly string[];
  readonly offset: number;
  readonly limit: number;
  /** True for a page that was announced by an empty one. */
  readonly afterEmpty: boolean;
}

/** Reads the body of a search; throws an Error in HubSpot's words when it breaks a rule. */
export function readSearch(body: Readonly<Record<string, unknown>>, mostResults = MOST_PER_QUERY): SearchQuery {
  if (JSON.stringify(body).length > LONGEST_BODY) {
    throw new Error(`Invalid input: the request body has more than ${LONGEST_BODY} characters`);
  }
  const { limit = 10, after = '0' } = body;
  const query = {
    filterGroups: listOf(body['filterGroups']).map((group) => listOf(objectOf(group)['filters']).map(readFilter)),
    sort: readSort(listOf(body['sorts'])),
    properties: listOf(body['properties']).map(String),
    offset: Number(after),
    limit: Number(limit),
    afterEmpty: /^0\d/.test(String(after)),
  };
  if (!Number.isInteger(query.limit) || query.limit < 0 || query.limit > MOST_PER_PAGE) {
    throw new Error(`Invalid input: limit must be at most ${MOST_PER_PAGE}`);
  }
  if (!Number.isInteger(query.offset) || query.offset < 0) throw new Error('Invalid input: after is no paging token');
  if (query.offset + query.limit > mostResults) {
    throw new Error(`There are more than ${mostResults} results for this query; it cannot be paged further`);
  }
  if (query.filterGroups.length > 5) throw new Error('Invalid input: at most 5 filterGroups');
  return query;
}

/** Whether a record passes a filter; ids are compared as the portal does. */
export function matchesFilter(
  record: ContactRecord,
  filter: Filter,
  compareIds: (a: string, b: string) => number,
): boolean {
  const { propertyName, operator, value, values } = filter;
  const actual = record.properties[propertyName] ?? null;
  if (operator === 'HAS_PROPERTY') return actual !== null && actual !== '';
  if (operator === 'NOT_HAS_PROPERTY') return actual === null || actual === '';
  if (actual === null) return operator === 'NEQ';
  if (operator === 'IN') return values.includes(actual);
  const order = propertyName === 'hs_object_id' ? compareIds(actual, value) : comparable(actual) - comparable(value);
  const text = Number.isNaN(order) ? actual.toLowerCase().localeCompare(value.toLowerCase()) : order;
  return { EQ: text === 0, NEQ: text !== 0, LT: text < 0, LTE: text <= 0, GT: text > 0, GTE: text >= 0 }[operator];
}

function readFilter(filter: unknown): Filter {
  const { propertyName, operator, value, values } = objectOf(filter);
  const known = OPERATORS.find((one) => one === operator);
  if (known === undefined || typeof propertyName !== 'string') throw new Error(`Invalid filter operator: ${operator}`);
  const text = String(value ?? '');
  const isTime = propertyName.endsWith('date');
  if (isTime && value !== undefined && Number.isNaN(comparable(text))) throw new Error(`Invalid date: ${text}`);
  return {
    propertyName,
    operator: known,
    value: isTime ? String(comparable(text)) : text,
    values: listOf(values).map(String),
  };
}

function readSort(sorts: readonly unknown[]): SearchQuery['sort'] {
  if (sorts.length > 1) throw new Error('Invalid input: at most one sort');
  if (sorts.length === 0) return { name: 'hs_object_id', descending: false };
  const { propertyName, direction = 'ASCENDING' } = objectOf(sorts[0]);
  if (typeof propertyName !== 'string') throw new Error('Invalid input: a sort needs its propertyName');
  return { name: propertyName, descending: direction === 'DESCENDING' };
}

/** A number or a time as a number. */
function comparable(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
