import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileMapping, mappingSchema, templateMapping } from './index.js';

/** A mapping as the config gives it, with a phone if it names none, checked by the schema first. */
function compile(config: object, tag?: string): ReturnType<typeof compileMapping> {
  return compileMapping(mappingSchema.parse({ phone: 'Phone', ...config }), tag === undefined ? {} : { tag });
}

describe('the mapping of the design’s example', () => {
  const mapping = compile(
    {
      name: '{{ FirstName }} {{ LastName }}',
      phone: ['MobilePhone', 'Phone'],
      email: 'Email',
      country: 'MailingCountry',
      favorite_agent: 'Owner.Email',
      tags: [{ value: 'crm' }, { from: 'LeadSource', lookup: { Web: 'inbound' }, default: 'other' }],
      attributes: { Tier: 'Account.Tier__c' },
    },
    'salesforce',
  );

  it('maps a full record', () => {
    const fields = {
      FirstName: ' Anna ',
      LastName: 'Nováková',
      MobilePhone: '0903 123 456',
      Phone: '02/123',
      Email: 'a@b.sk:c@d.sk',
      MailingCountry: 'Slovakia',
      Owner: { Email: 'agent@firma.sk' },
      LeadSource: 'Web',
      Account: { Tier__c: 3 },
    };
    expect(mapping.map(fields)).toEqual({
      single: { name: 'Anna Nováková', country: 'Slovakia', favorite_agent: 'agent@firma.sk' },
      lists: { phone: ['0903 123 456', '02/123'], email: ['a@b.sk:c@d.sk'], tags: ['crm', 'inbound', 'salesforce'] },
      attributes: { Tier: '3' },
    });
  });

  it('leaves out what the record does not have', () => {
    expect(mapping.map({ LastName: 'Novák', Phone: '', Email: null, Owner: null, LeadSource: 'Fair' })).toEqual({
      single: { name: 'Novák' },
      lists: { tags: ['crm', 'other', 'salesforce'] },
      attributes: {},
    });
  });

  it('says what it reads, fills and needs', () => {
    expect(mapping.sourceFields).toEqual([
      'FirstName',
      'LastName',
      'MailingCountry',
      'Owner.Email',
      'MobilePhone',
      'Phone',
      'Email',
      'LeadSource',
      'Account.Tier__c',
    ]);
    expect(mapping.attributes).toEqual(['Tier']);
    expect(mapping.usesAgents).toBe(true);
    expect(compile({ name: 'Name' }).usesAgents).toBe(false);
  });
});

describe('a form', () => {
  const nameOf = (form: unknown, fields: Record<string, unknown>): string | undefined =>
    compile({ name: form }).map(fields).single.name;

  it('prefers a flat field whose name has a dot to the path', () => {
    expect(nameOf('Owner.Email', { 'Owner.Email': 'flat', Owner: { Email: 'nested' } })).toBe('flat');
    expect(nameOf('A.B.C', { A: { B: { C: 'deep' } } })).toBe('deep');
    expect(nameOf('A.B.C', { A: 'text' })).toBeUndefined();
    expect(nameOf('constructor.name', {})).toBeUndefined();
  });

  it('takes the first filled of a list for a field of one value', () => {
    expect(nameOf(['A', 'B', { value: 'nobody' }], { A: ' ', B: 'b' })).toBe('b');
    expect(nameOf(['A', 'B', { value: 'nobody' }], { A: '', B: null })).toBe('nobody');
    expect(nameOf(['A', 'B'], { A: '  ' })).toBe('  ');
  });

  it('keeps the text of a bare word as it is, and collapses the spaces of a template', () => {
    expect(nameOf('A', { A: '  x  y ' })).toBe('  x  y ');
    expect(nameOf('{{A}}  {{ B }} {{C}}', { A: 'x', C: 'z' })).toBe('x z');
    expect(nameOf('{{ A }}', {})).toBeUndefined();
    expect(nameOf('{{ A }}', { A: '$& {{ B }}', B: 'b' })).toBe('$& {{ B }}');
    expect(nameOf('Dr. {{ Owner.Name }}!', { Owner: { Name: 'Who' } })).toBe('Dr. Who!');
  });

  it('turns numbers, booleans and lists into text', () => {
    expect(nameOf('A', { A: 421903123456 })).toBe('421903123456');
    expect(nameOf('A', { A: false })).toBe('false');
    expect(nameOf('A', { A: ['x', null, 'y'] })).toBe('x:y');
    expect(nameOf('A', { A: { b: 1 } })).toBeUndefined();
    expect(nameOf({ value: 7 }, {})).toBe('7');
  });

  it('looks a value up exactly, then whatever its case, then by default', () => {
    const form = { from: 'S', lookup: { Web: 'exact', web: 'lower', FAIR: 'fair' } };
    expect(nameOf(form, { S: 'Web' })).toBe('exact');
    expect(nameOf(form, { S: 'web' })).toBe('lower');
    expect(nameOf(form, { S: 'WEB' })).toBe('exact');
    expect(nameOf(form, { S: ' fair ' })).toBe('fair');
    expect(nameOf(form, { S: 'Phone' })).toBeUndefined();
    expect(nameOf({ ...form, default: 'other' }, { S: 'Phone' })).toBe('other');
    expect(nameOf({ ...form, default: 'other' }, {})).toBe('other');
    expect(nameOf({ from: 'S', default: 'other' }, { S: 'kept' })).toBe('kept');
  });

  it('adds the tag of the import also where the mapping has no tags', () => {
    expect(compile({ name: 'A' }, 'spring').map({ A: 'x' }).lists).toEqual({ tags: ['spring'] });
  });
});

