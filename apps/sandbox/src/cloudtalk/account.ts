import { distinct, type KnownIds, readChange } from './contact-change.js';
import type { ContactChange, ContactRecord, SandboxContact } from './contact-record.js';
import { TEXT_FIELDS } from './contact-record.js';
import { isoCountries } from './countries.js';
import {
  type CloudTalkSandboxOptions,
  DEFAULT_AGENTS,
  DEFAULT_ATTRIBUTES,
  type SandboxAgent,
  type SandboxAttribute,
  type SandboxCountry,
} from './options.js';

/** The answer to one action, before it is put into an envelope. */
export interface ActionAnswer {
  readonly status: number;
  readonly message?: string;
  readonly data?: unknown;
}

type Wire = Readonly<Record<string, unknown>>;
const NOT_FOUND: ActionAnswer = { status: 404, message: 'Not found.' };
/** The first contact's id; any number would do. */
const FIRST_ID = 1001;

/** One company's CloudTalk: its contacts, and what adding, editing and deleting does to them. */
export class Account {
  readonly agents: readonly SandboxAgent[];
  readonly attributes: readonly SandboxAttribute[];
  readonly countries: readonly SandboxCountry[];
  /** A record is never changed in place, so that its words hold as long as it does. */
  readonly #contacts = new Map<number, ContactRecord>();
  readonly #words = new WeakMap<ContactRecord, SandboxContact>();
  readonly #tagIds = new Map<string, number>();
  readonly #known: KnownIds;
  readonly #now: () => Date;
  readonly #mergeOnAdd: boolean;
  #nextId = FIRST_ID;

  constructor(options: CloudTalkSandboxOptions) {
    this.agents = options.agents ?? DEFAULT_AGENTS;
    this.attributes = options.attributes ?? DEFAULT_ATTRIBUTES;
    this.countries = options.countries ?? isoCountries();
    this.#now = options.clock ?? (() => new Date());
    this.#mergeOnAdd = options.mergeOnAdd ?? false;
    const ids = (list: readonly { readonly id: number }[]): Set<number> => new Set(list.map((one) => one.id));
    this.#known = { countries: ids(this.countries), agents: ids(this.agents), attributes: ids(this.attributes) };
  }

