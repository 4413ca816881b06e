/**
 * The fields of CloudTalk's contact that hold one text each, named as the columns of CloudTalk's CSV template
 * (import article, "Example columns").
 */
export const SINGLE_FIELDS = [
  'name',
  'title',
  'company',
  'industry',
  'website',
  'address',
  'city',
  'zip',
  'state',
  'country',
  'favorite_agent',
] as const;
export type SingleField = (typeof SINGLE_FIELDS)[number];

/** The fields that may hold several values, as columns of the template; `email2` is one more e-mail column. */
export const LIST_FIELDS = ['phone', 'email', 'email2', 'tags'] as const;
export type ListField = (typeof LIST_FIELDS)[number];

export type ContactField = SingleField | ListField;

/** Every column of CloudTalk's template, in the template's order. */
export const TEMPLATE_COLUMNS = [
  'name',
  'phone',
  'email',
  'email2',
  'title',
  'company',
  'industry',
  'website',
  'address',
  'city',
  'zip',
  'state',
  'country',
  'favorite_agent',
  'tags',
] as const satisfies readonly ContactField[];

/**
 * A field that an empty source value empties in CloudTalk too, because its mapping says `clear`: by its column, or by
 * the title of the custom attribute.
 */
export type ClearedField = ContactField | `attributes.${string}`;

/**
 * The unchecked result of a mapping: text as the source gave it, untrimmed and unsplit. A list field has one entry for
 * each source field that feeds it; an entry may still hold several values separated by `:`. Absent means not mapped.
 */
export interface MappedContact {
  readonly single: Readonly<Partial<Record<SingleField, string>>>;
  readonly lists: Readonly<Partial<Record<ListField, readonly string[]>>>;
  /** By the title of the custom attribute. */
  readonly attributes: Readonly<Record<string, string>>;
  /**
   * Fields that are mapped with `clear`, to be emptied in CloudTalk when they turn out to be empty; absent when there
   * is none.
   */
  readonly clear?: readonly ClearedField[];
}

declare const valid: unique symbol;

/**
 * A contact that keeps every rule of CloudTalk's import. Made by `validateContact`, `foldContacts` and `leaveOutTags`, and
 * with the tag of an end instead of its own by the planner. Empty optional fields are absent. Serialises to plain JSON and
 * back without loss (`reviveContact`).
 */
export interface ValidContact {
  readonly [valid]: true;
  readonly name: string;
  /** E.164 with `+`, without repetitions, in the order of the source. */
  readonly phones: readonly string[];
  /** Trimmed, domain in lower case, without repetitions, in the order of the source. */
  readonly emails: readonly string[];
  readonly title?: string;
  readonly company?: string;
  readonly industry?: string;
  readonly website?: string;
  readonly address?: string;
  readonly city?: string;
  readonly zip?: string;
  readonly state?: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country?: string;
  /** The e-mail of a CloudTalk agent. */
  readonly favorite_agent?: string;
  readonly tags: readonly string[];
  /** By the title of the custom attribute; never an empty value. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Fields to be emptied in CloudTalk; none of them is filled above. Absent when there is none. */
  readonly clear?: readonly ClearedField[];
  /**
   * Tags that the contact must not have (a `*` at the end stands for any rest), or `ours`: all that the record put on it
   * before. Absent: tags are left as the list policies say.
   */
  readonly withoutTags?: TagsLeftOut;
}

export type TagsLeftOut = 'ours' | readonly string[];
