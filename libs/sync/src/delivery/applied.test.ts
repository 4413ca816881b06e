import type { ContactData, ShownContact } from '@cloudtalk-sync/cloudtalk';
import { describe, expect, it } from 'vitest';
import { isApplied } from './applied.js';

const SHOWN: ShownContact = {
  id: 5,
  name: 'Ann',
  title: 'Boss',
  company: '',
  industry: '',
  website: '',
  address: '',
  city: '',
  zip: '',
  state: '',
  phones: ['+421905000001', '+421905000002'],
  emails: ['Ann@Example.com'],
  countryId: 7,
  favoriteAgentId: undefined,
  tags: ['crm'],
  attributes: [{ id: 201, value: 'Gold' }],
  externalUrls: [],
  created: undefined,
  modified: undefined,
};

describe('a command counts as carried out', () => {
  it.each<[string, Partial<ContactData>]>([
    ['when nothing but the name was sent', {}],
    ['when each text is there, whatever the space around it', { title: ' Boss ' }],
    ['when a cleared text is empty', { company: '' }],
    ['when each number is among those that are there', { ContactNumber: [{ public_number: '+421905000002' }] }],
    ['when the address is there in another case', { ContactEmail: [{ email: 'ann@example.com' }] }],
    ['when the country is the one', { country_id: 7 }],
    ['when a cleared agent is none', { favorite_agent: '' }],
    [
      'when the tags and attributes are there',
      { ContactsTag: [{ name: 'crm' }], ContactAttribute: [{ attribute_id: 201, value: 'Gold' }] },
    ],
  ])('%s', (_, data) => {
    expect(isApplied({ name: 'Ann', ...data }, SHOWN, 'add_contact')).toBe(true);
  });
});

describe('a command does not count as carried out', () => {
  it.each<[string, Partial<ContactData>]>([
    ['when the name is another', { name: 'Ben' }],
    ['when a text is missing', { city: 'Brno' }],
    ['when a text differs', { title: 'boss' }],
    ['when a number is missing', { ContactNumber: [{ public_number: '+421905000003' }] }],
    ['when a cleared list is not empty', { ContactsTag: '' }],
    ['when an attribute has another value', { ContactAttribute: [{ attribute_id: 201, value: 'Silver' }] }],
    ['when the agent is not set', { favorite_agent: 101 }],
    ['when a cleared country is still there', { country_id: '' }],
  ])('%s', (_, data) => {
    expect(isApplied({ name: 'Ann', ...data }, SHOWN, 'add_contact')).toBe(false);
  });
});

it('an edit that was to take an entry away is not applied while the entry is there', () => {
  const data = { name: 'Ann', ContactNumber: SHOWN.phones.slice(0, 1).map((phone) => ({ public_number: phone })) };
  const more = { ...SHOWN, phones: [...SHOWN.phones, '+421905999999'] };
  expect(isApplied(data, more, 'edit_contact')).toBe(false);
  expect(isApplied(data, more, 'add_contact')).toBe(true);
});
