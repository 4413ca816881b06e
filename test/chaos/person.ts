import { type Drop, type Lists, listsOf } from './drop.js';
import { ExpectedContact, MANAGED } from './expected-contact.js';
import { type Row, type Text, TEXTS } from './row.js';

/** So few values that they come back: what was accepted once, then changed, is said again. */
const VALUES: Readonly<Record<Text, readonly string[]>> = {
  name: ['Jana', 'Jana Nova', 'J. Nova'],
  title: ['New', 'Other', 'Head'],
  company: ['Acme', 'Beta', 'Gamma'],
  Tier: ['gold', 'silver', 'basic'],
};
const TAGS: Readonly<Record<Lists, readonly string[]>> = {
  union: ['ours', 'newsletter'],
  replace: [`${MANAGED}a`, `${MANAGED}b`],
};
/** How often a known person's row says just what the last one said, or one before that. */
const UNCHANGED = 0.25;
const BACK = 0.35;
/** How often a text is empty, and a row brings one more entry. */
const EMPTY = 0.15;
const ONE_MORE = 0.35;

/**
 * What can happen to somebody. `plain`: rows come by whatever CloudTalk knows. `hidden`: agents put the person in with a
 * second number that CloudTalk's list does not show. `shared`: files of two connections speak of the person, and agents
 * may delete or merge the contact at any moment. `moved`: before any row, agents move the number to another contact.
 */
export type Fate = 'plain' | 'hidden' | 'shared' | 'moved';

/** Somebody with up to three numbers and e-mails, of which a row brings one or several. */
export class Person {
  readonly expected: ExpectedContact;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly lists: Lists;
  /** By these CloudTalk knows the person: what no row has brought yet leads nowhere. */
  readonly #known = new Set<string>();
  /** The row after which nothing of what was said before needs to be there: agents deleted the contact before it. */
  #restored: Row | undefined;

  constructor(
    readonly number: number,
    readonly drops: readonly Drop[],
    readonly fate: Fate,
    private readonly random: () => number,
  ) {
    this.lists = drops.includes('replace') ? listsOf('replace') : 'union';
    this.expected = new ExpectedContact(this.lists);
    const upTo = (most: number): number => 1 + Math.floor(random() * most);
    const indexes = (count: number): number[] => [...Array(count).keys()];
    const phones = fate === 'hidden' ? 2 : upTo(3);
    this.phones = indexes(phones).map((index) => `+42190${5 + index}${String(100_000 + number)}`);
    this.emails = indexes(upTo(3)).map((index) => `person-${number}-${index}@example.com`);
  }

  get restored(): Row | undefined {
    return this.#restored;
  }

  /** Somebody in CloudTalk has put the person in already, by the first number and the first e-mail. */
  meet(): void {
    for (const identity of [this.phones[0], this.emails[0]]) if (identity !== undefined) this.#known.add(identity);
  }

  /** The next row of the drop about the person. It counts when it is said. */
  nextRow(drop: Drop): Row {
    const rows = this.expected.rowsOf(drop);
    const [last, earlier] = [rows.at(-1), rows.slice(0, -1)];
    const kind = this.random();
    if (last !== undefined && kind < UNCHANGED) return last;
    const before = earlier[Math.floor(this.random() * earlier.length)];
    if (before !== undefined && kind < UNCHANGED + BACK) return before;
    const identities = this.#identities();
    const tags = TAGS[this.lists].filter(() => this.random() < 0.6);
    return { ...identities, tags, texts: this.#texts() };
  }

  /** A row further down in the same file: of the same record, so that it brings the same and perhaps an e-mail more. */
  repetitionOf(row: Row): Row {
    const emails = this.emails.filter((email) => row.emails.includes(email) || this.#oneMore());
    const texts = this.#texts();
    return row.phones.length > 0 ? { ...row, emails, texts } : { ...row, texts };
  }

  /** Two rows that only CloudTalk knows to be of one contact: one by what its list shows, one by the number that it hides. */
  rowsOfBoth(): readonly [Row, Row] {
    const [first, second] = this.phones;
    const row = (phone: string | undefined): Row => ({
      phones: phone === undefined ? [] : [phone],
      emails: [],
      tags: TAGS[this.lists].filter(() => this.random() < 0.6),
      texts: this.#texts(),
    });
    return [row(first), row(second)];
  }

  /** A row that says all of the person anew, so that all of it must be there whatever became of the contact before. */
  restoringRow(): Row {
    const texts = Object.fromEntries(TEXTS.map((text) => [text, `Anew ${this.number}`])) as Row['texts'];
    const { phones, emails } = this;
    return { phones, emails, tags: TAGS[this.lists], texts: { ...texts, name: this.#name() ?? texts.name } };
  }

  say(row: Row, drop: Drop, file: string): void {
    this.expected.say(row, drop, file);
    for (const identity of [...row.phones, ...row.emails]) this.#known.add(identity);
    const [, hidden] = this.phones;
    if (this.fate === 'hidden' && hidden !== undefined) this.#known.add(hidden);
  }

  /** After a deletion, only what this row says must be there. */
  restore(row: Row): void {
    this.#restored = row;
  }

  /** One by which the person is known, or just anyone for somebody new, and perhaps others; any number may be the first. */
  #identities(): Pick<Row, 'phones' | 'emails'> {
    const all = [...this.phones, ...this.emails];
    const known = this.#known.size === 0 ? all : [...this.#known];
    const anchor = this.#hasAnchor() ? this.phones[0] : known[Math.floor(this.random() * known.length)];
    const isBrought = (identity: string): boolean => identity === anchor || this.#oneMore();
    const phones = this.phones.filter(isBrought);
    const first = Math.floor(this.random() * phones.length);
    return { phones: [...phones.slice(first), ...phones.slice(0, first)], emails: this.emails.filter(isBrought) };
  }

  /** Whether every row brings the first number, so that one finds the contact whatever the others brought before. */
  #hasAnchor(): boolean {
    return this.lists === 'replace' || this.fate === 'shared' || this.fate === 'moved';
  }

  #texts(): Row['texts'] {
    const texts = TEXTS.map((text) => {
      if (text !== 'name' && this.random() < EMPTY) return [text, ''];
      const values = VALUES[text];
      return [text, values[Math.floor(this.random() * values.length)] ?? ''];
    });
    const said = Object.fromEntries(texts) as Row['texts'];
    return { ...said, name: this.#name() ?? said.name };
  }

  /** Every edit sends the name: that of somebody in two files would be the last sent, not the last changed. */
  #name(): string | undefined {
    return this.fate === 'shared' ? 'Shared' : undefined;
  }

  #oneMore(): boolean {
    return this.random() < ONE_MORE;
  }
}
