import { isSame, keyOf, type Row, type Text, TEXTS, union } from './row.js';

/** What a connection does with lists: one keeps what others put there, the other puts its own in its place. */
export type Lists = 'union' | 'replace';

/** Put on every contact by the config of both connections. */
export const IMPORT_TAG = 'imported';
/** With `replace`, of the tags that begin so the contact keeps just ours. */
export const MANAGED = 'crm-';

export interface ContactLists {
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly tags: readonly string[];
}

/** A contact as CloudTalk must hold it: what rows said and somebody in CloudTalk did, one after the other. */
export class ExpectedContact {
  readonly texts: Record<Text | 'city' | 'Birthday', string>;
  #lists: ContactLists = { phones: [], emails: [], tags: [] };
  /** All of them, in their order, and the last under each key. */
  readonly #rows: Row[] = [];
  readonly #said = new Map<string, Row>();

  constructor(private readonly policy: Lists) {
    this.texts = { name: '', title: '', company: '', Tier: '', city: '', Birthday: '' };
  }

  get lists(): ContactLists {
    return this.#lists;
  }

  /** The row that was last said of it. */
  get last(): Row | undefined {
    return this.#rows.at(-1);
  }

  /** What was said before that, and may be said again: rows under the same key. */
  get earlier(): readonly Row[] {
    const { last } = this;
    return last === undefined ? [] : this.#rows.slice(0, -1).filter((row) => keyOf(row) === keyOf(last));
  }

  /**
   * What the next row with this key must not say. A row without a record's id stands for the record of its first number
   * or e-mail, and a record that says what it said last is unchanged, whatever other records said of the same contact
   * since. So a row that comes under another key than the one before it has to say something new.
   */
  toAvoid(key: string): Row | undefined {
    return this.last === undefined || keyOf(this.last) === key ? undefined : this.#said.get(key);
  }

  /** A row about it, with its repetitions folded in. */
  say(row: Row): void {
    for (const text of TEXTS) if (row.texts[text] !== '') this.texts[text] = row.texts[text];
    const before = this.#said.get(keyOf(row));
    const own = { ...row, tags: union(row.tags, [IMPORT_TAG]) };
    this.put(this.policy === 'union' ? this.#united(own) : this.#replaced(own, before));
    this.#said.set(keyOf(row), own);
    this.#rows.push(row);
  }

  /** Its lists as somebody in CloudTalk leaves them. */
  put(lists: ContactLists): void {
    this.#lists = lists;
  }

  #united({ phones, emails, tags }: Row): ContactLists {
    const there = this.#lists;
    return { phones: union(there.phones, phones), emails: union(there.emails, emails), tags: union(there.tags, tags) };
  }

  /** A list that is as the record said before is left to others, and so is one that it does not say. */
  #replaced(row: Row, before: Row | undefined): ContactLists {
    const isSaid = (list: keyof ContactLists): boolean =>
      row[list].length > 0 && !(before && isSame(row[list], before[list]));
    const { phones, emails, tags } = this.#lists;
    const kept = tags.filter((tag) => !tag.startsWith(MANAGED));
    return {
      phones: isSaid('phones') ? row.phones : phones,
      emails: isSaid('emails') ? row.emails : emails,
      tags: isSaid('tags') ? union(kept, row.tags) : tags,
    };
  }
}
