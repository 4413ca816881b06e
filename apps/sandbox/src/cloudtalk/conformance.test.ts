import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloudTalkSandbox, startCloudTalkSandbox } from '../index.js';
import { call } from './test-caller.js';

/** The examples of the API reference 1.7, without the bulk actions that this stand-in has not. */
const LIST_NUMBERS = { itemsCount: 3, pageCount: 1, pageNumber: 1, limit: 3 };
const ERROR = { status: 404, message: 'Not found.' };
const INVALID = {
  status: 406,
  message: 'Invalid input data.',
  data: { email: ['Please supply a valid email address.'] },
};
const EXAMPLES: readonly (readonly [string, string, unknown, unknown])[] = [
  [
    'POST',
    '/bulk/contacts.json',
    [
      { action: 'add_contact', command_id: '123', data: { name: 'John Snow' } },
      { action: 'edit_contact', command_id: '12345', data: { id: 1001, name: 'Daenerys Stormborn' } },
    ],
    {
      status: 200,
      data: [
        { command_id: '123', status: 201, data: { id: '123' } },
        { command_id: '12345', status: 200 },
      ],
    },
  ],
  [
    'GET',
    '/contacts/index.json?limit=1',
    undefined,
    {
      ...LIST_NUMBERS,
      data: [
        {
          Contact: { id: '1234', name: 'John Doe', company: 'Google' },
          ContactNumber: { public_number: 442012345678 },
          ContactEmail: { email: 'john.doe@gmail.com' },
        },
      ],
    },
  ],
  ['PUT', '/contacts/add.json', { name: 'John' }, { status: 201, data: { id: '12345' } }],
  ['PUT', '/contacts/add.json', { name: 'John', ContactEmail: [{ email: 'x' }] }, INVALID],
  ['POST', '/contacts/edit/1001.json', { title: 'Dr.' }, { status: 200 }],
  ['POST', '/contacts/edit/1.json', { title: 'Dr.' }, ERROR],
  ['DELETE', '/contacts/delete/1.json', undefined, ERROR],
  ['GET', '/contacts/show/1.json', undefined, ERROR],
  [
    'GET',
    '/contacts/show/1001.json',
    undefined,
    {
      Contact: {
        id: '1234',
        name: 'John Doe',
        title: 'Dr.',
        company: 'Google',
        industry: 'it',
        website: 'https://www.google.com/',
        address: 'First st.',
        city: 'New York',
        zip: '11804',
        state: 'NY',
        country_id: '1',
        favorite_agent: '123',
        created: '2017-11-11T15:25:42.000Z',
        modified: '2017-04-26T22:57:50.000Z',
      },
      ExternalUrl: [{ name: 'CRM', url: 'https://cloudtalk.io/c/show/123' }],
      ContactEmail: [{ email: 'joh.doe@gmail.com' }],
      ContactNumber: [{ public_number: 442012345678 }],
      ContactsTag: [{ name: 'vipClients' }],
      // The example has none; the schema of the same answer has.
      ContactAttribute: [{ attribute_id: '1', title: 'Tier', value: 'gold' }],
    },
  ],
  ['GET', '/contacts/attributes.json', undefined, [{ ContactAttribute: { id: '123', title: 'Salary' } }]],
  [
    'PUT',
    '/contacts/addTags/1001.json',
    { tags: ['First'] },
    { status: 200, message: 'x', data: { tags: [{ id: '123', name: 'First' }], contact_id: '123456' } },
  ],
  [
    'DELETE',
    '/contacts/removeTags/1001.json',
    { tags: ['First'] },
    { status: 200, message: 'x', data: { tags: [{ id: '123', name: 'First' }], contact_id: '123456' } },
  ],
  [
    'GET',
    '/countries/index.json',
    undefined,
    [{ Country: { id: '61', name: 'Denmark', country_code: 'DK', iso3: 'DNK', calling_code: '45' } }],
  ],
  [
    'GET',
    '/agents/index.json',
    undefined,
    {
      ...LIST_NUMBERS,
      data: [
        {
          Agent: {
            id: '99',
            name: '123456',
            firstname: 'John',
            lastname: 'Doe',
            email: 'joh.doe@phoonio.com',
            is_daily_limit_ok: true,
            status_outbound: true,
            availability_status: 'online',
            extension: '1001',
            call_number_id: 36,
            default_number: '+421123456789',
            associated_numbers: ['+421123456789'],
          },
        },
      ],
    },
  ],
  ['GET', '/tags/index.json', undefined, { ...LIST_NUMBERS, data: [{ Tag: { id: '99', name: 'Tag' } }] }],
  ['PUT', '/tags/add.json', { name: 'Fresh' }, { status: 201, data: { id: '12345' } }],
];

let sandbox: CloudTalkSandbox;
beforeAll(async () => {
  sandbox = await startCloudTalkSandbox();
  sandbox.add({
    name: 'John Doe',
    country_id: 1,
    favorite_agent: 101,
    ContactNumber: [{ public_number: '+442012345678' }],
    ContactEmail: [{ email: 'john.doe@gmail.com' }],
    ContactsTag: [{ name: 'vipClients' }],
    ContactAttribute: [{ attribute_id: 201, value: 'gold' }],
    ExternalUrl: [{ name: 'CRM', url: 'https://cloudtalk.io/c/show/123' }],
  });
});
afterAll(() => sandbox.close());

/** The types of a value: of an array, those of its members without repetitions; the names of fields in an error are data. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((one) => JSON.stringify(shapeOf(one))))].sort();
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, shapeOf(one)]),
  );
}

describe('the answers have the shapes of the API reference', () => {
  it.each(EXAMPLES)('%s %s', async (method, path, body, example) => {
    const reply = await call(sandbox, method, path, body);
    expect(shapeOf(reply.data)).toEqual(shapeOf(example));
    const { status } = example as { readonly status?: number };
    expect(reply.status).toBe(status ?? 200);
    expect(reply.headers.get('content-type')).toBe('application/json');
  });

  it('escape texts, and list all numbers and e-mails as arrays when told to', async () => {
    const all = await startCloudTalkSandbox({ indexShows: 'all' });
    all.add({
      name: `Tom & 'Jerry' <x>`,
      ContactNumber: [{ public_number: 421901123456 }, { public_number: 421902123456 }],
    });
    expect((await call(all, 'GET', '/contacts/index.json')).data).toMatchObject({
      data: [
        {
          Contact: { id: '1001', name: 'Tom &amp; &#039;Jerry&#039; &lt;x&gt;' },
          ContactNumber: [{ public_number: 421901123456 }, { public_number: 421902123456 }],
          ContactEmail: [],
        },
      ],
    });
    await all.close();
  });
});
