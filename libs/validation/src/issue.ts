/** The reasons for which a row can fail: those of CloudTalk's import article, some of them told apart; stable for ever. */
export const ISSUE_CODES = [
  'invalid_phone',
  'phone_too_short',
  'phone_too_long',
  'phone_scientific',
  'phone_ambiguous',
  'phone_is_email',
  'invalid_email',
  'email_is_phone',
  'required_missing',
  'identifier_missing',
  'too_long',
  'too_many',
  'too_short',
  'invalid_website',
  'invalid_country',
  'agent_not_found',
  'unknown_attribute',
  'invalid_value',
] as const;
export type IssueCode = (typeof ISSUE_CODES)[number];

/** One reason why a row cannot be imported. */
export interface Issue {
  /** The template's column, or the title of a custom attribute; `row` when the row as a whole is damaged. */
  readonly field: string;
  readonly code: IssueCode;
  /** The offending value as it came, shortened to 200 characters. */
  readonly value: string;
  /** One sentence: what is wrong with this value. */
  readonly message: string;
  /** One sentence: how to mend it. */
  readonly fix: string;
}

/** Something that was repaired or left out without failing the row or the file. */
export interface Warning {
  readonly field: string;
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly message: string;
}