  /** By id, ascending. */
  get contacts(): readonly ContactRecord[] {
    return [...this.#contacts.values()];
  }

  /** Every tag ever used, with its id. */
  get tags(): readonly { readonly id: number; readonly name: string }[] {
    return [...this.#tagIds].map(([name, id]) => ({ id, name }));
  }

  find(id: number): ContactRecord | undefined {
    return this.#contacts.get(id);
  }

  clear(): void {
    this.#contacts.clear();
    this.#tagIds.clear();
    this.#nextId = FIRST_ID;
  }

  add(data: Wire): ActionAnswer {
    const { change, refusals } = readChange({ name: '', ...data }, this.#known);
    if (Object.keys(refusals).length > 0) return rejected(refusals);
    const same = this.#mergeOnAdd ? this.#sameContact(change) : undefined;
    if (same !== undefined) {
      this.#store(same.id, { ...same, ...merged(same, change) });
      return { status: 201, data: { id: String(same.id) } };
    }
    const id = this.#nextId++;
    this.#store(id, { ...blank(id, this.#now()), ...change });
    return { status: 201, data: { id: String(id) } };
  }

  edit(id: number, data: Wire): ActionAnswer {
    const contact = this.#contacts.get(id);
    if (contact === undefined) return NOT_FOUND;
    const { change, refusals } = readChange(data, this.#known);
    if (Object.keys(refusals).length > 0) return rejected(refusals);
    this.#store(id, { ...contact, ...change });
    return { status: 200 };
  }

  delete(id: number): ActionAnswer {
    return this.#contacts.delete(id) ? { status: 200 } : NOT_FOUND;
  }

  /** Adds to or takes from a contact's tags, by name. */
  changeTags(id: number, names: unknown, how: 'add' | 'remove'): ActionAnswer {
    const contact = this.#contacts.get(id);
    if (contact === undefined) return NOT_FOUND;
    if (!Array.isArray(names)) return { status: 406, message: 'Invalid input data.' };
    const given = names.map(String);
    const tags =
      how === 'add' ? distinct([...contact.tags, ...given]) : contact.tags.filter((tag) => !given.includes(tag));
    this.#store(id, { ...contact, tags });
    const message = how === 'add' ? 'Tags were sucessfully added.' : 'Tags were successfully removed.';
    const listed = given.map((name) => ({ id: String(this.tagId(name)), name }));
    return { status: 200, message, data: { tags: listed, contact_id: String(id) } };
  }

  addTag(name: unknown): ActionAnswer {
    if (typeof name !== 'string' || name === '') return rejected({ name: ['This field cannot be left empty.'] });
    if (this.#tagIds.has(name)) {
      return rejected({ name: ['Tag has already been used. Please select different one.'] });
    }
    return { status: 201, data: { id: String(this.tagId(name)) } };
  }

  tagId(name: string): number {
    const id = this.#tagIds.get(name) ?? this.#tagIds.size + 1;
    this.#tagIds.set(name, id);
    return id;
  }

  /** The contacts in words that need no look-up. */
  snapshot(): readonly SandboxContact[] {
    return this.contacts.map((contact) => {
      const words = this.#words.get(contact) ?? this.#inWords(contact);
      this.#words.set(contact, words);
      return words;
    });
  }

  #inWords(contact: ContactRecord): SandboxContact {
    const { countryId, favoriteAgent, numbers, attributes, created, modified, ...rest } = contact;
    return {
      ...rest,
      country: this.countries.find((country) => country.id === countryId)?.country_code ?? '',
      favorite_agent: this.agents.find((agent) => agent.id === favoriteAgent)?.email ?? '',
      phones: numbers.map((digits) => `+${digits}`),
      attributes: Object.fromEntries(
        attributes.map((entry) => [this.attributeTitle(entry.attributeId), entry.value] as const),
      ),
      created: created.toISOString(),
      modified: modified.toISOString(),
    };
  }

  attributeTitle(id: number): string {
    return this.attributes.find((attribute) => attribute.id === id)?.title ?? String(id);
  }

  #store(id: number, contact: ContactRecord): void {
    for (const tag of contact.tags) this.tagId(tag);
    this.#contacts.set(id, { ...contact, modified: this.#now() });
  }

  /** By phone first, then by e-mail, as CloudTalk's own import merges. */
  #sameContact({ numbers = [], emails = [] }: ContactChange): ContactRecord | undefined {
    const all = this.contacts;
    const lower = emails.map((email) => email.toLowerCase());
    return (
      all.find((contact) => contact.numbers.some((number) => numbers.includes(number))) ??
      all.find((contact) => contact.emails.some((email) => lower.includes(email.toLowerCase())))
    );
  }
}

function rejected(data: Readonly<Record<string, readonly string[]>>): ActionAnswer {
  return { status: 406, message: 'Invalid input data.', data };
}

function blank(id: number, now: Date): ContactRecord {
  const texts = Object.fromEntries(TEXT_FIELDS.map((field) => [field, ''])) as Pick<ContactRecord, 'name'>;
  return {
    ...(texts as ContactRecord),
    id,
    countryId: undefined,
    favoriteAgent: undefined,
    numbers: [],
    emails: [],
    tags: [],
    attributes: [],
    externalUrls: [],
    created: now,
    modified: now,
  };
}

/** The union of the lists; the new value of the rest, where there is one. */
function merged(old: ContactRecord, change: ContactChange): ContactChange {
  const filled = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== '' && value !== undefined));
  const attributes = [...old.attributes, ...(change.attributes ?? [])];
  return {
    ...filled,
    numbers: distinct([...old.numbers, ...(change.numbers ?? [])]),
    emails: distinct([...old.emails, ...(change.emails ?? [])]),
    tags: distinct([...old.tags, ...(change.tags ?? [])]),
    attributes: [...new Map(attributes.map((entry) => [entry.attributeId, entry])).values()],
  };
}
