import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ValidContact } from './contact.js';
import { contactFingerprint } from './fingerprint.js';

const CONTACT = {
  name: 'Emma Johnson',
  company: 'Polar Media',
  website: 'www.polar.com',
  city: 'New York',
  zip: '45515',
  country: 'US',
  phones: ['+13125549441'],
  emails: ['emma.johnson0@polar.com'],
  tags: ['crm'],
  attributes: {},
} as unknown as ValidContact;

describe('the fingerprint of a contact', () => {
  it('is the one that earlier versions stored', () => {
    expect(contactFingerprint(CONTACT)).toBe('UmbfcKeSPN0w_8tlSpzlyE');
  });

  it('is the same in whatever order the fields come, and another for another value', () => {
    const { name, ...rest } = CONTACT;
    expect(contactFingerprint({ ...rest, name } as ValidContact)).toBe(contactFingerprint(CONTACT));
    expect(contactFingerprint({ ...CONTACT, name: 'Emma Johnsen' })).not.toBe(contactFingerprint(CONTACT));
  });

  it.each(['Kateřina 😀', 'half a pair \ud83d', ''])('is the SHA-256 of UTF-8, however Node makes it: %j', (text) => {
    const expected = createHash('sha256').update(`${text.length}:${text}`).digest('base64url').slice(0, 22);
    expect(contactFingerprint(text as unknown as ValidContact)).toBe(expected);
  });
});
