import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { createCloudTalkClient } from './index.js';
import { json, startTestServer, type TestServer, text } from './test-server.js';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

function client(requestTimeout = 5_000) {
  return createCloudTalkClient({ baseUrl: server.url, accessKeyId: 'KEY', accessKeySecret: 'SECRET', requestTimeout });
}

function page(data: unknown, numbers: object = {}) {
  return json(200, {
    responseData: { itemsCount: '3', pageCount: '1', pageNumber: '1', limit: '1000', data, ...numbers },
  });
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => expect.fail(`nothing was thrown, but ${JSON.stringify(value)} returned`),
    (error: unknown) => error,
  );
}

describe('the list of contacts', () => {
  it('asks for the page, the size and the keyword, encoded', async () => {
    server.answer = page([]);
    await client().contacts({ page: 2, keyword: '+421 a&b' });
    expect(server.received[0]?.url).toBe('/api/contacts/index.json?limit=1000&page=2&keyword=%2B421+a%26b');
  });

  it('is read the same from one object or an array, numbers or strings, escaped or missing', async () => {
    server.answer = page([
      {
        Contact: { id: '1', name: 'Tom &amp; Jerry&#039;s', company: null },
        ContactNumber: { public_number: 442012345678 },
        ContactEmail: { email: 'o&#039;hara@example.com' },
      },
      {
        Contact: { id: 2, name: 'Ada' },
        ContactNumber: [{ public_number: '+421 901 123456' }, { public_number: '' }, { public_number: '421908123456' }],
        ContactEmail: [{ email: 'a@example.com' }, { email: null }],
      },
      { Contact: { id: '3' }, ContactNumber: [], ContactEmail: { email: null } },
    ]);
    expect(await client().contacts({ page: 1 })).toEqual({
      page: 1,
      pageCount: 1,
      itemsCount: 3,
      items: [
        { id: 1, name: "Tom & Jerry's", phones: ['+442012345678'], emails: ["o'hara@example.com"] },
        { id: 2, name: 'Ada', phones: ['+421901123456', '+421908123456'], emails: ['a@example.com'] },
        { id: 3, name: '', phones: [], emails: [] },
      ],
    });
  });

  it('is empty behind the last page, but a first page that is not there is a wrong address', async () => {
    server.answer = json(404, { responseData: { status: 404, message: 'Not found.' } });
    expect(await client().contacts({ page: 4 })).toEqual({ items: [], page: 4, pageCount: 3, itemsCount: 0 });
    expect(await thrownBy(client().contacts({ page: 1 }))).toMatchObject({ code: 'wrong_address' });
  });

  it.each([
    ['no list', json(200, { responseData: { status: 200 } })],
    ['no page count', page([], { pageCount: undefined })],
    ['an item without an id', page([{ Contact: { name: 'Ada' } }])],
    ['HTML', text(200, '<html>Log in</html>')],
    ['truncated JSON', text(200, '{"responseData":{"data":[')],
  ])('never reads as empty: %s', async (_name, answer) => {
    server.answer = answer;
    const error = await thrownBy(client().contacts({ page: 1 }));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code: 'unreadable_answer' });
  });

  it.each([
    ['a 500', json(500, {})],
    ['a 500 inside a 200', json(200, { responseData: { status: 500, message: 'Something went wrong.' } })],
    ['a 503 with HTML', text(503, '<html></html>')],
    ['a redirect', text(301, '', { location: '/' })],
    ['no answer in time', () => undefined],
  ])('is unavailable for the moment: %s', async (_name, answer) => {
    server.answer = answer;
    const error = await thrownBy(client(300).contacts({ page: 1 }));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('the contacts') as string });
  });

  it('throws the refusals of the account as everything else does', async () => {
    server.answer = json(200, { responseData: { status: 401 } });
    expect(await thrownBy(client().contacts({ page: 1 }))).toMatchObject({ name: 'FatalError', code: 'key_refused' });
    server.answer = json(429, {});
    const error = await thrownBy(client().contacts({ page: 1 }));
    expect(error).toMatchObject({ name: 'RetryableError', code: 'rate_limited', retryAt: undefined });
  });
});

