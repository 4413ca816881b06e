import { isSame, type Row, type Text, TEXTS, union } from './row.js';

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
  /** All of them, in their order. */
  readonly #rows: Row[] = [];

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

  /** What was said before that, and may be said again, by whatever first number or e-mail. */
  get earlier(): readonly Row[] {
    return this.#rows.slice(0, -1);
  }

  /** A row about it, with its repetitions folded in. */
  say(row: Row): void {
    for (const text of TEXTS) if (row.texts[text] !== '') this.texts[text] = row.texts[text];
    const before = this.last && withTag(this.last);
    const own = withTag(row);
    this.put(this.policy === 'union' ? this.#united(own) : this.#replaced(own, before));
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

  /** A list that is as the row before said is left to others, and so is one that it does not say. */
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

function withTag(row: Row): Row {
  return { ...row, tags: union(row.tags, [IMPORT_TAG]) };
}
