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

  constructor(
    private readonly sandbox: CloudTalkSandbox,
    private readonly random: () => number,
  ) {}

  /** Puts the person in, with more in each list than rows will ever bring. */
  add({ expected, phones, emails }: Person): void {
    const texts = { name: 'Theirs', title: 'Theirs', city: 'Nitra' };
    const attributes = { Tier: 'theirs', Birthday: '1970-01-01' };
    const lists = {
      phones: [...phones.slice(0, 1), this.#foreign('phones')],
      emails: [...emails.slice(0, 1), this.#foreign('emails')],
      tags: [this.#foreign('tags'), `${MANAGED}theirs`],
    };
    Object.assign(expected.texts, { ...texts, ...attributes });
    expected.put(lists);
    const data = LISTS.map((list) => listData(list, lists[list]));
    this.sandbox.add({ ...Object.assign(texts, ...data), ...attributeData(attributes) });
  }

  /** Adds to a list of the person's contact, or changes another value of it; no request about it may be on its way. */
  change({ expected, phones, emails }: Person): void {
    const isTheirs = (contact: SandboxContact): boolean =>
      contact.phones.some((phone) => phones.includes(phone)) || contact.emails.some((email) => emails.includes(email));
    const contact = this.sandbox.contacts().find(isTheirs);
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
