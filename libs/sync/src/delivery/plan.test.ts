import type { ShownContact } from '@cloudtalk-sync/cloudtalk';
import type { ListPolicies } from '@cloudtalk-sync/mapping';
import { type ClearedField, type ValidContact, validateContact } from '@cloudtalk-sync/validation';
import { describe, expect, it } from 'vitest';
import type { AccountIds } from './account-ids.js';
import { planRow } from './plan.js';

const IDS: AccountIds = {
  countries: new Map([['SK', 7]]),
  agents: new Map([['agent@example.com', 101]]),
  attributes: new Map([
    ['Tier', 201],
    ['Birthday', 202],
  ]),
};

const DEFAULTS: ListPolicies = { numbers: 'union', emails: 'union', tags: 'add', attributes: 'managed' };

const P1 = '+421905000001';
const P2 = '+421905000002';

interface Given {
  readonly name?: string;
  readonly title?: string;
  readonly phone?: readonly string[];
  readonly email?: readonly string[];
  readonly tags?: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
  readonly favorite_agent?: string;
  readonly country?: string;
  readonly clear?: readonly ClearedField[];
}

function contact(given: Given = {}): ValidContact {
  const { name = 'Ann', title, country, favorite_agent, phone = [P1], email = [], tags = [], attributes = {} } = given;
  const clear = given.clear ?? [];
  const single = {
    name,
    ...(title && { title }),
    ...(country && { country }),
    ...(favorite_agent && { favorite_agent }),
  };
  const result = validateContact(
    { single, lists: { phone, email, tags }, attributes, clear },
    { defaultCountry: 'SK', unknownColumns: 'fail' },
  );
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.contact;
}

function shown(changes: Partial<ShownContact> = {}): ShownContact {
  const texts = { title: '', company: '', industry: '', website: '', address: '', city: '', zip: '', state: '' };
  return {
    ...texts,
    id: 5,
    name: 'Ann',
    phones: [P1],
    emails: [],
    countryId: undefined,
    favoriteAgentId: undefined,
    tags: [],
    attributes: [],
    externalUrls: [],
    created: undefined,
    modified: undefined,
    ...changes,
  };
}

describe('a contact that CloudTalk does not have', () => {
  it('is added with all that it holds', () => {
    const full = contact({
      title: 'Boss',
      country: 'SK',
      favorite_agent: 'Agent@example.com',
      email: ['a@example.com'],
      tags: ['crm'],
      attributes: { Tier: 'Gold' },
    });
    expect(planRow({ contact: full }, IDS, DEFAULTS)).toEqual({
      kind: 'add',
      data: {
        name: 'Ann',
        title: 'Boss',
        country_id: 7,
        favorite_agent: 101,
        ContactNumber: [{ public_number: P1 }],
        ContactEmail: [{ email: 'a@example.com' }],
        ContactsTag: [{ name: 'crm' }],
        ContactAttribute: [{ attribute_id: 201, value: 'Gold' }],
      },
    });
  });

  it('is added without the lists and fields that are empty', () => {
    expect(planRow({ contact: contact() }, IDS, DEFAULTS)).toEqual({
      kind: 'add',
      data: { name: 'Ann', ContactNumber: [{ public_number: P1 }] },
    });
  });

  it('is refused when the account has no such agent, country or attribute (any more)', () => {
    const strange = contact({ favorite_agent: 'gone@example.com', country: 'CZ', attributes: { Shoe: '44' } });
    const plan = planRow({ contact: strange }, IDS, DEFAULTS);
    expect(plan).toMatchObject({
      kind: 'refuse',
      issues: [
        { field: 'country', code: 'invalid_country' },
        { field: 'favorite_agent', code: 'agent_not_found' },
        { field: 'Shoe', code: 'unknown_attribute' },
      ],
    });
  });
});

