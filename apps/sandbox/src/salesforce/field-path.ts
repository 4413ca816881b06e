import type { SandboxField } from './object-types.js';
import type { WireValue } from './options.js';
import type { ObjectTable, Org, OrgRecord } from './org.js';
import { VendorError } from './vendor-error.js';

/** A field of a query, found: the relationships on the way to it, and itself, in Salesforce's spelling. */
export interface FieldPath {
  readonly relationships: readonly SandboxField[];
  readonly field: SandboxField;
}

/** Finds a field by a path such as `Owner.Email`; throws INVALID_FIELD in Salesforce's words. */
export function findPath(org: Org, table: ObjectTable, path: string): FieldPath {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let tables: readonly ObjectTable[] = [table];
  const relationships = names.map((name) => {
    const lookup = firstOf(tables, ({ spec }) =>
      spec.fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === name.toLowerCase()),
    );
    if (lookup === undefined) throw noRelationship(name);
    const targets = lookup.name === 'MasterRecordId' ? [table.spec.name] : (lookup.referenceTo ?? []);
    tables = targets.flatMap((target) => org.table(target) ?? []);
    return lookup;
  });
  const field = firstOf(tables, (one) => one.field(last));
  if (field === undefined) throw noField(last, tables[0]?.spec.name ?? table.spec.name);
  return { relationships, field };
}

/** The value at the end of a path; null where a relationship leads nowhere. */
export function readPath(org: Org, record: OrgRecord, { relationships, field }: FieldPath): WireValue {
  let current: OrgRecord | undefined = record;
  for (const { name } of relationships) current = org.find(current?.values[name]);
  return current?.values[field.name] ?? null;
}

function firstOf<T, R>(list: readonly T[], look: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function noField(name: string, object: string): VendorError {
  return new VendorError(
    400,
    'INVALID_FIELD',
    `\nSELECT ${name} FROM ${object}\n       ^\nERROR at Row:1:Column:8\nNo such column '${name}' on entity '${object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}

function noRelationship(name: string): VendorError {
  return new VendorError(
    400,
    'INVALID_FIELD',
    `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}
