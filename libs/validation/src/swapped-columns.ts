import type { MappedContact } from './contact.js';
import { normaliseEmail } from './email.js';
import type { Findings } from './findings.js';
import { splitAtColons } from './list-cell.js';
import { strictPhone } from './phone.js';

type Lists = MappedContact['lists'];

const INTERNATIONAL = /^(?:\+|00)/;

/**
 * The lists with phone and e-mail put back where they belong. They are moved only when nothing else can be meant: all
 * of the phone column are e-mail addresses while all of the e-mail column are phone numbers or it is empty; or the
 * e-mail column holds only international phone numbers and the phone column nothing.
 */
export function unswapColumns(lists: Lists, country: string, findings: Findings): Lists {
  if (!looksSwapped(lists)) return lists;
  const phones = (lists.phone ?? []).flatMap(splitAtColons);
  const emails = (lists.email ?? []).flatMap(splitAtColons);
  const phonesAreEmails = phones.length > 0 && phones.every((text) => normaliseEmail(text).ok);
  const emailsArePhones = emails.length > 0 && emails.every((text) => strictPhone(text, country) !== undefined);
  const isSwapped = phonesAreEmails
    ? emailsArePhones || emails.length === 0
    : emailsArePhones && phones.length === 0 && emails.every((text) => INTERNATIONAL.test(text));
  if (!isSwapped) return lists;
  for (const text of phones) findings.warn('swapped_columns', 'phone', text, 'email');
  for (const text of emails) findings.warn('swapped_columns', 'email', text, 'phone');
  return { ...lists, phone: emails, email: phones };
}

function looksSwapped({ phone = [], email = [] }: Lists): boolean {
  return phone.some((cell) => cell.includes('@')) || email.some((cell) => cell.trim() !== '' && !cell.includes('@'));
}
