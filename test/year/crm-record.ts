import type { WireFields } from '../../apps/sandbox/src/salesforce/options.js';
import type { Kind } from './policies.js';

/** One human being, in however many records. */
export interface Person {
  readonly number: number;
  readonly first: string;
  last: string;
  readonly email: string;
  /** The number that new records of this person get. */
  readonly phone: string;
}

/** One record of a CRM as it must be, whatever we have made of it so far. */
export interface CrmRecord {
  readonly id: string;
  readonly kind: Kind;
  readonly person: Person;
  phone: string;
  /** A second number, taken over in a merge. */
  mobile: string | undefined;
  /** Of contacts the title, of leads the company, of HubSpot's contacts the city. */
  detail: string;
  /** In a field that is not mapped. */
  note: string;
  /** Whether a wrong number stands where `phone` should. */
  wrong: boolean;
  optedOut: boolean;
  fate: 'living' | 'deleted' | 'merged' | 'converted';
  /** The record that it was merged into or converted to. */
  into?: string;
  /** Whether it ever was deleted; it may have come back since. */
  wasDeleted: boolean;
  /** Whether it was erased for good: it never comes back. */
  isErased?: boolean;
  /** Every name and detail that it ever had. */
  readonly said: Set<string>;
}

/** What no import takes for a number. */
const WRONG_PHONE = '12';

/** The name that a contact must have. */
export function nameOf({ person }: Pick<CrmRecord, 'person'>): string {
  return `${person.first} ${person.last}`;
}

/** The numbers that a contact must have. */
export function phonesOf({ mobile, phone }: CrmRecord): readonly string[] {
  return mobile === undefined ? [phone] : [phone, mobile];
}

/** The address that a contact must have; some people have none in HubSpot. */
export function emailOf({ kind, person }: CrmRecord): string {
  return kind === 'hubspot' && person.number % 3 === 0 ? '' : person.email;
}

/** A record as the fields of Salesforce. */
export function salesforceFields(record: CrmRecord): WireFields {
  const { detail, kind, mobile = null, note, optedOut, person, phone, wrong } = record;
  return {
    FirstName: person.first,
    LastName: person.last,
    Email: person.email,
    Phone: wrong ? WRONG_PHONE : phone,
    MobilePhone: mobile,
    DoNotCall: optedOut,
    Description: note,
    ...(kind === 'contact' ? { Title: detail } : { Company: detail, Title: titleAfterConversion(record) }),
  };
}

/** A lead has the title that its contact is going to have. */
export function titleAfterConversion({ person }: Pick<CrmRecord, 'person'>): string {
  return `Title ${person.number}`;
}

/** A record as the properties of HubSpot. */
export function hubspotProperties(record: CrmRecord): Readonly<Record<string, string>> {
  const { detail, mobile = '', note, optedOut, person, phone, wrong } = record;
  return {
    firstname: person.first,
    lastname: person.last,
    email: emailOf(record).toUpperCase(),
    phone: wrong ? WRONG_PHONE : phone,
    mobilephone: mobile,
    city: detail,
    do_not_call: String(optedOut),
    website: note,
  };
}
