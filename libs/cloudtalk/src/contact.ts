/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Counted from 1. */
  readonly page: number;
  readonly pageCount: number;
  /** Over all pages. */
  readonly itemsCount: number;
}

/** A contact as a list shows it. It may name only the first of the contact's numbers and e-mails. */
export interface ListedContact {
  readonly id: number;
  readonly name: string;
  /** `+` and digits. */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

export interface ShownAttribute {
  readonly id: number;
  readonly title?: string;
  readonly value: string;
}

export interface ExternalUrl {
  readonly name: string;
  readonly url: string;
}

/** A contact whole. A text that is not set is an empty string. */
export interface ShownContact extends ListedContact {
  readonly title: string;
  readonly company: string;
  readonly industry: string;
  readonly website: string;
  readonly address: string;
  readonly city: string;
  readonly zip: string;
  readonly state: string;
  readonly countryId: number | undefined;
  readonly favoriteAgentId: number | undefined;
  readonly tags: readonly string[];
  readonly attributes: readonly ShownAttribute[];
  readonly externalUrls: readonly ExternalUrl[];
  readonly created: Date | undefined;
  readonly modified: Date | undefined;
}

export interface Country {
  readonly id: number;
  readonly name: string;
  /** ISO 3166-1, upper case. */
  readonly alpha2: string;
  /** ISO 3166-1, upper case. */
  readonly alpha3: string;
  readonly callingCode: string;
}

export interface Agent {
  readonly id: number;
  readonly name: string;
  /** As CloudTalk spells it; compare without regard to case. */
  readonly email: string;
}

export interface Attribute {
  readonly id: number;
  readonly title: string;
}

export interface Tag {
  readonly id: number;
  readonly name: string;
}
