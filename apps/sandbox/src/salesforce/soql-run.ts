import { type FieldPath, findPath, readPath } from './field-path.js';
import type { IdOrder } from './ids.js';
import type { Org, OrgRecord } from './org.js';
import { earliestStamp, type Predicate, predicateOf } from './soql-condition.js';
import { parseSoql, type Query } from './soql-parser.js';
import { VendorError } from './vendor-error.js';

type WireRecord = Record<string, unknown>;

/** What a query found: records that are shown only when their page is asked for. */
export interface QueryResult {
  readonly size: number;
  readonly show: (from: number, to: number) => readonly WireRecord[];
  /** Whether these are groups of records, which come on one page or not at all. */
  readonly isAggregate?: boolean;
}

/** Runs a query; `all`: deleted and merged records too. Throws what Salesforce would answer. */
export function runSoql(org: Org, soql: string, all: boolean, idOrder: IdOrder, version: string): QueryResult {
  const query = parseSoql(soql);
  const table = org.table(query.object);
  if (table === undefined) throw unknownObject(query.object);
  const fields = query.fields.map(({ path }) => findPath(org, table, path));
  const matches = query.where === undefined ? () => true : predicateOf(query.where, { org, table, idOrder });
  const isShown: Predicate = (record) => (all || record.values['IsDeleted'] !== true) && matches(record);
  const { groupBy } = query;
  if (groupBy !== undefined) return grouped(org, table.ordered.filter(isShown), groupBy, query);
  const found = select(table.ordered, query, isShown);
  ordered(org, found, query);
  const limited = query.limit === undefined ? found : found.slice(0, query.limit);
  return {
    size: limited.length,
    show: (from, to) => limited.slice(from, to).map((record) => shown(org, record, fields, version)),
  };
}

/** Begins where the stamps begin, and ends early where only the first few are asked for in the order of the index. */
function select(records: readonly OrgRecord[], query: Query, isShown: Predicate): OrgRecord[] {
  const most = query.limit !== undefined && byIndex(query) ? query.limit : Infinity;
  const earliest = earliestStamp(query.where);
  const found: OrgRecord[] = [];
  for (let index = firstFrom(records, earliest); index < records.length && found.length < most; index += 1) {
    const record = records[index];
    if (record !== undefined && isShown(record)) found.push(record);
  }
  return found;
}

function firstFrom(records: readonly OrgRecord[], stamp: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle]?.stamp ?? Infinity) < stamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True when the order asked for is that of the index. */
function byIndex({ orderBy }: Query): boolean {
  const names = orderBy.map(({ path, descending }) => (descending ? '' : path.toLowerCase()));
  return names.length === 0 || names.join() === 'systemmodstamp,id' || names.join() === 'systemmodstamp';
}

function ordered(org: Org, records: OrgRecord[], query: Query): void {
  const first = records[0];
  if (first === undefined || byIndex(query)) return;
  const keys = query.orderBy.map(({ path, descending }) => ({ path: findPath(org, first.object, path), descending }));
  records.sort((left, right) => {
    for (const { path, descending } of keys) {
      const [low, high] = [String(readPath(org, left, path) ?? ''), String(readPath(org, right, path) ?? '')];
      if (low !== high) return low < high === descending ? 1 : -1;
    }
    return 0;
  });
}

function shown(org: Org, record: OrgRecord, fields: readonly FieldPath[], version: string): WireRecord {
  const result: WireRecord = { attributes: attributesOf(record, version) };
  for (const { relationships, field } of fields) {
    let [place, current]: [WireRecord | null, OrgRecord | undefined] = [result, record];
    for (const { name, relationshipName = name } of relationships) {
      current = org.find(current?.values[name]);
      if (place === null) break;
      place[relationshipName] ??= current === undefined ? null : { attributes: attributesOf(current, version) };
      place = place[relationshipName] as WireRecord | null;
    }
    if (place !== null) place[field.name] = current?.values[field.name] ?? null;
  }
  return result;
}

function attributesOf({ id, object }: OrgRecord, version: string): WireRecord {
  return { type: object.spec.name, url: `/services/data/${version}/sobjects/${object.spec.name}/${id}` };
}

function grouped(org: Org, records: readonly OrgRecord[], groupBy: string, query: Query): QueryResult {
  const table = org.table(query.object);
  const path = table && findPath(org, table, groupBy);
  if (path === undefined || !isGroupable(path)) throw notGroupable(groupBy);
  const alien = query.fields.find((field) => field.path.toLowerCase() !== groupBy.toLowerCase());
  if (alien !== undefined) {
    throw new VendorError(400, 'MALFORMED_QUERY', `Field must be grouped or aggregated: ${alien.path}`);
  }
  const values = [...new Set(records.map((record) => readPath(org, record, path)))].slice(0, query.limit);
  const alias = query.fields[0]?.alias ?? path.field.name;
  const rows = values.map((value) => ({ attributes: { type: 'AggregateResult' }, [alias]: value }));
  return { size: rows.length, show: (from, to) => rows.slice(from, to), isAggregate: true };
}

export function isGroupable({ field }: Pick<FieldPath, 'field'>): boolean {
  return field.groupable ?? !(field.type === 'datetime' || field.type === 'double');
}

function notGroupable(path: string): VendorError {
  return new VendorError(400, 'MALFORMED_QUERY', `field '${path}' can not be grouped in a query call`);
}

function unknownObject(name: string): VendorError {
  return new VendorError(
    400,
    'INVALID_TYPE',
    `\nSELECT Id FROM ${name}\n               ^\nERROR at Row:1:Column:16\nsObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}
