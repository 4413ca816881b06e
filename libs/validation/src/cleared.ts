import type { ClearedField, ValidContact } from './contact.js';

/** What a contact may say, as far as it is known. */
export type ContactValues = Partial<Omit<ValidContact, symbol>>;

/** Whether a contact holds something in a field. */
export function isFilled(contact: ContactValues, field: ClearedField): boolean {
  switch (field) {
    case 'phone':
      return (contact.phones ?? []).length > 0;
    case 'email':
    case 'email2':
      return (contact.emails ?? []).length > 0;
    case 'tags':
      return (contact.tags ?? []).length > 0;
    default:
      return isAttribute(field)
        ? contact.attributes?.[field.slice(ATTRIBUTE.length)] !== undefined
        : contact[field] !== undefined;
  }
}

const ATTRIBUTE = 'attributes.';

function isAttribute(field: ClearedField): field is `attributes.${string}` {
  return field.startsWith(ATTRIBUTE);
}
