import type { Fields, FieldValue, Gone, SourceRecord } from '@cloudtalk-sync/connector-kit';
import type { RawRecord } from './query-page.js';
import type { SalesforceCursor } from './salesforce-cursor.js';

type Json = Readonly<Record<string, unknown>>;

/** A record with our own cursor. */
export type SalesforceRecord = SourceRecord & { readonly cursor: SalesforceCursor };

/**
 * Makes records of what Salesforce gives, with the fields named as they are asked for, whatever the case there; `asked` is
 * when their reading asked for its first page, where that is known.
 */
export function recordMaker(
  fields: readonly string[],
  asked: string | undefined,
): (raw: RawRecord) => SalesforceRecord {
  const paths = fields.map((path) => path.split('.'));
  return (raw) => {
    const gone = goneOf(raw);
    return {
      id: raw.Id,
      fields: pick(raw, paths),
      cursor: { time: utc(raw.SystemModstamp), id: raw.Id, ...(asked === undefined ? {} : { asked }) },
      origin: {},
      ...(gone === undefined ? {} : { gone }),
    };
  };
}

/** `2026-11-22T02:00:00.000+0000`, as Salesforce writes it, as an ISO time. */
function utc(time: string): string {
  return new Date(time.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')).toISOString();
}

/** What became of it; a lead whose contact lives on is not deleted, even when it is cleared away afterwards. */
function goneOf({ ConvertedContactId, IsConverted, IsDeleted, MasterRecordId }: RawRecord): Gone | undefined {
  if (MasterRecordId) return { how: 'merged', into: MasterRecordId };
  if (IsConverted && ConvertedContactId) return { how: 'converted', into: ConvertedContactId };
  return IsDeleted ? { how: 'deleted' } : undefined;
}

function pick(raw: RawRecord, paths: readonly (readonly string[])[]): Fields {
  const fields: Record<string, FieldValue> = { Id: raw.Id };
  for (const path of paths) put(fields, raw, path);
  return fields;
}

function put(fields: Record<string, FieldValue>, raw: Json, [name = '', ...rest]: readonly string[]): void {
  const value = own(raw, name);
  if (rest.length === 0) {
    fields[name] = plain(value);
  } else if (isJson(value)) {
    const inside = fields[name];
    const group: Record<string, FieldValue> = isJson(inside) ? { ...(inside as Fields) } : {};
    put(group, value, rest);
    fields[name] = group;
  } else {
    fields[name] ??= null;
  }
}

function own(json: Json, name: string): unknown {
  if (Object.hasOwn(json, name)) return json[name];
  const key = Object.keys(json).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : json[key];
}

/** Without the `attributes` that Salesforce puts into every object. */
function plain(value: unknown): FieldValue {
  if (Array.isArray(value)) return value.map(plain);
  if (isJson(value)) {
    const entries = Object.entries(value).filter(([name]) => name !== 'attributes');
    return Object.fromEntries(entries.map(([name, inside]) => [name, plain(inside)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
