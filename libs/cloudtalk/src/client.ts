import { readBulkAnswer } from './bulk-answer.js';
import type { BulkResult, Command } from './command.js';
import type { Agent, Attribute, Country, ListedContact, Page, ShownContact, Tag } from './contact.js';
import { openEnvelope } from './envelope.js';
import {
  agent,
  attribute,
  country,
  listedContact,
  readList,
  readPage,
  shownContact,
  tag,
  UnreadableAnswer,
} from './read-answer.js';
import { throwRefusal, unavailable, unreachable, unreadable } from './refusal.js';
import { type Call, type ClientOptions, createTransport, type Transport } from './transport.js';

/** CloudTalk lists at most this many items a page (API reference 1.7, `limit`). */
export const MAX_PAGE_SIZE = 1000;

/** Which part of the contact list to read. */
export interface ContactsQuery {
  /** Counted from 1. */
  readonly page: number;
  /** Items a page, 1 to 1000; default 1000. */
  readonly limit?: number;
  /** Searches name, phone and e-mail loosely: verify a hit before believing it. */
  readonly keyword?: string;
}

/**
 * One CloudTalk account. Every call is one operation, made once, now: the client never repeats and never waits. A page
 * behind the last one is empty. Throws FatalError `key_refused` and `wrong_address`, RetryableError `rate_limited` and
 * `unreachable`; the reads also RetryableError `unavailable` and `unreadable_answer`.
 */
export interface CloudTalkClient {
  /** Sends up to 10 commands; what it throws proves that none of them was carried out. */
  readonly bulk: (commands: readonly Command[]) => Promise<BulkResult>;
  readonly contacts: (query: ContactsQuery) => Promise<Page<ListedContact>>;
  /** Undefined when the account has no such contact. */
  readonly show: (id: number) => Promise<ShownContact | undefined>;
  readonly countries: () => Promise<readonly Country[]>;
  /** A page of up to 1000, counted from 1. */
  readonly agents: (page: number) => Promise<Page<Agent>>;
  readonly attributes: () => Promise<readonly Attribute[]>;
  /** A page of up to 1000, counted from 1. */
  readonly tags: (page: number) => Promise<Page<Tag>>;
}

/** Makes the client of one account; nothing is sent before the first call. */
export function createCloudTalkClient(options: ClientOptions): CloudTalkClient {
  const transport = createTransport(options);
  return {
    bulk: async (commands) => {
      const exchange = await transport.exchange({ method: 'POST', path: '/bulk/contacts.json', body: commands });
      return readBulkAnswer(exchange, commands, transport.address);
    },
    contacts: ({ page, limit = MAX_PAGE_SIZE, keyword }) => {
      const search = keyword === undefined ? {} : { keyword };
      const query = { limit: String(limit), page: String(page), ...search };
      return readOnePage(transport, '/contacts/index.json', query, 'the contacts', 'contact', listedContact);
    },
    show: (id) => show(transport, id),
    countries: () =>
      list(transport, '/countries/index.json', 'the countries', (content) => readList(content, 'country', country)),
    attributes: () =>
      list(transport, '/contacts/attributes.json', 'the custom attributes', (content) =>
        readList(content, 'attribute', attribute),
      ),
    agents: (page) => readOnePage(transport, '/agents/index.json', fullPage(page), 'the agents', 'agent', agent),
    tags: (page) => readOnePage(transport, '/tags/index.json', fullPage(page), 'the tags', 'tag', tag),
  };
}

type PageQuery = Readonly<Record<string, string>> & { readonly page: string };

function fullPage(page: number): PageQuery {
  return { limit: String(MAX_PAGE_SIZE), page: String(page) };
}

async function readOnePage<T>(
  transport: Transport,
  path: string,
  query: PageQuery,
  what: string,
  key: string,
  parse: (item: unknown) => T | undefined,
): Promise<Page<T>> {
  const page = Number(query.page);
  const call = { method: 'GET', path, query } as const;
  const answer = await read(transport, call, what, (content) => readPage(content, key, parse), page > 1);
  return answer ?? { items: [], page, pageCount: page - 1, itemsCount: 0 };
}

async function show(transport: Transport, id: number): Promise<ShownContact | undefined> {
  const what = `contact ${id}`;
  const toContact = (content: unknown): ShownContact => {
    const contact = shownContact(content);
    if (contact?.id !== id) throw new UnreadableAnswer('it is not that contact');
    return contact;
  };
  return read(transport, { method: 'GET', path: `/contacts/show/${id}.json` }, what, toContact, true);
}

async function list<T>(transport: Transport, path: string, what: string, parse: (content: unknown) => T): Promise<T> {
  const answer = await read(transport, { method: 'GET', path }, what, parse, false);
  return answer as T;
}

/** Undefined only for a 404 in CloudTalk's own words, and only when one is expected. */
async function read<T>(
  transport: Transport,
  call: Call,
  what: string,
  parse: (content: unknown) => T,
  mayBeAbsent: boolean,
): Promise<T | undefined> {
  const { address } = transport;
  const exchange = await transport.exchange(call);
  if (exchange.kind === 'never opened') throw unreachable(exchange.message, address);
  if (exchange.kind === 'lost') throw unavailable(what, exchange.message, address);
  const envelope = openEnvelope(exchange.httpStatus, exchange.json);
  if (envelope.status === 404 && exchange.json !== undefined && mayBeAbsent) return undefined;
  throwRefusal(envelope.status, exchange, address);
  if (envelope.status < 200 || envelope.status > 299) {
    throw unavailable(what, `it answered ${envelope.status} ${envelope.message}`.trimEnd(), address);
  }
  if (exchange.json === undefined) throw unreadable(what, 'it is not JSON', address);
  try {
    return parse(envelope.content);
  } catch (error) {
    throw error instanceof UnreadableAnswer ? unreadable(what, error.message, address) : error;
  }
}
