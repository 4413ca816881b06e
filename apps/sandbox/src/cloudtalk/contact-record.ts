/** The texts of a contact with the most characters CloudTalk takes (csv-import-rules.md, "Row"). */
export const TEXT_LIMITS = {
  name: 150,
  title: 255,
  company: 100,
  industry: 100,
  website: 100,
  address: 255,
  city: 255,
  zip: 15,
  state: 255,
} as const;
export type TextField = keyof typeof TEXT_LIMITS;
export const TEXT_FIELDS = Object.keys(TEXT_LIMITS) as readonly TextField[];

/** A contact as the account holds it. */
export interface ContactRecord extends Readonly<Record<TextField, string>> {
  readonly id: number;
  readonly countryId: number | undefined;
  readonly favoriteAgent: number | undefined;
  /** Digits only. */
  readonly numbers: readonly string[];
  readonly emails: readonly string[];
  readonly tags: readonly string[];
  readonly attributes: readonly { readonly attributeId: number; readonly value: string }[];
  readonly externalUrls: readonly { readonly name: string; readonly url: string }[];
  readonly created: Date;
  readonly modified: Date;
}

/** What a request changes of a contact: only what it sent. */
export type ContactChange = Partial<Omit<ContactRecord, 'id' | 'created' | 'modified'>>;

/** CloudTalk's words for each refused field. */
export type Refusals = Record<string, string[]>;

/** A contact for people and tests to look at. */
export interface SandboxContact extends Readonly<Record<TextField, string>> {
  readonly id: number;
  /** ISO 3166-1 alpha-2; an empty string when not set. */
  readonly country: string;
  /** The agent's e-mail; an empty string when not set. */
  readonly favorite_agent: string;
  /** `+` and digits. */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly tags: readonly string[];
  /** By title. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly externalUrls: readonly { readonly name: string; readonly url: string }[];
  /** ISO 8601. */
  readonly created: string;
  /** ISO 8601. */
  readonly modified: string;
}
