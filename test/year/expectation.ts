import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import { type CrmRecord, emailOf, nameOf, phonesOf } from './crm-record.js';
import { CONTACT_URL, HUBSPOT_REPORT, type Kind, type Policies, SALESFORCE_REPORT } from './policies.js';
import type { Stage } from './stage.js';

/** What the fields of a record say of its outcome; empty texts for empty fields. */
export interface Told {
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly contactId: string;
  readonly link: string;
  readonly time: string;
}

/** What every living record was told, by its id. */
export function toldRecords({ hubspot, salesforce }: Stage): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const fields of [...salesforce.records('Contact'), ...salesforce.records('Lead')]) {
    told.set(String(fields['Id']), toldBy(SALESFORCE_REPORT, fields));
  }
  for (const { id, properties } of hubspot.records()) told.set(id, toldBy(HUBSPOT_REPORT, properties));
  return told;
}

function toldBy(report: Readonly<Record<keyof Told, string>>, fields: Readonly<Record<string, unknown>>): Told {
  return Object.fromEntries(Object.entries(report).map(([part, name]) => [part, String(fields[name] ?? '')])) as never;
}

/** What must become of a living record: pushed, refused for its number, or not pushed. */
export function statusOf({ kind, optedOut, wrong }: CrmRecord, policies: Policies): 'imported' | 'failed' | 'skipped' {
  if (optedOut && policies[kind].doNotCall.then === 'skip') return 'skipped';
  return wrong ? 'failed' : 'imported';
}

/** What is wrong with what a record was told, in words; empty when nothing is. */
export function wrongReport(record: CrmRecord, told: Told | undefined, policies: Policies): string[] {
  if (told === undefined) return ['was never told anything'];
  const status = statusOf(record, policies);
  const found: string[] = [];
  if (told.status !== status) found.push(`was told '${told.status}' instead of '${status}'`);
  const code = status === 'failed' ? 'phone_too_short' : '';
  if (told.code !== code) found.push(`was told the code '${told.code}' instead of '${code}'`);
  if ((told.message === '') !== (status === 'imported')) found.push(`was told '${told.message}' as ${status}`);
  if (told.time === '') found.push('was told no time');
  const link = told.contactId === '' ? '' : CONTACT_URL.replace('{{ id }}', told.contactId);
  if (told.link !== link) found.push(`was told the link '${told.link}' instead of '${link}'`);
  if (status === 'imported' && told.contactId === '') found.push('was told no contact');
  return found;
}

/** What a contact lacks of a record that stands for it. */
export function missingIn(contact: SandboxContact, record: CrmRecord): string[] {
  const lacks = phonesOf(record).filter((phone) => !contact.phones.includes(phone));
  const emails = contact.emails.map((email) => email.toLowerCase());
  const email = emailOf(record);
  return [...lacks, ...(email === '' || emails.includes(email) ? [] : [email])];
}

/** The field of a contact that only records of this kind fill. */
export function detailOf(contact: SandboxContact, kind: Kind): string {
  return { contact: contact.title, lead: contact.company, hubspot: contact.city }[kind];
}

/** What stands in the fields of a contact that records fill, and what each of some records says there. */
export function compare(
  contact: SandboxContact,
  records: readonly CrmRecord[],
): readonly { readonly field: string; readonly value: string; readonly said: readonly string[] }[] {
  const kinds = [...new Set(records.map(({ kind }) => kind))];
  return [
    { field: 'name', value: contact.name, said: records.map(nameOf) },
    ...kinds.map((kind) => ({
      field: `detail of its ${kind}`,
      value: detailOf(contact, kind),
      said: records.filter((record) => record.kind === kind).map(({ detail }) => detail),
    })),
  ];
}
