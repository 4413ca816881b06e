import { describe, expect, it } from 'vitest';
import type { MappedContact, ValidContact } from './contact.js';
import { contactFingerprint } from './fingerprint.js';
import { foldContacts } from './fold-contacts.js';
import { reviveContact } from './revive-contact.js';
import { validateContact } from './validate-contact.js';

function valid(
  single: MappedContact['single'],
  lists: MappedContact['lists'] = {},
  attributes: MappedContact['attributes'] = {},
): ValidContact {
  const mapped = { single: { name: 'Anna', ...single }, lists: { phone: ['0903123456'], ...lists }, attributes };
  const validation = validateContact(mapped, { defaultCountry: 'SK', unknownColumns: 'warn' });
  if (!validation.ok) throw new Error(validation.issues[0]?.message);
  return validation.contact;
}

describe('folding two records of one contact', () => {
  it('joins numbers, e-mails and tags, and takes the newest filled value of the rest', () => {
    const first = valid(
      { name: 'Anna', city: 'Žilina', zip: '01001' },
      { email: ['Anna@firma.sk'], tags: ['a:b'] },
      { Tier: 'gold', Old: 'x' },
    );
    const later = valid(
      { name: 'Anna Nováková', city: 'Martin' },
      { phone: ['0904123456:0903123456'], email: ['anna@firma.sk:a@b.sk'], tags: ['b:c'] },
      { Tier: 'silver' },
    );
    expect(foldContacts(first, later)).toEqual({
      name: 'Anna Nováková',
      city: 'Martin',
      zip: '01001',
      phones: ['+421903123456', '+421904123456'],
      emails: ['Anna@firma.sk', 'a@b.sk'],
      tags: ['a', 'b', 'c'],
      attributes: { Tier: 'silver', Old: 'x' },
    });
  });
});

describe('the fingerprint of a contact', () => {
  it('does not see the order of keys, and sees everything else', () => {
    const one = { single: { name: 'A', city: 'B' }, lists: { tags: ['x', 'y'] }, attributes: { P: '1', Q: '2' } };
    const same = { attributes: { Q: '2', P: '1' }, lists: { tags: ['x', 'y'] }, single: { city: 'B', name: 'A' } };
    expect(contactFingerprint(one)).toBe(contactFingerprint(same));
    const others: MappedContact[] = [
      { ...one, single: { name: 'B', city: 'A' } },
      { ...one, lists: { tags: ['y', 'x'] } },
      { ...one, lists: { tags: ['x:y'] } },
      { ...one, lists: { phone: ['x', 'y'] } },
      { ...one, attributes: { P: '12', Q: '' } },
      { ...one, single: { name: 'A1:B', city: '' } },
    ];
    expect(new Set([one, ...others].map(contactFingerprint)).size).toBe(others.length + 1);
  });

  it('is the same in every version: links in the database carry it', () => {
    expect(contactFingerprint({ single: { name: 'Žofia' }, lists: { phone: ['+421'] }, attributes: {} })).toBe(
      'ut0aSNbzVNe4yKjO2n8Dms',
    );
  });
});

describe('a stored contact', () => {
  it('comes back from JSON as it went', () => {
    const contact = valid({ city: 'Žilina' }, { tags: ['a'] }, { Tier: 'gold' });
    expect(reviveContact(JSON.parse(JSON.stringify(contact)))).toEqual(contact);
  });

  it.each([
    [null, 'it is no object'],
    [[], 'it is no object'],
    [{}, 'it has no name'],
    [{ name: 'A', phones: ['x'], emails: [], tags: 'a', attributes: {} }, 'its tags are no list of texts'],
    [{ name: 'A', phones: [1], emails: [], tags: [], attributes: {} }, 'its phones are no list of texts'],
    [{ name: 'A', phones: [], emails: [], tags: [], attributes: { a: 1 } }, 'its attributes are no texts by title'],
    [{ name: 'A', phones: [], emails: [], tags: [], attributes: {}, city: 1 }, 'its city is no text'],
  ])('is refused when it is %j', (json, reason) => {
    expect(() => reviveContact(json)).toThrow(`A stored contact cannot be read: ${reason}.`);
  });
});
