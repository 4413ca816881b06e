import { SINGLE_FIELDS, type ValidContact } from './contact.js';

/**
 * A contact as the store reads it back: a check of its shape, not of its values, which were checked when it was made.
 * Throws a TypeError for anything that is no stored contact.
 */
export function reviveContact(json: unknown): ValidContact {
  if (!isRecord(json)) throw damaged('it is no object');
  if (typeof json.name !== 'string' || json.name === '') throw damaged('it has no name');
  for (const field of SINGLE_FIELDS) {
    if (json[field] !== undefined && typeof json[field] !== 'string') throw damaged(`its ${field} is no text`);
  }
  for (const list of ['phones', 'emails', 'tags']) {
    const values = json[list];
    if (!Array.isArray(values) || !values.every(isText)) throw damaged(`its ${list} are no list of texts`);
  }
  if (!isRecord(json.attributes) || !Object.values(json.attributes).every(isText)) {
    throw damaged('its attributes are no texts by title');
  }
  return json as unknown as ValidContact;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function damaged(what: string): TypeError {
  return new TypeError(`A stored contact cannot be read: ${what}.`);
}
