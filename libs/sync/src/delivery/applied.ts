import type { ContactData, ShownContact } from '@cloudtalk-sync/cloudtalk';

/** Whether a contact is as a command wanted it: every value that was sent is there, and every list that was sent. */
export function isApplied(data: ContactData, shown: ShownContact): boolean {
  return (
    TEXTS.every((field) => data[field] === undefined || data[field].trim() === shown[field].trim()) &&
    sameId(data.country_id, shown.countryId) &&
    sameId(data.favorite_agent, shown.favoriteAgentId) &&
    holdsAll(data.ContactNumber, (number) => number.public_number, shown.phones) &&
    holdsAll(
      data.ContactEmail,
      (email) => email.email.toLowerCase(),
      shown.emails.map((email) => email.toLowerCase()),
    ) &&
    holdsAll(data.ContactsTag, (tag) => tag.name, shown.tags) &&
    holdsAll(
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
