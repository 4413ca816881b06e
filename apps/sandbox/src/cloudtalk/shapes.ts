import type { Account, ActionAnswer } from './account.js';
import type { ContactRecord } from './contact-record.js';
import type { SandboxAgent, SandboxCountry } from './options.js';

/** An HTTP answer before it is written. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly html?: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#039;',
};

/** As PHP's htmlspecialchars, which CloudTalk puts its texts through. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

export function enveloped(status: number, responseData: unknown): HttpAnswer {
  return { status, body: JSON.stringify({ responseData }) };
}

/** The answer to a single action or an error: its status stands in the envelope and in HTTP. */
export function actionAnswer(answer: ActionAnswer): HttpAnswer {
  return enveloped(answer.status, answer);
}

/** One page of a list, as the collections envelope has it. */
export function pageAnswer<T>(items: readonly T[], query: URLSearchParams, shape: (item: T) => unknown): HttpAnswer {
  const limit = Math.min(Math.max(Math.trunc(Number(query.get('limit') ?? 30)) || 30, 1), 1000);
  const pageNumber = Math.max(Math.trunc(Number(query.get('page') ?? 1)) || 1, 1);
  const data = items.slice((pageNumber - 1) * limit, pageNumber * limit).map(shape);
  const pageCount = Math.max(1, Math.ceil(items.length / limit));
  return enveloped(200, { itemsCount: items.length, pageCount, pageNumber, limit, data });
}

export function listedContact(contact: ContactRecord, shows: 'first' | 'all'): unknown {
  const numbers = contact.numbers.map((number) => ({ public_number: Number(number) }));
  const emails = contact.emails.map((email) => ({ email: escaped(email) }));
  return {
    Contact: { id: String(contact.id), name: escaped(contact.name), company: escaped(contact.company) },
    ...(shows === 'all'
      ? { ContactNumber: numbers, ContactEmail: emails }
      : {
          ...(numbers[0] === undefined ? {} : { ContactNumber: numbers[0] }),
          ...(emails[0] === undefined ? {} : { ContactEmail: emails[0] }),
        }),
  };
}

export function shownContact(contact: ContactRecord, account: Account): unknown {
  return {
    Contact: {
      id: String(contact.id),
      name: escaped(contact.name),
      title: escaped(contact.title),
      company: escaped(contact.company),
      industry: escaped(contact.industry),
      website: escaped(contact.website),
      address: escaped(contact.address),
      city: escaped(contact.city),
      zip: escaped(contact.zip),
      state: escaped(contact.state),
      country_id: contact.countryId === undefined ? null : String(contact.countryId),
      favorite_agent: contact.favoriteAgent === undefined ? null : String(contact.favoriteAgent),
      created: contact.created.toISOString(),
      modified: contact.modified.toISOString(),
    },
    ExternalUrl: contact.externalUrls.map((url) => ({ name: escaped(url.name), url: escaped(url.url) })),
    ContactEmail: contact.emails.map((email) => ({ email: escaped(email) })),
    ContactNumber: contact.numbers.map((number) => ({ public_number: Number(number) })),
    ContactsTag: contact.tags.map((name) => ({ name: escaped(name) })),
    ContactAttribute: contact.attributes.map((entry) => ({
      attribute_id: String(entry.attributeId),
      title: escaped(account.attributeTitle(entry.attributeId)),
      value: escaped(entry.value),
    })),
  };
}

export function shownCountry(country: SandboxCountry): unknown {
  return { Country: { ...country, id: String(country.id), name: escaped(country.name) } };
}

export function shownAgent(agent: SandboxAgent): unknown {
  return {
    Agent: {
      id: String(agent.id),
      name: String(100_000 + agent.id),
      firstname: escaped(agent.firstname ?? ''),
      lastname: escaped(agent.lastname ?? ''),
      email: escaped(agent.email),
      is_daily_limit_ok: true,
      status_outbound: true,
      availability_status: 'online',
      extension: '1001',
      call_number_id: 36,
      default_number: '+421123456789',
      associated_numbers: ['+421123456789'],
    },
  };
}
