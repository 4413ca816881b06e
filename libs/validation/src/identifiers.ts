import type { MappedContact } from './contact.js';
import { normaliseEmail } from './email.js';
import type { Findings } from './findings.js';
import { type ListReader, readListCell } from './list-cell.js';
import { normalisePhone } from './phone.js';
import { resemblesPhone } from './phone-refusal.js';
import { unswapColumns } from './swapped-columns.js';

/** What a contact is found by. */
export interface Identifiers {
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

const EMAIL_READER: ListReader = {
  normalise: normaliseEmail,
  resembles: (piece) => piece.includes('@'),
};

const phoneReaders = new Map<string, ListReader>();

/**
 * The numbers and addresses of a row, each once (addresses: whatever their case), in the order of the source. Every
 * value that is refused is noted, and so is a row that has none at all.
 */
export function readIdentifiers(mapped: MappedContact, country: string, findings: Findings): Identifiers {
  const before = findings.issues.length;
  const lists = unswapColumns(mapped.lists, { phone: phoneReader(country), email: EMAIL_READER }, findings);
  const phones = readPhones(lists.phone, country, findings);
  const emails: string[] = [];
  readEmails(lists.email, 'email', country, emails, findings);
  readEmails(lists.email2, 'email2', country, emails, findings);
  const isEmpty = phones.length === 0 && emails.length === 0 && findings.issues.length === before;
  if (isEmpty) refuseWithout(mapped.lists, findings);
  return { phones: distinct(phones), emails: distinctAddresses(emails) };
}

/** Notes that a row has no identifier: because its cells are empty, or because nothing was left of what they held. */
function refuseWithout(lists: MappedContact['lists'], findings: Findings): void {
  for (const field of ['phone', 'email', 'email2'] as const) {
    const blank = lists[field]?.find((cell) => cell !== '');
    if (blank !== undefined) return findings.refuse('identifier_blank', field, blank);
  }
  findings.refuse('identifier_missing', 'phone', '');
}

function readPhones(cells: readonly string[] | undefined, country: string, findings: Findings): string[] {
  const phones: string[] = [];
  for (const cell of cells ?? []) {
    for (const { text, result } of readListCell(cell, phoneReader(country))) {
      const phone = findings.take(result, 'phone', text);
      if (phone !== undefined) phones.push(phone);
    }
  }
  return phones;
}

function readEmails(
  cells: readonly string[] | undefined,
  field: 'email' | 'email2',
  country: string,
  emails: string[],
  findings: Findings,
): void {
  for (const cell of cells ?? []) {
    for (const { text, result } of readListCell(cell, EMAIL_READER)) {
      const mayBePhone = !result.ok && result.kind === 'email_without_at' && resemblesPhone(text);
      const isPhone = mayBePhone && normalisePhone(text, country).ok;
      const email = findings.take(isPhone ? { ok: false, kind: 'email_is_phone' } : result, field, text);
      if (email !== undefined) emails.push(email);
    }
  }
}

/** The values without repetitions, in their order. */
export function distinct(values: readonly string[]): readonly string[] {
  return values.length > 1 ? [...new Set(values)] : values;
}

/** The addresses without repetitions, whatever their case, in their order; of several spellings the first. */
export function distinctAddresses(emails: readonly string[]): readonly string[] {
  if (emails.length < 2) return emails;
  const spellings = new Map<string, string>();
  for (const email of emails) {
    const lower = email.toLowerCase();
    if (!spellings.has(lower)) spellings.set(lower, email);
  }
  return [...spellings.values()];
}

function phoneReader(country: string): ListReader {
  const known = phoneReaders.get(country);
  if (known) return known;
  const reader: ListReader = {
    normalise: (text) => normalisePhone(text, country),
    resembles: resemblesPhone,
  };
  phoneReaders.set(country, reader);
  return reader;
}
