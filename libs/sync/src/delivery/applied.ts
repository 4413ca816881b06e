import type { ContactData, ShownContact } from '@cloudtalk-sync/cloudtalk';

/**
 * Whether a contact is as a command wanted it: every value that was sent is there, and every list that was sent. An edit
 * replaces a list whole; an add may have gone into a contact that had more.
 */
export function isApplied(data: ContactData, shown: ShownContact, action: 'add_contact' | 'edit_contact'): boolean {
  const holds = action === 'add_contact' ? holdsAll : holdsJust;
  return (
    TEXTS.every((field) => data[field] === undefined || data[field].trim() === shown[field].trim()) &&
    sameId(data.country_id, shown.countryId) &&
    sameId(data.favorite_agent, shown.favoriteAgentId) &&
    holds(data.ContactNumber, (number) => number.public_number, shown.phones) &&
    holds(
      data.ContactEmail,
      (email) => email.email.toLowerCase(),
      shown.emails.map((email) => email.toLowerCase()),
    ) &&
    holds(data.ContactsTag, (tag) => tag.name, shown.tags) &&
    holds(
      data.ContactAttribute,
      attributeText,
      shown.attributes.map((a) => `${a.id}=${a.value}`),
    )
  );
}

const TEXTS = ['name', 'title', 'company', 'industry', 'website', 'address', 'city', 'zip', 'state'] as const;

function attributeText(attribute: { readonly attribute_id: number; readonly value: string }): string {
  return `${attribute.attribute_id}=${attribute.value}`;
}

function sameId(sent: number | '' | undefined, shown: number | undefined): boolean {
  return sent === undefined || (sent === '' ? undefined : sent) === shown;
}

function holdsAll<T>(
  sent: readonly T[] | '' | undefined,
  text: (entry: T) => string,
  shown: readonly string[],
): boolean {
  if (sent === undefined) return true;
  if (sent === '') return shown.length === 0;
  return sent.every((entry) => shown.includes(text(entry)));
}

function holdsJust<T>(
  sent: readonly T[] | '' | undefined,
  text: (entry: T) => string,
  shown: readonly string[],
): boolean {
  if (sent === undefined || sent === '') return holdsAll(sent, text, shown);
  const wanted = new Set(sent.map(text));
  return holdsAll(sent, text, shown) && shown.every((entry) => wanted.has(entry));
}
