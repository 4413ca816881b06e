/** The texts that a row says of a person; an empty one says nothing. */
export const TEXTS = ['name', 'title', 'company', 'Tier'] as const;
export type Text = (typeof TEXTS)[number];

/** A row of a file, before it is written. */
export interface Row {
  readonly texts: Readonly<Record<Text, string>>;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly tags: readonly string[];
}

export const HEADER = 'name,title,company,Tier,phone,email,tags';

/** The line of a CSV file; several entries of a cell are separated by a colon (csv-import-rules.md, "File"). */
export function lineOf({ texts, phones, emails, tags }: Row): string {
  return [...TEXTS.map((text) => texts[text]), ...[phones, emails, tags].map((list) => list.join(':'))].join(',');
}

/** What a row and its repetition further down in the file say together: all their entries, and the later texts. */
export function folded(first: Row, later: Row): Row {
  const texts = Object.fromEntries(TEXTS.map((text) => [text, later.texts[text] || first.texts[text]]));
  return {
    texts: texts as Row['texts'],
    phones: union(first.phones, later.phones),
    emails: union(first.emails, later.emails),
    tags: union(first.tags, later.tags),
  };
}

export function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}

/** Whether two lists have the same entries, in whatever order. */
export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && union(one, other).length === one.length;
}
