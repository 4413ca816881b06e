import { randomUUID } from 'node:crypto';
import type { NewRow, RunEntity, RunKind, Store } from '@cloudtalk-sync/store';
import { contactFingerprint, type ValidContact, validateContact } from '@cloudtalk-sync/validation';
import { phoneOf } from './csv.js';

/** The time at which everything of these builders happens. */
export const TIME = new Date('2026-11-22T02:00:00.000Z');

export interface ContactParts {
  readonly name?: string;
  readonly title?: string;
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
  readonly tags?: readonly string[];
}

/** A valid contact; without numbers and e-mails it gets the number of `number`. */
export function validContact(number: number, parts: ContactParts = {}): ValidContact {
  const { name = `Contact ${number}`, title, emails = [], tags = [] } = parts;
  const phones = parts.phones ?? (emails.length > 0 ? [] : [phoneOf(number)]);
  const single = { name, ...(title === undefined ? {} : { title }) };
  const result = validateContact(
    { single, lists: { phone: phones, email: emails, tags }, attributes: {} },
    { defaultCountry: 'SK', unknownColumns: 'fail' },
  );
  if (!result.ok) throw new Error(`Not a valid contact: ${JSON.stringify(result.issues)}`);
  return result.contact;
}

/** A ready row as the intake stores it; with `recordId` it is a record of a CRM. */
export function readyRow(number: number, parts: ContactParts & { readonly recordId?: string } = {}): NewRow {
  const contact = validContact(number, parts);
  const [phone] = contact.phones;
  const ownKey = phone === undefined ? `email:${contact.emails[0]?.toLowerCase()}` : `phone:${phone}`;
  const { recordId } = parts;
  return {
    number,
    state: 'ready',
    recordId,
    linkKey: recordId === undefined ? ownKey : `id:${recordId}`,
    line: number + 1,
    raw: { name: contact.name },
    contact,
    fingerprint: contactFingerprint(contact),
  };
}

/** A run of the connection `drop` of the account `default` whose rows are all stored. */
export async function runWith(
  store: Store,
  rows: readonly NewRow[],
  kind: RunKind = 'file',
  settings: unknown = { stopAfterFailures: 1000 },
): Promise<RunEntity> {
  await store.accounts.register('default', [{ id: 'drop', connector: 'folder' }]);
  const id = randomUUID();
  const common = { accountId: 'default', connectionId: 'drop', settings };
  await store.runs.insert({ id, kind, requestedAt: TIME, settingsHash: 'hash', ...common });
  const run = await store.runs.find(id);
  if (!run) throw new Error('The run was not stored.');
  await store.runs.move(run, 'reading', { startedAt: TIME });
  await store.rows.insert(id, rows);
  await store.runs.note(run, { rowsRead: rows.length });
  return run;
}
