import { z } from 'zod';

/** The name of a field or, with dots, of a field behind relationships: `Email`, `Owner.Email`, `Account.Tier__c`. */
const FIELD_PATH = /^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/;
/** An id of Salesforce: 15 characters, or 18 with a check; case-sensitive. */
export const SALESFORCE_ID = /^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/;

/** What the name of a field that is read can be; its message says what to write. */
export const mappedName = z
  .string()
  .regex(FIELD_PATH, { error: 'Write API names: FirstName, Tier__c, or Owner.Email through a relationship.' });
/** What the name of a field that is written can be. */
export const writtenName = z.string().regex(/^[A-Za-z]\w*$/, {
  error: 'Write the API name of a field of the record itself, such as CloudTalk_Status__c.',
});

export function isFieldPath(text: string): boolean {
  return FIELD_PATH.test(text);
}

/** The fields that say what became of a record; only these objects have those beyond the first three. */
const LIFE: Readonly<Record<string, readonly string[]>> = {
  contact: ['MasterRecordId'],
  account: ['MasterRecordId'],
  lead: ['MasterRecordId', 'IsConverted', 'ConvertedContactId'],
};

/** What is selected: the fields that the reading itself needs, then those asked for, each once whatever its case. */
export function selectedFields(object: string, fields: readonly string[]): readonly string[] {
  const all = ['Id', 'SystemModstamp', 'IsDeleted', ...(LIFE[object.toLowerCase()] ?? []), ...fields];
  const known = new Set<string>();
  return all.filter((field) => {
    const key = field.toLowerCase();
    return !known.has(key) && known.add(key);
  });
}

/** Where a query begins: behind one record, or with all from a time on. */
export type From =
  | { readonly kind: 'all' }
  | { readonly kind: 'behind'; readonly time: string; readonly id: string }
  | { readonly kind: 'since'; readonly time: string };

/** Which records a query is about. */
export interface Selection {
  readonly object: string;
  readonly where?: string | undefined;
  readonly fields: readonly string[];
}

/** A lead whose contact the user may not see is not followed: it would come as one that lives on. */
const CONVERTED = '(IsConverted = TRUE AND ConvertedContactId != NULL)';

/** The query that reads records in the order of their last change, from a place on. */
export function readingQuery({ fields, object, where }: Selection, from: From): string {
  const conditions = [...(where === undefined ? [] : [letThrough(object, where)]), ...placeOf(from)];
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT ${fields.join(', ')} FROM ${object}${filter} ORDER BY SystemModstamp, Id`;
}

/** The reading query for one record, if there is any: it proves that the fields and the condition are understood. */
export function probingQuery(selection: Selection): string {
  return `${readingQuery(selection, { kind: 'all' })} LIMIT 1`;
}

/** The query for the different values of a field, at most `most` of them, each as `v`. */
export function valuesQuery({ object, where }: Omit<Selection, 'fields'>, field: string, most: number): string {
  const conditions = ['IsDeleted = false', ...(where === undefined ? [] : [`(${where})`])];
  return `SELECT ${field} v FROM ${object} WHERE ${conditions.join(' AND ')} GROUP BY ${field} LIMIT ${most}`;
}

/** The query for those of these records that there are, in whatever state. */
export function presenceQuery(object: string, ids: readonly string[]): string {
  for (const id of ids) demandId(id);
  const list = ids.map((id) => `'${id}'`).join(', ');
  return `SELECT ${selectedFields(object, []).join(', ')} FROM ${object} WHERE Id IN (${list})`;
}

/** What a condition lets through, and the end of records that it let through once. */
function letThrough(object: string, where: string): string {
  const ends = ['IsDeleted = TRUE', ...(object.toLowerCase() === 'lead' ? [CONVERTED] : [])];
  return `((${where}) OR ${ends.join(' OR ')})`;
}

function placeOf(from: From): readonly string[] {
  if (from.kind === 'all') return [];
  const time = instant(from.time);
  if (from.kind === 'since') return [`SystemModstamp >= ${time}`];
  demandId(from.id);
  return [`((SystemModstamp = ${time} AND Id > '${from.id}') OR SystemModstamp > ${time})`];
}

function demandId(id: string): void {
  if (!SALESFORCE_ID.test(id)) throw new Error('An id of Salesforce has 15 or 18 letters and digits.');
}

/** A time as SOQL has it: without quotes, in UTC. */
function instant(time: string): string {
  return new Date(time).toISOString();
}

/** Why a text cannot stand as a condition inside our queries; undefined when it can. */
export function whatIsWrongWithCondition(text: string): string | undefined {
  const bare = text.replace(/'(?:[^'\\]|\\.)*'/gs, '');
  if (bare.trim() === '')
    return 'This condition is empty. Leave it out, or write what would stand behind WHERE in SOQL.';
  if (bare.includes("'"))
    return "A quote in this condition is not closed. Write texts as '...', and a quote in one as \\'.";
  if (bare.includes(';')) return 'A condition has no semicolon. Write only what would stand behind WHERE in SOQL.';
  if (/^\s*where\b/i.test(bare)) return 'The word WHERE stands in front of it already. Write only the condition.';
  if (/\(\s*select\b/i.test(bare))
    return 'A sub-select cannot stand here: deleted records are read with OR beside the condition, and Salesforce takes no sub-select beside OR. Let a checkbox or formula field of the object say the same, and write that field.';
  let depth = 0;
  for (const character of bare) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) break;
  }
  return depth === 0 ? undefined : 'The parentheses of this condition do not match. Close each one that is opened.';
}
