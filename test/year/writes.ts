import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import { HUBSPOT_REPORT, SALESFORCE_REPORT } from './policies.js';
import type { Stage } from './stage.js';
import type { Party } from './weather.js';

type Values = Readonly<Record<string, unknown>>;

/** What one write says of one record or contact. */
export interface Write {
  readonly action: 'report' | 'add_contact' | 'edit_contact' | 'delete_contact';
  /** Of the record; of the contact, or 0 for an add. */
  readonly id: string;
  readonly values: Values;
}

/** The writes that a request carries; most carry none. */
export function writesIn(party: Party, place: string, body: string): readonly Write[] {
  if (party === 'cloudtalk') return place === 'POST /api/bulk/contacts.json' ? commandsIn(body) : [];
  if (party === 'hubspot') return place.endsWith('/contacts/batch/update') ? propertiesIn(body) : [];
  return place.includes('/composite/sobjects') ? fieldsIn(body) : [];
}

/** Tells whether writes that arrive together change anything of what is there; the time of a report alone is no change. */
export function changer(stage: Stage, party: Party): (write: Write) => boolean {
  if (party === 'cloudtalk') {
    const contacts = new Map(stage.cloudtalk.contacts().map((contact) => [String(contact.id), contact]));
    return (write) => changesContact(write, contacts.get(write.id));
  }
  const time = party === 'hubspot' ? HUBSPOT_REPORT.time : SALESFORCE_REPORT.time;
  const records = party === 'hubspot' ? hubspotRecords(stage) : salesforceRecords(stage);
  return ({ id, values }) => {
    const present = records.get(id);
    const isNew = ([name, value]: [string, unknown]): boolean => (value || null) !== (present?.[name] || null);
    return present === undefined || Object.entries(values).some((entry) => entry[0] !== time && isNew(entry));
  };
}

/** Tells whether a record is no more in its CRM. */
export function goneFrom(stage: Stage, party: Party): (id: string) => boolean {
  if (party === 'cloudtalk') return () => false;
  const records = party === 'hubspot' ? hubspotRecords(stage) : salesforceRecords(stage);
  return (id) => !records.has(id) || records.get(id)?.['IsDeleted'] === true;
}

function commandsIn(body: string): readonly Write[] {
  const commands = JSON.parse(body) as readonly { readonly action: Write['action']; readonly data: Values }[];
  return commands.map(({ action, data }) => ({ action, id: String(data['id'] ?? 0), values: data }));
}

function propertiesIn(body: string): readonly Write[] {
  const { inputs } = JSON.parse(body) as {
    readonly inputs: readonly { readonly id: string; readonly properties: Values }[];
  };
  return inputs.map(({ id, properties }) => ({ action: 'report', id, values: properties }));
}

function fieldsIn(body: string): readonly Write[] {
  const { records } = JSON.parse(body) as { readonly records: readonly Values[] };
  return records.map(({ id, attributes: _attributes, ...values }) => ({ action: 'report', id: String(id), values }));
}

function hubspotRecords({ hubspot }: Stage): ReadonlyMap<string, Values> {
  return new Map(hubspot.records().map(({ id, properties }) => [id, properties]));
}

function salesforceRecords({ salesforce }: Stage): ReadonlyMap<string, Values> {
  const records = [...salesforce.records('Contact'), ...salesforce.records('Lead')];
  return new Map(records.map((record) => [String(record['Id']), record]));
}

const TEXTS = ['name', 'title', 'company', 'industry', 'website', 'address', 'city', 'zip', 'state'] as const;

/** A list counts by its entries, in whatever order. */
function changesContact({ action, values }: Write, contact: SandboxContact | undefined): boolean {
  if (action !== 'edit_contact' || contact === undefined) return true;
  const isTextNew = TEXTS.some((field) => values[field] !== undefined && values[field] !== contact[field]);
  return (
    isTextNew ||
    LISTS.some(([field, sent, present]) => field in values && differs(listOf(values[field], sent), present(contact)))
  );
}

type Entry = Readonly<Record<string, unknown>>;

const LISTS: readonly (readonly [string, (entry: Entry) => string, (contact: SandboxContact) => readonly string[]])[] =
  [
    ['ContactNumber', ({ public_number }) => digits(String(public_number)), ({ phones }) => phones.map(digits)],
    ['ContactEmail', ({ email }) => String(email), ({ emails }) => emails],
    ['ContactsTag', ({ name }) => String(name), ({ tags }) => tags],
    ['ContactAttribute', ({ value }) => String(value), ({ attributes }) => Object.values(attributes)],
  ];

function digits(text: string): string {
  return text.replace(/\D/g, '');
}

function listOf(list: unknown, text: (entry: Entry) => string): readonly string[] {
  return Array.isArray(list) ? (list as readonly Entry[]).map(text) : [];
}

function differs(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one.toSorted()) !== JSON.stringify(other.toSorted());
}