describe('one contact', () => {
  it('is shown whole, typed and unescaped', async () => {
    server.answer = json(200, {
      responseData: {
        Contact: {
          id: '1234',
          name: 'John Doe',
          title: 'Dr.',
          company: 'A &amp; B',
          country_id: '1',
          favorite_agent: '0',
          created: '2017-11-11T15:25:42.000Z',
          modified: '2018-01-10 12:34:56',
        },
        ExternalUrl: [{ name: 'CRM', url: 'https://cloudtalk.io/?a=1&amp;b=2' }],
        ContactEmail: [{ email: 'joh.doe@gmail.com' }],
        ContactNumber: [{ public_number: 442012345678 }],
        ContactsTag: [{ name: 'R&amp;D' }, { name: 'shopify' }],
        ContactAttribute: [
          { attribute_id: '12', title: 'Tier', value: '&lt;gold&gt;' },
          { attribute_id: 13, value: 7 },
        ],
      },
    });
    expect(await client().show(1234)).toEqual({
      id: 1234,
      name: 'John Doe',
      phones: ['+442012345678'],
      emails: ['joh.doe@gmail.com'],
      title: 'Dr.',
      company: 'A & B',
      industry: '',
      website: '',
      address: '',
      city: '',
      zip: '',
      state: '',
      countryId: 1,
      favoriteAgentId: undefined,
      tags: ['R&D', 'shopify'],
      attributes: [
        { id: 12, title: 'Tier', value: '<gold>' },
        { id: 13, value: '7' },
      ],
      externalUrls: [{ name: 'CRM', url: 'https://cloudtalk.io/?a=1&b=2' }],
      created: new Date('2017-11-11T15:25:42.000Z'),
      modified: new Date('2018-01-10T12:34:56.000Z'),
    });
    expect(server.received[0]).toMatchObject({ method: 'GET', url: '/api/contacts/show/1234.json' });
  });

  it.each([404, 200])('is undefined when CloudTalk has none, said with HTTP %i', async (status) => {
    server.answer = json(status, { responseData: { status: 404, message: 'Not found.' } });
    expect(await client().show(5)).toBeUndefined();
  });

  it('is not taken for absent when the page that is missing is not one of CloudTalk', async () => {
    server.answer = text(404, '<html>nginx</html>');
    expect(await thrownBy(client().show(5))).toBeInstanceOf(FatalError);
  });

  it('is not believed when it is another one, or none', async () => {
    server.answer = json(200, { responseData: { Contact: { id: '6', name: 'Eve' } } });
    expect(await thrownBy(client().show(5))).toMatchObject({ code: 'unreadable_answer' });
    server.answer = json(200, { responseData: {} });
    expect(await thrownBy(client().show(5))).toMatchObject({ code: 'unreadable_answer' });
  });
});

describe('the small lists', () => {
  it('come wrapped in their names, ids as strings', async () => {
    const denmark = { id: '61', name: 'Denmark', country_code: 'DK', iso3: 'DNK', calling_code: '45' };
    server.answer = json(200, { responseData: [{ Country: denmark }] });
    const expected = { id: 61, name: 'Denmark', alpha2: 'DK', alpha3: 'DNK', callingCode: '45' };
    expect(await client().countries()).toEqual([expected]);
    server.answer = json(200, { responseData: [{ ContactAttribute: { id: '123', title: 'Salary &amp; more' } }] });
    expect(await client().attributes()).toEqual([{ id: 123, title: 'Salary & more' }]);
  });

  it('are read page by page', async () => {
    const Agent = { id: '99', firstname: 'John', lastname: 'Doe', email: 'o&#039;doe@example.com ' };
    server.answer = page([{ Agent }], { pageCount: 3, pageNumber: 2 });
    expect(await client().agents(2)).toEqual({
      items: [{ id: 99, name: 'John Doe', email: "o'doe@example.com" }],
      page: 2,
      pageCount: 3,
      itemsCount: 3,
    });
    expect(server.received[0]?.url).toBe('/api/agents/index.json?limit=1000&page=2');
  });

  it('are read as the example and as the schema of the document has them', async () => {
    server.answer = page([{ Tag: { id: '99', name: 'Tag' } }, { id: 100, name: 'R&amp;D' }]);
    expect((await client().tags(1)).items).toEqual([
      { id: 99, name: 'Tag' },
      { id: 100, name: 'R&D' },
    ]);
  });

  it('do not pass for empty when the list is junk', async () => {
    server.answer = json(200, { responseData: 'maintenance' });
    expect(await thrownBy(client().attributes())).toMatchObject({ code: 'unreadable_answer' });
  });
});
