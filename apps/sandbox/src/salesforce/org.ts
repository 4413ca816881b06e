import { compareIds, idOf } from './ids.js';
import { objectsWith, type SandboxField, type SandboxObject } from './object-types.js';
import type { SalesforceSandboxOptions, ValidationRule, WireFields, WireValue } from './options.js';

/** One record as it stands. */
export interface OrgRecord {
  readonly id: string;
  readonly object: ObjectTable;
  /** Milliseconds since 1970: its SystemModstamp. */
  stamp: number;
  readonly values: Record<string, WireValue>;
}

/** All records of one object, and the order that they are read in. */
export class ObjectTable {
  readonly spec: SandboxObject;
  readonly rule: ValidationRule | undefined;
  /** What a new record holds. */
  readonly blank: WireFields;
  readonly #fields: ReadonlyMap<string, SandboxField>;
  readonly #compare: (left: OrgRecord, right: OrgRecord) => number;
  readonly #order: OrgRecord[] = [];
  #isSorted = true;
  #created = 0;

  constructor(spec: SandboxObject, options: SalesforceSandboxOptions) {
    this.spec = spec;
    this.blank = Object.fromEntries(spec.fields.map(({ name, type }) => [name, type === 'boolean' ? false : null]));
    this.rule = options.validationRules?.[spec.name];
    this.#fields = new Map(spec.fields.map((field) => [field.name.toLowerCase(), field]));
    const byId = compareIds(options.idOrder ?? 'bytes');
    this.#compare = (left, right) => left.stamp - right.stamp || byId(left.id, right.id);
  }

  /** By name, whatever its case, as SOQL has it. */
  field(name: string): SandboxField | undefined {
    return this.#fields.get(name.toLowerCase());
  }

  /** The id of a record that holds a value, of those that are not deleted. */
  holderOf(name: string, value: WireValue): string | undefined {
    return this.#order.find(({ values }) => values[name] === value && values['IsDeleted'] !== true)?.id;
  }

  nextId(): string {
    this.#created += 1;
    return idOf(this.spec.keyPrefix, this.#created);
  }

  add(record: OrgRecord): void {
    this.#order.push(record);
    this.#isSorted = false;
  }

  drop(id: string): void {
    this.#order.splice(
      this.#order.findIndex((record) => record.id === id),
      1,
    );
  }

  moved(): void {
    this.#isSorted = false;
  }

  /** By SystemModstamp, then id; sorted only after something has changed. */
  get ordered(): readonly OrgRecord[] {
    if (!this.#isSorted) this.#order.sort(this.#compare);
    this.#isSorted = true;
    return this.#order;
  }
}

/** One Salesforce org: its objects and records, and what people do to them. */
export class Org {
  readonly #tables: ReadonlyMap<string, ObjectTable>;
  readonly #records = new Map<string, OrgRecord>();
  readonly #now: () => Date;
  readonly #owner: string;

  constructor(options: SalesforceSandboxOptions) {
    this.#now = options.clock ?? (() => new Date());
    const objects = objectsWith(options.fields ?? {});
    this.#tables = new Map(objects.map((spec) => [spec.name.toLowerCase(), new ObjectTable(spec, options)]));
    this.#owner = this.put('User', { Name: 'Integration User', Email: options.username ?? 'integration@example.com' });
  }

  /** By name, whatever its case. */
  table(name: string): ObjectTable | undefined {
    return this.#tables.get(name.toLowerCase());
  }

  find(id: unknown): OrgRecord | undefined {
    return typeof id === 'string' ? this.#records.get(id) : undefined;
  }

  put(object: string, fields: WireFields): string {
    const table = this.table(object);
    if (table === undefined) throw new Error(`The sandbox has no object ${object}.`);
    const stamp = this.#stamp();
    const record: OrgRecord = { id: table.nextId(), object: table, stamp, values: { ...table.blank } };
    if (table.field('OwnerId') !== undefined) record.values['OwnerId'] = this.#owner;
    record.values['Id'] = record.id;
    record.values['CreatedDate'] = wireTime(stamp);
    this.#records.set(record.id, record);
    table.add(record);
    this.#write(record, fields);
    return record.id;
  }

  edit(id: string, fields: WireFields): void {
    this.#write(this.#demand(id), fields);
  }

  remove(id: string): void {
    this.#write(this.#demand(id), { IsDeleted: true });
  }

  erase(id: string): void {
    this.#demand(id).object.drop(id);
    this.#records.delete(id);
  }

  merge(loser: string, survivor: string): void {
    this.#write(this.#demand(loser), { IsDeleted: true, MasterRecordId: survivor });
    this.#write(this.#demand(survivor), {});
  }

  /** Makes a contact of a lead; returns the contact's id. */
  convert(id: string): string {
    const lead = this.#demand(id);
    const taken = ['FirstName', 'LastName', 'Title', 'Email', 'Phone', 'MobilePhone', 'LeadSource', 'DoNotCall'];
    const contact = this.put('Contact', Object.fromEntries(taken.map((name) => [name, lead.values[name] ?? null])));
    this.#write(lead, { IsConverted: true, ConvertedContactId: contact });
    return contact;
  }

  /** Every record of an object, deleted ones too, by SystemModstamp and id. */
  snapshot(object: string): readonly WireFields[] {
    return (this.table(object)?.ordered ?? []).map(({ values }) => ({ ...values }));
  }

  #demand(id: string): OrgRecord {
    const record = this.find(id);
    if (record === undefined) throw new Error(`The sandbox has no record ${id}.`);
    return record;
  }

  #write(record: OrgRecord, fields: WireFields): void {
    for (const [name, value] of Object.entries(fields)) {
      const field = record.object.field(name);
      if (field === undefined) throw new Error(`${record.object.spec.name} has no field ${name} in the sandbox.`);
      record.values[field.name] = value === '' ? null : value;
    }
    record.stamp = this.#stamp();
    const stamp = wireTime(record.stamp);
    record.values['LastModifiedDate'] = stamp;
    record.values['SystemModstamp'] = stamp;
    record.object.moved();
  }

  /** Salesforce keeps whole seconds. */
  #stamp(): number {
    return Math.floor(this.#now().getTime() / 1000) * 1000;
  }
}

/** A time as Salesforce writes it: `2026-11-22T02:00:00.000+0000`. */
export function wireTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}
