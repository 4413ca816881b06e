import * as crypto from 'node:crypto';
import { createHash } from 'node:crypto';
import type { MappedContact, ValidContact } from './contact.js';

/** Characters of base64url that hold 128 bits: two contacts of a billion share them once in 10^20. */
const LENGTH = 22;

/**
 * A short name for all that a contact holds: equal contacts have the same, whatever the order of their keys; the order
 * of a list counts. Stable over versions and machines.
 */
export function contactFingerprint(contact: ValidContact | MappedContact): string {
  return sha256(canonical(contact)).slice(0, LENGTH);
}

/** Of UTF-8, in base64url. In one call where Node has it (20.12 and later): 1 us, against 2 and what the object costs. */
const sha256: (text: string) => string =
  'hash' in crypto
    ? (text) => crypto.hash('sha256', text, 'base64url')
    : (text) => createHash('sha256').update(text).digest('base64url');

/** Text that no other value has: each string with its length before it, the keys of an object in order. */
function canonical(value: unknown): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (Array.isArray(value)) {
    let items = '[';
    for (const item of value) items += canonical(item);
    return `${items}]`;
  }
  if (typeof value !== 'object' || value === null) return `${typeof value}=${String(value)};`;
  let members = '{';
  const record = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(record).sort()) {
    const member = record[key];
    if (member !== undefined) members += `${key.length}:${key}${canonical(member)}`;
  }
  return `${members}}`;
}
