import { DEFAULT_LENGTHS, type SandboxField } from './object-types.js';
import type { WireFields, WireValue } from './options.js';
import type { Org, OrgRecord } from './org.js';
import { VendorError } from './vendor-error.js';

/** Records that one sObject Collections call may have (Salesforce: 200). */
const MOST_RECORDS = 200;
/** The least that Salesforce asks of an address. */
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

type Wire = Readonly<Record<string, unknown>>;

interface SaveResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly RowError[];
}
interface RowError {
  readonly statusCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** Updates records of a `composite/sobjects` request, each by itself; `isLocked` says which rows somebody else holds. */
export function updateRecords(org: Org, body: unknown, isLocked: (index: number) => boolean): readonly SaveResult[] {
  const { allOrNone, records } = asWire(body);
  if (!Array.isArray(records)) throw new VendorError(400, 'JSON_PARSER_ERROR', 'The Request Body is expected');
  if (allOrNone === true)
    throw new VendorError(501, 'NOT_IMPLEMENTED', 'The sandbox updates with allOrNone false only.');
  if (records.length > MOST_RECORDS) {
    const message = `record limit reached. cannot submit more than ${MOST_RECORDS} records into this call`;
    throw new VendorError(400, 'EXCEEDED_ID_LIMIT', message);
  }
  const wires = records.map(asWire);
  for (const wire of wires) refuseUnknown(org, wire);
  const seen = new Set<unknown>();
  return wires.map((wire, index) => {
    const isRepeated = seen.has(wire['id']);
    seen.add(wire['id']);
    if (isRepeated) return refused('DUPLICATE_VALUE', `Duplicate id in list: ${String(wire['id'])}`, ['Id']);
    return updateOne(org, wire, isLocked(index));
  });
}

function updateOne(org: Org, wire: Wire, locked: boolean): SaveResult {
  const record = org.find(wire['id']);
  if (record === undefined) return refused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  if (record.values['IsDeleted'] === true) return refused('ENTITY_IS_DELETED', 'entity is deleted');
  if (record.values['IsConverted'] === true)
    return refused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  if (locked) return refused('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record or 1 records');
  const fields = fieldsOf(record, wire);
  const wrong = Object.entries(fields).flatMap(([name, value]) => wrongValue(record, name, value) ?? []);
  const [first] = wrong;
  if (first !== undefined) return { success: false, errors: [first] };
  const broken = record.object.rule?.({ ...record.values, ...fields });
  if (broken !== undefined) return refused('FIELD_CUSTOM_VALIDATION_EXCEPTION', broken);
  org.edit(record.id, fields);
  return { id: record.id, success: true, errors: [] };
}

function fieldsOf(record: OrgRecord, { attributes: _attributes, id: _id, ...rest }: Wire): WireFields {
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [record.object.field(name)?.name ?? name, value as WireValue]),
  );
}

function wrongValue(record: OrgRecord, named: string, value: WireValue): RowError | undefined {
  const field = record.object.field(named);
  if (field === undefined) return undefined;
  const { name, type, updateable = true } = field;
  if (!updateable) {
    const message = `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
    return { statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', message, fields: [name] };
  }
  if (field.values !== undefined && value !== null && !field.values.includes(String(value))) {
    const message = `bad value for restricted picklist field: ${value}`;
    return { statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, fields: [name] };
  }
  if (type === 'email' && value !== null && !EMAIL.test(String(value))) {
    const message = `${name}: invalid email address: ${value}`;
    return { statusCode: 'INVALID_EMAIL_ADDRESS', message, fields: [name] };
  }
  const holder = field.unique === true && value !== null ? record.object.holderOf(name, value) : undefined;
  if (holder !== undefined && holder !== record.id) {
    const message = `duplicate value found: ${name} duplicates value on record with id: ${holder}`;
    return { statusCode: 'DUPLICATE_VALUE', message, fields: [name] };
  }
  const longest = field.length ?? DEFAULT_LENGTHS[type];
  if (typeof value !== 'string' || longest === undefined || value.length <= longest) return undefined;
  const message = `${name}: data value too large: ${value} (max length=${longest})`;
  return { statusCode: 'STRING_TOO_LONG', message, fields: [name] };
}

/** What no row can be blamed for: an unknown object, field or form of a value refuses the request as a whole. */
function refuseUnknown(org: Org, wire: Wire): void {
  const type = String(asWire(wire['attributes'])['type']);
  const table = org.table(type);
  if (table === undefined) throw new VendorError(400, 'INVALID_TYPE', `sObject type '${type}' is not supported.`);
  for (const [name, value] of Object.entries(wire)) {
    if (name === 'attributes' || name === 'id') continue;
    const field = table.field(name);
    if (field === undefined) {
      throw new VendorError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${type}`, [name]);
    }
    if (!hasForm(field, value)) throw cannotDeserialise(field, value);
  }
}

function hasForm({ type }: SandboxField, value: unknown): boolean {
  if (value === null) return true;
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'double') return typeof value === 'number';
  if (type === 'datetime') return typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(value);
  if (type === 'date') return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  return typeof value === 'string';
}

function cannotDeserialise({ type }: SandboxField, value: unknown): VendorError {
  const from = typeof value === 'string' ? 'VALUE_STRING' : 'VALUE_NUMBER';
  const message = `Cannot deserialize instance of ${type} from ${from} value ${String(value)} or request may be missing a required field at [line:1, column:2]`;
  return new VendorError(400, 'JSON_PARSER_ERROR', message);
}

function refused(statusCode: string, message: string, fields: readonly string[] = []): SaveResult {
  return { success: false, errors: [{ statusCode, message, fields }] };
}

function asWire(value: unknown): Wire {
  return typeof value === 'object' && value !== null ? (value as Wire) : {};
}
