import type { CloudTalkSandbox, SandboxContact } from '../../apps/sandbox/src/index.js';
import { type ContactLists, MANAGED } from './expected-contact.js';
import type { Person } from './person.js';
import { union } from './row.js';

/** The custom attributes of the storm's account; rows bring only the tier. */
export const ATTRIBUTES = [
  { id: 201, title: 'Tier' },
  { id: 202, title: 'Birthday' },
];

type List = keyof ContactLists;
const LISTS: readonly List[] = ['phones', 'emails', 'tags'];

/** The people at CloudTalk: they put contacts in, and change what no row speaks of. */
export class Agents {
  #changes = 0;
  /** Who lost the contact, and may be in CloudTalk or not, with more or less, until a file says all anew. */
  readonly #deleted = new Set<Person>();
  readonly #merged = new Set<Person>();
  /** Contacts that had somebody's number before it was moved, as agents left them. */
  readonly #others = new Map<number, ContactLists>();

  constructor(
    private readonly sandbox: CloudTalkSandbox,
    private readonly random: () => number,
  ) {}

  get deleted(): ReadonlySet<Person> {
    return this.#deleted;
  }

  get merged(): ReadonlySet<Person> {
    return this.#merged;
  }

  get others(): ReadonlyMap<number, ContactLists> {
    return this.#others;
  }

  /** Puts the person in, with more in each list than rows will ever bring. */
  add({ expected, fate, phones, emails }: Person): void {
    const texts = { name: 'Theirs', title: 'Theirs', city: 'Nitra' };
    const attributes = { Tier: 'theirs', Birthday: '1970-01-01' };
    const lists = {
      phones: [...phones.slice(0, fate === 'hidden' ? 2 : 1), this.#foreign('phones')],
      emails: [...emails.slice(0, 1), this.#foreign('emails')],
      tags: [this.#foreign('tags'), `${MANAGED}theirs`],
    };
    Object.assign(expected.texts, { ...texts, ...attributes });
    expected.put(lists);
    const data = LISTS.map((list) => listData(list, lists[list]));
    this.sandbox.add({ ...Object.assign(texts, ...data), ...attributeData(attributes) });
  }

  /** Adds to a list of the person's contact, or changes another value of it; no request about it may be on its way. */
  change(person: Person): void {
    const { expected } = person;
    const contact = this.#contactOf(person);
    if (contact === undefined) return;
    const list = LISTS[Math.floor(this.random() * (LISTS.length + 1))];
    if (list === undefined) {
      const [city, Birthday] = [`City ${this.#changes++}`, `19${70 + Math.floor(this.random() * 30)}-01-01`];
      Object.assign(expected.texts, { city, Birthday });
      this.sandbox.edit(contact.id, { city, ...attributeData({ ...contact.attributes, Birthday }) });
    } else {
      const entry = this.#foreign(list);
      expected.put({ ...expected.lists, [list]: union(expected.lists[list], [entry]) });
      this.sandbox.edit(contact.id, listData(list, union(contact[list], [entry])));
    }
  }

  /** Deletes the person's contact, whatever is on its way to it; once, since CloudTalk may lose a row's contact only once. */
  delete(person: Person): void {
    const contact = this.#contactOf(person);
    if (contact === undefined || this.#hasLost(person)) return;
    this.#deleted.add(person);
    this.sandbox.remove(contact.id);
  }

  /** Merges the person's contact into a new one, with a number and a tag more, whatever is on its way to it. */
  merge(person: Person): void {
    const contact = this.#contactOf(person);
    if (contact === undefined || this.#hasLost(person)) return;
    this.#merged.add(person);
    const own = { phones: [this.#foreign('phones')], emails: [], tags: [this.#foreign('tags')] };
    const { name, title, company, city, attributes } = contact;
    const data = LISTS.map((list) => listData(list, union(own[list], contact[list])));
    this.sandbox.add({ ...Object.assign({ name, title, company, city }, ...data), ...attributeData(attributes) });
    this.sandbox.remove(contact.id);
    const { lists } = person.expected;
    person.expected.put({ ...lists, phones: union(lists.phones, own.phones), tags: union(lists.tags, own.tags) });
  }

  /** Moves the number of somebody of whom no row has spoken yet to a new contact; the old one keeps the e-mail. */
  move(person: Person): void {
    const contact = this.#contactOf(person);
    const phones = person.phones.slice(0, 1);
    if (contact === undefined) return;
    const left = { phones: contact.phones.filter((phone) => !phones.includes(phone)), emails: contact.emails };
    this.sandbox.edit(contact.id, listData('phones', left.phones));
    this.#others.set(contact.id, { ...left, tags: contact.tags });
    const lists = { phones, emails: [], tags: [this.#foreign('tags')] };
    const data = LISTS.map((list) => listData(list, lists[list]));
    this.sandbox.add(Object.assign({ name: 'Theirs' }, ...data) as Readonly<Record<string, unknown>>);
    person.expected.put(lists);
    Object.assign(person.expected.texts, { name: 'Theirs', title: '', city: '', Tier: '', Birthday: '' });
  }

  #hasLost(person: Person): boolean {
    return this.#deleted.has(person) || this.#merged.has(person);
  }

  #contactOf({ phones, emails }: Person): SandboxContact | undefined {
    const isTheirs = (contact: SandboxContact): boolean =>
      contact.phones.some((phone) => phones.includes(phone)) || contact.emails.some((email) => emails.includes(email));
    return this.sandbox.contacts().find((contact) => !this.#others.has(contact.id) && isTheirs(contact));
  }

  /** An entry that is in no row. */
  #foreign(list: List): string {
    const number = this.#changes++;
    if (list === 'phones') return `+421917${String(100_000 + number)}`;
    if (list === 'emails') return `theirs-${number}@example.org`;
    return `${this.random() < 0.3 ? MANAGED : 'theirs-'}${number}`;
  }
}

/** In CloudTalk's own field names. */
function listData(list: List, entries: readonly string[]): Readonly<Record<string, unknown>> {
  if (list === 'phones') return { ContactNumber: entries.map((entry) => ({ public_number: entry })) };
  if (list === 'emails') return { ContactEmail: entries.map((email) => ({ email })) };
  return { ContactsTag: entries.map((name) => ({ name })) };
}

function attributeData(values: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const entries = ATTRIBUTES.flatMap(({ id, title }) => {
    const value = values[title];
    return value === undefined ? [] : [{ attribute_id: id, value }];
  });
  return { ContactAttribute: entries };
}
