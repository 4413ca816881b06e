import { describe, expect, it } from 'vitest';
import { issuesFromRejection } from './index.js';

const SENT = {
  name: 'Jana',
  industry: 'Beads',
  emails: ['a@x.sk', 'b@x.sk'],
  phones: ['+421905000001'],
  favorite_agent: 'eva@x.sk',
  country: 'SK',
  attributes: { Tier: 'gold' },
};

describe("CloudTalk's words about a refused contact", () => {
  it.each([
    ['email', 'Please supply a valid email address.', 'email', 'invalid_email'],
    ['ContactEmail.email', 'Please supply a valid email address.', 'email', 'invalid_email'],
    ['public_number', 'Invalid phone number', 'phone', 'invalid_phone'],
    ['ContactNumber.public_number', 'This number is already used by another contact.', 'phone', 'invalid_value'],
    ['name', 'This field cannot be left empty', 'name', 'required_missing'],
    ['name', 'Name must be at most 150 characters long.', 'name', 'too_long'],
    ['website', 'Not a valid URL', 'website', 'invalid_website'],
    ['country_id', 'Country does not exist', 'country', 'invalid_country'],
    ['favorite_agent', 'Agent not found.', 'favorite_agent', 'agent_not_found'],
    ['ContactAttribute.attribute_id', 'Unknown attribute', 'Tier', 'unknown_attribute'],
    ['ContactAttribute.value', 'Value is longer than 255 characters', 'Tier', 'too_long'],
    ['something', 'Computer says no', 'row', 'invalid_value'],
  ])('%s: %s', (field, words, ourField, code) => {
    const [issue, ...more] = issuesFromRejection('Invalid input data.', { [field]: [words] }, SENT);
    expect(issue).toMatchObject({ field: ourField, code, message: expect.stringContaining(words) as string });
    expect(issue?.fix).not.toBe('');
    expect(more).toEqual([]);
  });

  it.each([
    ['ContactEmail.email', 'a@x.sk:b@x.sk'],
    ['public_number', '+421905000001'],
    ['industry', 'Beads'],
    ['favorite_agent', 'eva@x.sk'],
    ['country_id', 'SK'],
    ['ContactAttribute.value', 'gold'],
    ['title', ''],
    ['something', ''],
  ])('say what was sent of %s', (field, value) => {
    expect(issuesFromRejection('', { [field]: ['No.'] }, SENT)[0]?.value).toBe(value);
  });

  it('name the value in their message, and all attributes where there are several', () => {
    expect(issuesFromRejection('', { favorite_agent: ['Not found.'] }, SENT)[0]?.message).toBe(
      'CloudTalk refused favorite_agent "eva@x.sk": Not found.',
    );
    const several = { ...SENT, attributes: { Tier: 'gold', Plan: 'pro' } };
    expect(issuesFromRejection('', { 'ContactAttribute.value': ['No.'] }, several)).toMatchObject([
      { field: 'row', message: 'CloudTalk refused ContactAttribute.value "Tier=gold:Plan=pro": No.' },
    ]);
  });

  it('come with the fix of our own validation', () => {
    const [issue] = issuesFromRejection('', { name: ['Must be no longer than 150 characters.'] }, SENT);
    expect(issue?.fix).toContain('150');
  });

  it('become one issue each, and one even when no field is named', () => {
    const fields = { email: ['a is not valid', 'b is not valid'], name: ['required'] };
    expect(issuesFromRejection('x', fields, SENT)).toHaveLength(3);
    expect(issuesFromRejection('Merged away.', {}, SENT)).toMatchObject([
      { field: 'row', code: 'invalid_value', message: expect.stringContaining('Merged away.') as string },
    ]);
  });
});
