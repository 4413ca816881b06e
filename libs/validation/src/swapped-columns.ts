import type { MappedContact } from './contact.js';
import type { Findings } from './findings.js';
import { type CellEntry, type ListReader, readListCell } from './list-cell.js';

type Lists = MappedContact['lists'];

/** How each of the two lists is read. */
export interface IdentifierReaders {
  readonly phone: ListReader;
  readonly email: ListReader;
}

const INTERNATIONAL = /^(?:="|')?(?:\+|00)/;

/**
 * The lists with phone and e-mail put back where they belong. They are moved only when nothing else can be meant: all
 * of the phone column are e-mail addresses while all of the e-mail column are phone numbers or it is empty; or the
 * e-mail column holds only international phone numbers and the phone column nothing.
 */
export function unswapColumns(lists: Lists, readers: IdentifierReaders, findings: Findings): Lists {
  if (!looksSwapped(lists)) return lists;
  const inPhone = (lists.phone ?? []).flatMap((cell) => readListCell(cell, readers.email));
  const inEmail = (lists.email ?? []).flatMap((cell) => readListCell(cell, readers.phone));
  const emailsArePhones = inEmail.length > 0 && inEmail.every(isValid);
  const isSwapped =
    inPhone.length > 0
      ? inPhone.every(isValid) && (emailsArePhones || inEmail.length === 0)
      : emailsArePhones && inEmail.every(({ text }) => INTERNATIONAL.test(text));
  if (!isSwapped) return lists;
  for (const { text } of inPhone) findings.warn('swapped_columns', 'phone', text, 'email');
  for (const { text } of inEmail) findings.warn('swapped_columns', 'email', text, 'phone');
  return { ...lists, phone: lists.email ?? [], email: lists.phone ?? [] };
}

function isValid({ result }: CellEntry): boolean {
  return result.ok;
}

function looksSwapped({ phone = [], email = [] }: Lists): boolean {
  return phone.some((cell) => cell.includes('@')) || email.some((cell) => cell.trim() !== '' && !cell.includes('@'));
}