describe('the first edit of a matched contact', () => {
  it('waits for a look at the contact, since its lists are not known', () => {
    expect(planRow({ contact: contact(), contactId: 5 }, IDS, DEFAULTS)).toEqual({ kind: 'show', contactId: 5 });
  });

  it('sends every filled field, also one that CloudTalk has already, and no empty one', () => {
    const present = shown({ title: 'Boss', company: 'Theirs', phones: [P1] });
    expect(planRow({ contact: contact({ title: 'Boss' }), contactId: 5, present }, IDS, DEFAULTS)).toEqual({
      kind: 'edit',
      contactId: 5,
      data: { id: 5, name: 'Ann', title: 'Boss' },
    });
  });

  it('sends a list only when it must change, and whole: theirs first, then what is new', () => {
    const present = shown({
      phones: ['+421905777777'],
      emails: ['A@Example.com'],
      tags: ['theirs'],
      attributes: [{ id: 202, value: '1.1.' }],
    });
    const ours = contact({ email: ['a@example.com'], tags: ['ours'], attributes: { Tier: 'Gold' } });
    expect(planRow({ contact: ours, contactId: 5, present }, IDS, DEFAULTS)).toMatchObject({
      data: {
        ContactNumber: [{ public_number: '+421905777777' }, { public_number: P1 }],
        ContactsTag: [{ name: 'theirs' }, { name: 'ours' }],
        ContactAttribute: [
          { attribute_id: 202, value: '1.1.' },
          { attribute_id: 201, value: 'Gold' },
        ],
      },
    });
    expect(planRow({ contact: ours, contactId: 5, present }, IDS, DEFAULTS)).not.toHaveProperty('data.ContactEmail');
  });
});

describe('a later edit', () => {
  const accepted = contact({ title: 'Boss', email: ['a@example.com'], tags: ['crm'], attributes: { Tier: 'Gold' } });
  const again = (given: Given): ValidContact =>
    contact({ title: 'Boss', email: ['a@example.com'], tags: ['crm'], attributes: { Tier: 'Gold' }, ...given });

  it('sends the name and the one field that differs, without a look', () => {
    expect(planRow({ contact: again({ title: 'Chief' }), contactId: 5, accepted }, IDS, DEFAULTS)).toEqual({
      kind: 'edit',
      contactId: 5,
      data: { id: 5, name: 'Ann', title: 'Chief' },
    });
  });

  it('has nothing to send when only an entry, a field or the case of an address went away', () => {
    for (const fewer of [
      contact({ email: ['A@EXAMPLE.com'], tags: ['crm'], attributes: { Tier: 'Gold' } }),
      contact({ title: 'Boss', email: ['a@example.com'] }),
    ]) {
      expect(planRow({ contact: fewer, contactId: 5, accepted }, IDS, DEFAULTS)).toEqual({
        kind: 'unchanged',
        contactId: 5,
      });
    }
  });

  it('looks at the contact before it adds to a list', () => {
    for (const given of [
      { phone: [P1, P2] },
      { email: ['a@example.com', 'b@example.com'] },
      { tags: ['crm', 'new'] },
      { attributes: { Tier: 'Silver' } },
    ]) {
      expect(planRow({ contact: again(given), contactId: 5, accepted }, IDS, DEFAULTS)).toEqual({
        kind: 'show',
        contactId: 5,
      });
    }
  });

  it('leaves lists and attributes that it did not change as others have made them', () => {
    const present = shown({ phones: [P1], emails: [], tags: [], attributes: [{ id: 201, value: 'Silver' }] });
    expect(planRow({ contact: again({ phone: [P1, P2] }), contactId: 5, accepted, present }, IDS, DEFAULTS)).toEqual({
      kind: 'edit',
      contactId: 5,
      data: { id: 5, name: 'Ann', ContactNumber: [{ public_number: P1 }, { public_number: P2 }] },
    });
  });

  it('sends one changed attribute with the others as they are now', () => {
    const present = shown({
      attributes: [
        { id: 201, value: 'Silver' },
        { id: 999, value: 'theirs' },
      ],
    });
    const changed = again({ attributes: { Tier: 'Gold', Birthday: '1.1.' } });
    expect(planRow({ contact: changed, contactId: 5, accepted, present }, IDS, DEFAULTS)).toMatchObject({
      data: {
        ContactAttribute: [
          { attribute_id: 201, value: 'Silver' },
          { attribute_id: 999, value: 'theirs' },
          { attribute_id: 202, value: '1.1.' },
        ],
      },
    });
  });

  it('has nothing to send when CloudTalk has the new entry already', () => {
    const present = shown({ phones: [P1, P2] });
    expect(planRow({ contact: again({ phone: [P1, P2] }), contactId: 5, accepted, present }, IDS, DEFAULTS)).toEqual({
      kind: 'unchanged',
      contactId: 5,
    });
  });
});

