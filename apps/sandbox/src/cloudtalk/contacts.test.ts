import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CloudTalkSandbox, startCloudTalkSandbox } from '../index.js';
import { adds, call, callUrl, callWithoutUserAgent } from './test-caller.js';

let sandbox: CloudTalkSandbox;
beforeEach(async () => {
  sandbox = await startCloudTalkSandbox({ operationsPerMinute: 1_000 });
});
afterEach(() => sandbox.close());

const bulk = (...commands: readonly unknown[]) => call(sandbox, 'POST', '/bulk/contacts.json', commands);
const add = (data: object, command_id = 'a') => ({ action: 'add_contact', command_id, data });
const edit = (data: object, command_id = 'e') => ({ action: 'edit_contact', command_id, data });

const FULL = {
  name: 'Tom & "Jerry"',
  title: 'Dr.',
  company: 'A & B',
  city: 'Žilina',
  country_id: 1,
  favorite_agent: 101,
  ContactNumber: [{ public_number: '+421901123456' }, { public_number: 421908123456 }],
  ContactEmail: [{ email: 'tom@example.com' }, { email: 'jerry@example.com' }],
  ContactsTag: [{ name: 'watch' }, { name: 'R&D' }],
  ContactAttribute: [{ attribute_id: 201, value: 'gold' }],
  ExternalUrl: [{ name: 'CRM', url: 'https://crm.example.com/1' }],
};

describe('adding', () => {
  it('keeps everything that was sent', async () => {
    const reply = await bulk(add(FULL));
    expect(reply.data).toEqual({ status: 200, data: [{ command_id: 'a', status: 201, data: { id: '1001' } }] });
    expect(sandbox.contacts()).toMatchObject([
      {
        id: 1001,
        name: 'Tom & "Jerry"',
        title: 'Dr.',
        company: 'A & B',
        city: 'Žilina',
        state: '',
        country: 'AD',
        favorite_agent: 'alice.agent@example.com',
        phones: ['+421901123456', '+421908123456'],
        emails: ['tom@example.com', 'jerry@example.com'],
        tags: ['watch', 'R&D'],
        attributes: { Tier: 'gold' },
        externalUrls: [{ name: 'CRM', url: 'https://crm.example.com/1' }],
      },
    ]);
  });

  it('makes a second contact of the same one, unless the account merges', async () => {
    await bulk(add(FULL), add(FULL, 'b'));
    expect(sandbox.contacts().map((contact) => contact.id)).toEqual([1001, 1002]);
    const merging = await startCloudTalkSandbox({ mergeOnAdd: true });
    merging.add({
      name: 'Old',
      company: 'Kept',
      ContactEmail: [{ email: 'TOM@example.com' }],
      ContactsTag: [{ name: 'old' }],
    });
    const reply = await call(merging, 'PUT', '/contacts/add.json', { ...FULL, company: '' });
    expect(reply.data).toEqual({ status: 201, data: { id: '1001' } });
    expect(merging.contacts()).toMatchObject([
      {
        name: FULL.name,
        company: 'Kept',
        emails: ['TOM@example.com', 'tom@example.com', 'jerry@example.com'],
        tags: ['old', 'watch', 'R&D'],
      },
    ]);
    await merging.close();
  });

  it.each([
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: ' ' }, 'name'],
    ['a long name', { name: '𝒳'.repeat(151) }, 'name'],
    ['a long zip', { zip: '1'.repeat(16) }, 'zip'],
    ['a bad e-mail', { ContactEmail: [{ email: 'tom@' }] }, 'email'],
    ['a bad number', { ContactNumber: [{ public_number: '0901' }] }, 'public_number'],
    ['an unknown country', { country_id: 9_999 }, 'country_id'],
    ['an unknown agent', { favorite_agent: 9 }, 'favorite_agent'],
    ['an unknown attribute', { ContactAttribute: [{ attribute_id: 9, value: 'x' }] }, 'attribute_id'],
    ['a long value', { ContactAttribute: [{ attribute_id: 201, value: 'x'.repeat(256) }] }, 'ContactAttribute'],
    ['too many addresses', { ExternalUrl: Array(4).fill({ name: 'x', url: 'y' }) }, 'ExternalUrl'],
    ['a list that is none', { ContactsTag: 'vip' }, 'ContactsTag'],
  ])('refuses %s and does the rest of the request', async (_name, change, field) => {
    const { data } = await bulk(add({ ...FULL, ...change }), add({ name: '𝒳'.repeat(150) }, 'b'));
    expect(data).toMatchObject({
      data: [
        { command_id: 'a', status: 406, message: 'Invalid input data.', data: { [field]: [expect.any(String)] } },
        { command_id: 'b', status: 201 },
      ],
    });
    expect(sandbox.contacts()).toHaveLength(1);
  });
});

