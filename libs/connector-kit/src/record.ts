/** A named value as the source gave it: text in a file, any JSON value in a CRM. Never trimmed, mapped or checked. */
export type FieldValue =
  string | number | boolean | null | readonly FieldValue[] | { readonly [name: string]: FieldValue };
export type Fields = Readonly<Record<string, FieldValue>>;

/** Where to resume reading: JSON that only its connector understands and checks with its `cursorSchema`. */
export type Cursor = unknown;

/** Where a record stands, for the person who looks for it. */
export interface Origin {
  /** The name of the file; absent for a CRM. */
  readonly file?: string;
  /** Counts data rows from 1; absent for a CRM. */
  readonly row?: number;
  /** The line of the file where the row starts, counted from 1; absent for a CRM. */
  readonly line?: number;
}

/** One thing as the source gave it. */
export interface SourceRecord {
  /** Stable for the life of the record; absent where the source has none (a CSV without `idColumn`). */
  readonly id?: string;
  readonly fields: Fields;
  /** Reading `behind` it gives the records after this one, and may repeat some. */
  readonly cursor: Cursor;
  readonly origin: Origin;
  /** What is broken about the record itself (a row with more cells than the header): it fails with these words. */
  readonly damage?: Damage;
  /** Says that the record is no more; its fields may then be empty. */
  readonly gone?: Gone;
}

/** What became of a record that is no more: deleted, or gone into another record, whose id is `into`. */
export type Gone = { readonly how: 'deleted' } | { readonly how: 'merged' | 'converted'; readonly into: string };

export interface Damage {
  readonly value: string;
  readonly message: string;
  readonly fix: string;
}
