import { type FieldPath, findPath, readPath } from './field-path.js';
import { compareIds, type IdOrder } from './ids.js';
import type { WireValue } from './options.js';
import type { ObjectTable, Org, OrgRecord } from './org.js';
import type { Condition, Literal, Operator } from './soql-parser.js';
import { VendorError } from './vendor-error.js';

export type Predicate = (record: OrgRecord) => boolean;

/** Where a condition is evaluated. */
export interface Place {
  readonly org: Org;
  readonly table: ObjectTable;
  readonly idOrder: IdOrder;
}

/** Makes a test of a condition; throws INVALID_FIELD for what does not fit the field. */
export function predicateOf(condition: Condition, place: Place): Predicate {
  if (condition.kind === 'compare') return comparison(condition.path, condition.operator, condition.value, place);
  if (condition.kind === 'in') {
    const parts = condition.values.map((value) => comparison(condition.path, '=', value, place));
    return (record) => parts.some((part) => part(record));
  }
  if (condition.kind === 'not') {
    const inside = predicateOf(condition.part, place);
    return (record) => !inside(record);
  }
  const parts = condition.parts.map((part) => predicateOf(part, place));
  return condition.kind === 'and'
    ? (record) => parts.every((part) => part(record))
    : (record) => parts.some((part) => part(record));
}

/** The earliest SystemModstamp that the condition lets through; ms since 1970. */
export function earliestStamp(condition: Condition | undefined): number {
  if (condition === undefined) return -Infinity;
  if (condition.kind === 'and') return Math.max(...condition.parts.map(earliestStamp));
  if (condition.kind === 'or') return Math.min(...condition.parts.map(earliestStamp));
  if (condition.kind !== 'compare' || condition.path.toLowerCase() !== 'systemmodstamp') return -Infinity;
  const { operator, value } = condition;
  const bounds = operator === '=' || operator === '>=' || operator === '>';
  return bounds && typeof value === 'object' && value !== null ? value.time : -Infinity;
}

function comparison(path: string, operator: Operator, value: Literal, place: Place): Predicate {
  const found = findPath(place.org, place.table, path);
  const compare = comparer(found, value, place);
  return (record) => {
    const held = heldBy(record, found, place.org);
    if (held === null || value === null) return operator === '=' ? held === value : operator === '!=' && held !== value;
    return holds(operator, compare(held));
  };
}

/** A time as its number; whatever else as it is. */
function heldBy(record: OrgRecord, path: FieldPath, org: Org): WireValue {
  if (path.field.name === 'SystemModstamp' && path.relationships.length === 0) return record.stamp;
  const value = readPath(org, record, path);
  return path.field.type === 'datetime' && typeof value === 'string' ? Date.parse(value) : value;
}

function comparer({ field }: FieldPath, value: Literal, place: Place): (held: WireValue) => number {
  const isText = typeof value === 'string';
  const isTime = typeof value === 'object' && value !== null;
  if (value !== null && isTime !== (field.type === 'datetime')) throw unfit(field.name, 'dateTime');
  if (value !== null && (typeof value === 'boolean') !== (field.type === 'boolean')) throw unfit(field.name, 'boolean');
  if (isTime) return (held) => Number(held) - value.time;
  if (isText && (field.type === 'id' || field.type === 'reference')) {
    const byId = compareIds(place.idOrder);
    return (held) => byId(String(held), value);
  }
  if (!isText) return (held) => Number(held) - Number(value);
  const wanted = value.toLowerCase();
  return (held) => (String(held).toLowerCase() < wanted ? -1 : String(held).toLowerCase() > wanted ? 1 : 0);
}

function holds(operator: Operator, difference: number): boolean {
  if (operator === '=') return difference === 0;
  if (operator === '!=') return difference !== 0;
  if (operator === '<' || operator === '<=') return difference < 0 || (operator === '<=' && difference === 0);
  return difference > 0 || (operator === '>=' && difference === 0);
}

function unfit(field: string, type: string): VendorError {
  return new VendorError(
    400,
    'INVALID_FIELD',
    `filter criteria must be of type ${type} and should not be enclosed in quotes: value of filter criterion for field '${field}'`,
  );
}
