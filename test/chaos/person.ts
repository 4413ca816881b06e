import { ExpectedContact, type Lists, MANAGED } from './expected-contact.js';
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

/** Somebody with up to three numbers and e-mails, of which a row brings one or several. */
export class Person {
  readonly expected: ExpectedContact;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  /** By these CloudTalk knows the person: what no row has brought yet leads nowhere. */
  readonly #known = new Set<string>();

  constructor(
    readonly number: number,
    readonly lists: Lists,
    private readonly random: () => number,
  ) {
    this.expected = new ExpectedContact(lists);
    const upTo = (most: number): number[] => [...Array(1 + Math.floor(random() * most)).keys()];
    this.phones = upTo(3).map((index) => `+42190${5 + index}${String(100_000 + number)}`);
    this.emails = upTo(3).map((index) => `person-${number}-${index}@example.com`);
  }

  /** Somebody in CloudTalk has put the person in already, by the first number and the first e-mail. */
  meet(): void {
    for (const identity of [this.phones[0], this.emails[0]]) if (identity !== undefined) this.#known.add(identity);
  }

  /** The next row about the person. It counts when it is said. */
  nextRow(): Row {
    const { earlier, last } = this.expected;
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

  say(row: Row): void {
    this.expected.say(row);
    for (const identity of [...row.phones, ...row.emails]) this.#known.add(identity);
  }

  /** One by which the person is known, or just anyone for somebody new, and perhaps others; any number may be the first. */
  #identities(): Pick<Row, 'phones' | 'emails'> {
    const all = [...this.phones, ...this.emails];
    const known = this.#known.size === 0 ? all : [...this.#known];
    const anchor = this.lists === 'replace' ? this.phones[0] : known[Math.floor(this.random() * known.length)];
    const isBrought = (identity: string): boolean => identity === anchor || this.#oneMore();
    const phones = this.phones.filter(isBrought);
    const first = Math.floor(this.random() * phones.length);
    return { phones: [...phones.slice(first), ...phones.slice(0, first)], emails: this.emails.filter(isBrought) };
  }

  #texts(): Row['texts'] {
    const texts = TEXTS.map((text) => {
      if (text !== 'name' && this.random() < EMPTY) return [text, ''];
      const values = VALUES[text];
      return [text, values[Math.floor(this.random() * values.length)] ?? ''];
    });
    return Object.fromEntries(texts) as Row['texts'];
  }

  #oneMore(): boolean {
    return this.random() < ONE_MORE;
  }
}