describe('the schema of a mapping', () => {
  const problemsOf = (config: unknown): string[] =>
    mappingSchema.safeParse(config).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

  it('names the allowed fields when one is not known', () => {
    expect(problemsOf({ name: 'A', Phone: 'B' })).toEqual([
      ': "Phone" is no contact field. Allowed are name, phone, email, email2, title, company, industry, website, ' +
        'address, city, zip, state, country, favorite_agent, tags, attributes. ' +
        'A custom attribute belongs under attributes.',
    ]);
  });

  it('asks for a name and for something to find the contact by', () => {
    const none = expect.stringMatching(/^: Nothing here gives a phone number or an e-mail address.* Write "phone: /);
    expect(problemsOf({ name: 'A', city: 'C' })).toEqual([none]);
    expect(problemsOf({ phone: 'P' })).toEqual([expect.stringMatching(/^name: /)]);
    expect(problemsOf({ city: 'C' })).toEqual([expect.stringMatching(/^name: /), none]);
    for (const field of ['phone', 'email', 'email2']) expect(problemsOf({ name: 'A', [field]: 'X' })).toEqual([]);
  });

  it('says what may stand beside a field', () => {
    expect(problemsOf({ name: 7, phone: 'P' })).toEqual([
      expect.stringMatching(/^name: Write a source field, a template/),
    ]);
    expect(problemsOf({ name: { valu: 'x' }, phone: 'P' })).toHaveLength(1);
    expect(problemsOf({ name: '{{ A }', phone: 'P' })).toHaveLength(1);
    expect(problemsOf({ name: '{{ }}', phone: 'P' })).toHaveLength(1);
    expect(problemsOf({ name: 'A', phone: [] })).toHaveLength(1);
    expect(problemsOf({ name: 'A', phone: { valu: 'x' } })).toHaveLength(1);
    expect(problemsOf(null)).toHaveLength(1);
    expect(problemsOf({ name: 'A', phone: 'P', attributes: { Tier: '' } })).toHaveLength(1);
  });

  it('becomes a JSON Schema for editors', () => {
    const schema = z.toJSONSchema(mappingSchema);
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(schema.properties ?? {})).toContain('favorite_agent');
  });
});

describe('the mapping by CloudTalk’s template', () => {
  it('takes the template’s columns for fields and every other for a custom attribute', () => {
    const mapping = templateMapping(['name', 'phone', 'email2', 'tags', ' Tier ', ''], { tag: 'spring' });
    const fields = { name: ' Anna ', phone: '1:2', email2: '', tags: 'a:b', ' Tier ': 'gold', '': 'x' };
    expect(mapping.map(fields)).toEqual({
      single: { name: ' Anna ' },
      lists: { phone: ['1:2'], tags: ['a:b', 'spring'] },
      attributes: { Tier: 'gold' },
    });
    expect(mapping.attributes).toEqual(['Tier']);
    expect(mapping.sourceFields).toEqual(['name', 'phone', 'email2', 'tags', ' Tier ']);
    expect(mapping.usesAgents).toBe(false);
    expect(mapping.repairedColumns).toEqual([]);
  });

  it('understands a column in another case or with spaces, and says so', () => {
    const mapping = templateMapping(['Name', ' PHONE ', 'Favorite_Agent', 'email', 'Email']);
    expect(mapping.map({ Name: 'A', ' PHONE ': '1', Favorite_Agent: 'x', email: 'a', Email: 'b' })).toEqual({
      single: { name: 'A', favorite_agent: 'x' },
      lists: { phone: ['1'], email: ['a'] },
      attributes: { Email: 'b' },
    });
    expect(mapping.repairedColumns).toEqual([
      { from: 'Name', to: 'name' },
      { from: ' PHONE ', to: 'phone' },
      { from: 'Favorite_Agent', to: 'favorite_agent' },
    ]);
    expect(mapping.usesAgents).toBe(true);
  });

  it('leaves out the cells that a short row does not have', () => {
    expect(templateMapping(['name', 'city', 'constructor']).map({ name: 'A' })).toEqual({
      single: { name: 'A' },
      lists: {},
      attributes: {},
    });
  });
});
