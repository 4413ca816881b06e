import type { Account } from './account.js';
import { answerBulk } from './bulk.js';
import type { ContactRecord } from './contact-record.js';
import {
  actionAnswer,
  enveloped,
  escaped,
  type HttpAnswer,
  listedContact,
  pageAnswer,
  shownAgent,
  shownContact,
  shownCountry,
} from './shapes.js';

/** A request to the API, below its base URL. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed; undefined when it is not JSON. */
  readonly body: unknown;
}

interface Context extends ApiRequest {
  readonly account: Account;
  readonly shows: 'first' | 'all';
  /** The number in the path, where there is one. */
  readonly id: number;
  /** The body's members; none when the body is no object. */
  readonly data: Readonly<Record<string, unknown>>;
}
type Route = (context: Context) => HttpAnswer;

/** The path of bulk requests. */
export const BULK_PATH = '/bulk/contacts.json';
const NOT_FOUND = { status: 404, message: 'Not found.' };

const ROUTES: Readonly<Record<string, Route>> = {
  [`POST ${BULK_PATH}`]: ({ account, body }) => answerBulk(account, body),
  'GET /contacts/index.json': ({ account, query, shows }) =>
    pageAnswer(
      account.contacts.filter((contact) => matches(contact, query, account)),
      query,
      (contact) => listedContact(contact, shows),
    ),
  'GET /contacts/show/{id}.json': ({ account, id }) => {
    const contact = account.find(id);
    return contact === undefined ? actionAnswer(NOT_FOUND) : enveloped(200, shownContact(contact, account));
  },
  'PUT /contacts/add.json': ({ account, data }) => actionAnswer(account.add(data)),
  'POST /contacts/edit/{id}.json': ({ account, id, data }) => actionAnswer(account.edit(id, data)),
  'DELETE /contacts/delete/{id}.json': ({ account, id }) => actionAnswer(account.delete(id)),
  'PUT /contacts/addTags/{id}.json': ({ account, id, data }) =>
    actionAnswer(account.changeTags(id, data['tags'], 'add')),
  'DELETE /contacts/removeTags/{id}.json': ({ account, id, data }) =>
    actionAnswer(account.changeTags(id, data['tags'], 'remove')),
  'GET /contacts/attributes.json': ({ account }) =>
    enveloped(
      200,
      account.attributes.map(({ id, title }) => ({ ContactAttribute: { id: String(id), title: escaped(title) } })),
    ),
  'GET /countries/index.json': ({ account }) => enveloped(200, account.countries.map(shownCountry)),
  'GET /agents/index.json': ({ account, query }) => pageAnswer(byId(account.agents, query), query, shownAgent),
  'GET /tags/index.json': ({ account, query }) =>
    pageAnswer(byId(account.tags, query), query, ({ id, name }) => ({ Tag: { id: String(id), name: escaped(name) } })),
  'PUT /tags/add.json': ({ account, data }) => actionAnswer(account.addTag(data['name'])),
};

/** Carries out one request as CloudTalk documents it. */
export function answerApi(account: Account, request: ApiRequest, shows: 'first' | 'all'): HttpAnswer {
  const id = /\/(\d+)\.json$/.exec(request.path)?.[1];
  const pattern = request.path.replace(/\/\d+\.json$/, '/{id}.json');
  const route = ROUTES[`${request.method} ${pattern}`];
  if (route === undefined) return actionAnswer(NOT_FOUND);
  const { body } = request;
  const data = typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {};
  return route({ ...request, account, shows, id: Number(id), data });
}

function byId<T extends { readonly id: number }>(items: readonly T[], query: URLSearchParams): readonly T[] {
  const id = query.get('id');
  return id === null ? items : items.filter((item) => item.id === Number(id));
}

function matches(contact: ContactRecord, query: URLSearchParams, account: Account): boolean {
  const country = query.get('country_id');
  const tag = query.get('tag_id');
  const industry = query.get('industry');
  const keyword = query.get('keyword');
  return (
    (country === null || contact.countryId === Number(country)) &&
    (tag === null || contact.tags.some((name) => account.tagId(name) === Number(tag))) &&
    (industry === null || contact.industry === industry) &&
    (keyword === null || hasKeyword(contact, keyword))
  );
}

/** A substring of the name, an e-mail or the digits of a number. */
function hasKeyword(contact: ContactRecord, keyword: string): boolean {
  const wanted = keyword.trim().toLowerCase();
  const digits = /^[+\d\s()./-]+$/.test(wanted) ? wanted.replace(/\D/g, '') : '';
  return (
    [contact.name, ...contact.emails].some((text) => text.toLowerCase().includes(wanted)) ||
    (digits !== '' && contact.numbers.some((number) => number.includes(digits)))
  );
}