describe('list policies', () => {
  const edit = (ours: ValidContact, policies: Partial<ListPolicies>, more: object = {}): unknown =>
    planRow({ contact: ours, contactId: 5, ...more }, IDS, { ...DEFAULTS, ...policies });

  it('replace sends our numbers and e-mails as they are, without a look', () => {
    const accepted = contact({ phone: [P1, P2], email: ['a@example.com'] });
    const ours = contact({ phone: [P2], email: ['a@example.com'] });
    expect(edit(ours, { numbers: 'replace', emails: 'replace' }, { accepted })).toMatchObject({
      kind: 'edit',
      data: { id: 5, name: 'Ann', ContactNumber: [{ public_number: P2 }] },
    });
    expect(edit(ours, { numbers: 'replace' }, { accepted: ours })).toMatchObject({ kind: 'unchanged' });
  });

  it('managed tags take away only those with the prefix that the record no longer has', () => {
    const accepted = contact({ tags: ['crm-a', 'crm-b'] });
    const ours = contact({ tags: ['crm-b', 'crm-c'] });
    expect(edit(ours, { tags: { managed: 'crm-' } }, { accepted })).toMatchObject({ kind: 'show' });
    const present = shown({ tags: ['campaign', 'crm-a', 'crm-b', 'crm-old'] });
    expect(edit(ours, { tags: { managed: 'crm-' } }, { accepted, present })).toMatchObject({
      data: { ContactsTag: [{ name: 'campaign' }, { name: 'crm-b' }, { name: 'crm-c' }] },
    });
  });

  it('an empty list is left alone under every policy, unless the mapping says clear', () => {
    const policies = { emails: 'replace', tags: 'replace' } as const;
    const accepted = contact({ email: ['a@example.com'], tags: ['crm'] });
    expect(edit(contact(), policies, { accepted })).toMatchObject({ kind: 'unchanged' });
    expect(edit(contact({ clear: ['email', 'tags'] }), policies, { accepted })).toMatchObject({
      data: { ContactEmail: '', ContactsTag: '' },
    });
  });
});

describe('a field that the mapping clears', () => {
  it.each(['replace', { managed: 'crm-' }] as const)(
    'is emptied also where it was empty and left alone before (tags: %j)',
    (tags) => {
      const accepted = contact();
      const ours = contact({ clear: ['title', 'tags', 'email', 'attributes.Tier'] });
      const present = shown({ attributes: [{ id: 201, value: 'Gold' }], emails: ['a@example.com'], tags: ['crm-a'] });
      const situation = { contact: ours, contactId: 5, present };
      const policies = { ...DEFAULTS, emails: 'replace', tags } as const;
      expect(planRow({ ...situation, accepted }, IDS, policies)).toMatchObject({
        data: { title: '', ContactEmail: '', ContactsTag: '', ContactAttribute: '' },
      });
      expect(planRow({ ...situation, accepted: ours }, IDS, policies)).toMatchObject({ kind: 'unchanged' });
    },
  );

  it('is emptied once, and not again', () => {
    const accepted = contact({ title: 'Boss', country: 'SK', attributes: { Tier: 'Gold' } });
    const ours = contact({ clear: ['title', 'country', 'attributes.Tier'] });
    const present = shown({
      attributes: [
        { id: 201, value: 'Gold' },
        { id: 202, value: '1.1.' },
      ],
    });
    expect(planRow({ contact: ours, contactId: 5, accepted, present }, IDS, DEFAULTS)).toEqual({
      kind: 'edit',
      contactId: 5,
      data: { id: 5, name: 'Ann', title: '', country_id: '', ContactAttribute: [{ attribute_id: 202, value: '1.1.' }] },
    });
    expect(planRow({ contact: ours, contactId: 5, accepted: ours }, IDS, DEFAULTS)).toMatchObject({
      kind: 'unchanged',
    });
  });
});
