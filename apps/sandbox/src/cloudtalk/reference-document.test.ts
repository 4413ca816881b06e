import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemsOf, type RecordedExchange } from './test-recorder.js';
import { REFERENCE } from './test-reference.js';
import {
  agent,
  contactData,
  country,
  listedContact,
  LONGEST_URL_NAME,
  MOST_ACTIONS,
  MOST_URLS,
  shownContact,
  TEXT_MAXIMUMS,
} from './test-reference-shapes.js';

/** The published document is others' text and no part of this repository: it stands beside the checkout, if anywhere. */
const DOCUMENT = fileURLToPath(new URL('../../../../../shared/reference/cloudtalk-openapi.json', import.meta.url));

const members = z.object({ properties: z.record(z.string(), z.unknown()) });
const data = z.object({ oneOf: z.array(members.extend({ title: z.string() })) });
const operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: z.unknown() })).default([]),
  responses: z.record(z.string(), z.unknown()),
});
const bulk = z.object({
  maxItems: z.number(),
  items: z.object({ required: z.array(z.string()), properties: z.object({ data }) }),
});
const bulkBody = z.object({ content: z.object({ 'application/json': z.object({ schema: bulk }) }) });
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

describe.skipIf(!existsSync(DOCUMENT))(`what is taken for the API reference (left out without ${DOCUMENT})`, () => {
  const read = () => document.parse(JSON.parse(readFileSync(DOCUMENT, 'utf8')));
  const namesOf = (schema: string) => Object.keys(members.parse(read().components.schemas[schema]).properties);

  it.each(REFERENCE)('$method $path has these parameters and statuses', ({ answers, method, path, query }) => {
    const { parameters, responses } = operation.parse(read().paths[path]?.[method.toLowerCase()]);
    const asked = parameters.filter((parameter) => parameter.in === 'query');
    expect(Object.fromEntries(asked.map(({ name, schema }) => [name, schema]))).toEqual(query);
    expect(Object.keys(responses)).toEqual(Object.keys(answers));
  });

  it('a bulk request has so many actions, with these members', () => {
    const post = z.object({ requestBody: bulkBody }).parse(read().paths['/bulk/contacts.json']?.['post']);
    const { items, maxItems } = post.requestBody.content['application/json'].schema;
    expect(maxItems).toBe(MOST_ACTIONS);
    expect(items.required).toEqual(['action', 'command_id', 'data']);
    const alternative = (title: string) =>
      Object.keys(items.properties.data.oneOf.find((one) => one.title === title)?.properties ?? {}).sort();
    expect(alternative('add contact')).toEqual(Object.keys(contactData).sort());
    expect(alternative('edit contact')).toEqual(['id', ...Object.keys(contactData)].sort());
    expect(alternative('delete contact/note/activity')).toEqual(['id']);
  });

  it('its members and limits are those of the document', () => {
    const { schemas } = read().components;
    const { properties } = members.parse(schemas['Contact']);
    const maximums = Object.keys(TEXT_MAXIMUMS).map((name) => [name, z.object({ maximum: z.number() })] as const);
    const limits = maximums.map(([name, schema]) => [name, schema.parse(properties[name]).maximum]);
    expect(Object.fromEntries(limits)).toEqual(TEXT_MAXIMUMS);
    expect(schemas['ExternalUrlArray']).toMatchObject({
      maxItems: MOST_URLS,
      items: { properties: { name: { maxLength: LONGEST_URL_NAME } } },
    });
    expect(namesOf('Contact')).toEqual(expect.arrayContaining(Object.keys(shownContact.shape)));
    expect(namesOf('ContactList')).toEqual(Object.keys(listedContact.shape));
    expect(namesOf('Country')).toEqual(Object.keys(country.shape));
    expect(namesOf('Agent')).toEqual(expect.arrayContaining(Object.keys(agent.shape)));
  });
});

const HEADERS = {
  accept: 'application/json',
  'content-type': 'application/json',
  authorization: 'Basic a2V5',
  'user-agent': 'test',
};
const LIST: RecordedExchange = {
  method: 'GET',
  path: '/contacts/index.json',
  query: new URLSearchParams({ limit: '1000', page: '1' }),
  headers: HEADERS,
  body: undefined,
  status: 200,
  answer: '{"responseData":{"itemsCount":0,"pageCount":1,"pageNumber":1,"limit":1000,"data":[]}}',
};
const bulkOf = (body: unknown): RecordedExchange => ({
  ...LIST,
  method: 'POST',
  path: '/bulk/contacts.json',
  query: new URLSearchParams(),
  body,
  answer: '{"responseData":{"status":200,"data":[]}}',
});
const add = (command_id: string, more: object = {}) => ({
  action: 'add_contact',
  command_id,
  data: { name: 'Jana', ...more },
});

describe('the check of an exchange', () => {
  it('finds nothing where there is nothing', () => {
    expect([LIST, bulkOf([add('1'), add('2', { ContactEmail: '' })])].flatMap(problemsOf)).toEqual([]);
  });

  const query = (parameters: Record<string, string>) => ({ ...LIST, query: new URLSearchParams(parameters) });
  it.each<readonly [string, RecordedExchange]>([
    ['an unknown path', { ...LIST, path: '/calls/index.json' }],
    ['a wrong method', { ...LIST, method: 'POST' }],
    ['a page of more than 1000', query({ limit: '1001' })],
    ['a page before the first', query({ page: '0' })],
    ['an unknown parameter', query({ phone: '1' })],
    ['no key', { ...LIST, headers: { ...HEADERS, authorization: '' } }],
    ['no User-Agent', { ...LIST, headers: { ...HEADERS, 'user-agent': '' } }],
    ['eleven actions', bulkOf(Array.from({ length: 11 }, (_, index) => add(String(index))))],
    ['no action', bulkOf([])],
    ['a command_id twice', bulkOf([add('1'), add('1')])],
    ['a member that an add has not', bulkOf([add('1', { id: 1 })])],
    ['a number not in E.164', bulkOf([add('1', { ContactNumber: [{ public_number: '0905123456' }] })])],
    ['a text that is too long', bulkOf([add('1', { zip: 'x'.repeat(16) })])],
    ['an undocumented status', { ...LIST, status: 404, answer: '{"responseData":{"status":404,"message":""}}' }],
    ['no envelope', { ...LIST, answer: '{"itemsCount":0,"pageCount":1,"pageNumber":1,"limit":1000,"data":[]}' }],
    ['a list without its data', { ...LIST, answer: '{"responseData":{"itemsCount":0}}' }],
    [
      'a status of the body that is not that of the answer',
      { ...LIST, status: 429, answer: '{"responseData":{"status":401,"message":""}}' },
    ],
  ])('finds %s', (_what, exchange) => {
    expect(problemsOf(exchange)).toHaveLength(1);
  });
});
