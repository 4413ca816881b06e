import { type Drop, DROPS, type Lists } from './drop.js';
import { isSame, type Row, type Text, TEXTS, union } from './row.js';

/** Put on every contact by the config of both connections. */
export const IMPORT_TAG = 'imported';
/** With `replace`, of the tags that begin so the contact keeps just ours. */
export const MANAGED = 'crm-';

export interface ContactLists {
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly tags: readonly string[];
}

/** Files of two drops that are asked to be imported within so many ms may be imported in either order. */
const AT_ONCE = 250;

/** What a file of a drop said, repetitions folded in. */
interface Saying {
  readonly drop: Drop;
  readonly file: string;
  readonly row: Row;
}

/** A contact as CloudTalk must hold it: what rows said and somebody in CloudTalk did, one after the other. */
export class ExpectedContact {
  readonly texts: Record<Text | 'city' | 'Birthday', string>;
  #lists: ContactLists = { phones: [], emails: [], tags: [] };
  /** Those of each drop in their order; between drops only the end shows what came first. */
  readonly #sayings: Saying[] = [];

  constructor(private readonly policy: Lists) {
    this.texts = { name: '', title: '', company: '', Tier: '', city: '', Birthday: '' };
  }

  get lists(): ContactLists {
    return this.#lists;
  }

  /** The rows that the drop said of it, the last at the end; they may be said again. */
  rowsOf(drop: Drop): readonly Row[] {
    return this.#sayings.filter((saying) => saying.drop === drop).map(({ row }) => row);
  }

  /** A row about it, with its repetitions folded in. */
  say(row: Row, drop: Drop, file: string): void {
    const last = this.rowsOf(drop).at(-1);
    const own = withTag(row);
    this.put(this.policy === 'union' ? this.#united(own) : this.#replaced(own, last && withTag(last)));
    this.#sayings.push({ drop, file, row });
  }

  /** Its texts, once it is known when each file was asked to be imported, in ms: by text, what it may be. */
  possibleTexts(times: ReadonlyMap<string, number>): Readonly<Record<string, readonly string[]>> {
    const timeOf = ({ file, drop }: Saying, early?: Drop): number =>
      (times.get(file) ?? 0) - (drop === early ? AT_ONCE : 0);
    const orders = [undefined, ...DROPS].map((early) =>
      this.#textsAfter(this.#sayings.toSorted((one, other) => timeOf(one, early) - timeOf(other, early))),
    );
    const texts = Object.keys(this.texts) as (keyof typeof this.texts)[];
    return Object.fromEntries(texts.map((text) => [text, [...new Set(orders.map((order) => order[text]))]]));
  }

  /** A text that is as the drop said last is not sent, whatever another drop has made of it since. */
  #textsAfter(sayings: readonly Saying[]): typeof this.texts {
    const texts = { ...this.texts };
    const before = new Map<Drop, Row>();
    for (const { drop, row } of sayings) {
      const last = before.get(drop);
      for (const text of TEXTS) {
        const value = row.texts[text];
        if (value !== '' && value !== last?.texts[text]) texts[text] = value;
      }
      before.set(drop, row);
    }
    return texts;
  }

  /** What the files said of it in this text, in the order in which they were dropped. */
  said(text: string): string {
    const rows = this.#sayings.map(({ drop, file, row }) => `${drop} ${file.slice(0, 5)} '${row.texts[text as Text]}'`);
    return rows.join(', ');
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