describe('editing', () => {
  it('changes only what is sent, and replaces a list that is', async () => {
    const id = sandbox.add(FULL);
    const change = { id, name: 'Tom', company: '', ContactNumber: [{ public_number: 420601123456 }], ContactsTag: '' };
    expect((await bulk(edit(change))).data).toEqual({ status: 200, data: [{ command_id: 'e', status: 200 }] });
    expect(sandbox.contacts()).toMatchObject([
      { name: 'Tom', title: 'Dr.', company: '', phones: ['+420601123456'], tags: [], attributes: { Tier: 'gold' } },
    ]);
    expect(sandbox.contacts()[0]?.emails).toHaveLength(2);
  });

  it('clears a reference with an empty string, and leaves a refused contact as it was', async () => {
    const id = sandbox.add(FULL);
    await bulk(edit({ id, name: 'Tom', country_id: '', favorite_agent: '' }));
    expect(sandbox.contacts()).toMatchObject([{ country: '', favorite_agent: '' }]);
    await bulk(edit({ id, name: 'Changed', ContactEmail: [{ email: 'bad' }] }));
    expect(sandbox.contacts()).toMatchObject([{ name: 'Tom' }]);
  });

  it('does not find a contact that is gone', async () => {
    const id = sandbox.add(FULL);
    const remove = { action: 'delete_contact', command_id: 'd', data: { id } };
    const { data } = await bulk(remove, edit({ id, name: 'Tom' }), { ...remove, command_id: 'd2' });
    expect(data).toMatchObject({ data: [{ status: 200 }, { status: 404 }, { command_id: 'd2', status: 404 }] });
    expect((await call(sandbox, 'GET', `/contacts/show/${id}.json`)).status).toBe(404);
  });

  it('works one at a time, and with tags alone', async () => {
    const id = sandbox.add(FULL);
    expect((await call(sandbox, 'POST', `/contacts/edit/${id}.json`, { name: 'Tom' })).status).toBe(200);
    await call(sandbox, 'PUT', `/contacts/addTags/${id}.json`, { tags: ['new'] });
    await call(sandbox, 'DELETE', `/contacts/removeTags/${id}.json`, { tags: ['watch'] });
    expect(sandbox.contacts()).toMatchObject([{ name: 'Tom', tags: ['R&D', 'new'] }]);
    expect((await call(sandbox, 'DELETE', `/contacts/delete/${id}.json`)).status).toBe(200);
    expect(sandbox.contacts()).toEqual([]);
  });
});

describe('a bulk request', () => {
  it('is refused as a whole with more than ten actions, or when it is no list of commands', async () => {
    expect((await bulk(...adds(...'abcdefghij'))).status).toBe(200);
    expect(sandbox.contacts()).toHaveLength(10);
    expect((await bulk(...adds(...'abcdefghijk'))).status).toBe(406);
    expect((await call(sandbox, 'POST', '/bulk/contacts.json', { commands: [] })).status).toBe(406);
    expect((await bulk({ action: 'add_contact', data: {} })).status).toBe(406);
    expect(sandbox.contacts()).toHaveLength(10);
  });
});

describe('searching', () => {
  it('finds parts of names, numbers and e-mails, page by page', async () => {
    for (const name of ['Ada', 'Adam', 'Eve']) sandbox.add({ name, ContactEmail: [{ email: `${name}@Example.com` }] });
    sandbox.add({ name: 'Zoe', ContactNumber: [{ public_number: '+421901123456' }] });
    const found = async (query: string) => {
      const { data } = await call(sandbox, 'GET', `/contacts/index.json?${query}`);
      const list = data as { readonly data: readonly { readonly Contact: { readonly name: string } }[] };
      return list.data.map((item) => item.Contact.name);
    };
    expect(await found('keyword=ada')).toEqual(['Ada', 'Adam']);
    expect(await found('keyword=eve%40example.com')).toEqual(['Eve']);
    expect(await found('keyword=%2B421901123456')).toEqual(['Zoe']);
    expect(await found('keyword=nobody')).toEqual([]);
    expect(await found('limit=2&page=2')).toEqual(['Eve', 'Zoe']);
    expect(await found('limit=2&page=3')).toEqual([]);
  });
});

describe('the edge and the key', () => {
  it('turn away a request without a User-Agent with HTML, and a wrong key with 401', async () => {
    expect(await callWithoutUserAgent(sandbox)).toEqual({ status: 403, type: 'text/html; charset=utf-8' });
    const reply = await callUrl(`${sandbox.url}/contacts/index.json`, 'GET', undefined, {
      authorization: 'Basic eDp5',
    });
    expect(reply).toMatchObject({ status: 401, data: { status: 401, message: 'Unauthorized.' } });
    expect(sandbox.operations.map((operation) => operation.operations)).toEqual([0, 0]);
  });
});
