import type { Issue, IssueCode } from './issue.js';
import { carried, onOneLine, quoted } from './shortened.js';

interface IssueCase {
  readonly code: IssueCode;
  /** One sentence; `{value}`, `{field}` and the facts of the case are filled in. */
  readonly message: string;
  readonly fix: string;
}

const E164_FIX = 'Write the number in international form, for example +421903123456.';

/**
 * Every way in which a value can be refused: the one table behind all messages. The first entries are named as their
 * code and are the general case of it; the others say something more specific under the same code.
 */
export const ISSUE_CASES = {
  invalid_phone: {
    code: 'invalid_phone',
    message: '"{value}" is not a valid phone number, neither in {country} nor in international form.',
    fix: E164_FIX,
  },
  invalid_email: {
    code: 'invalid_email',
    message: '"{value}" is not a valid e-mail address.',
    fix: 'Write one complete address, for example anna@example.com.',
  },
  required_missing: {
    code: 'required_missing',
    message: '"{field}" is empty, and every contact needs one.',
    fix: 'Fill it in; when the whole column is missing, check the spelling of its header or the mapping.',
  },
  identifier_missing: {
    code: 'identifier_missing',
    message: 'The contact has neither a phone number nor an e-mail address.',
    fix: 'Fill in at least one of phone, email and email2.',
  },
  too_long: {
    code: 'too_long',
    message: '"{field}" has {length} characters, and {limit} are allowed.',
    fix: 'Shorten it to at most {limit} characters.',
  },
  too_many: {
    code: 'too_many',
    message: '"{field}" holds {count} values in one cell, and at most {limit} are read.',
    fix: 'Leave at most {limit} values in the cell; when it holds many rows, close the quotation mark that it begins with.',
  },
  too_short: {
    code: 'too_short',
    message: '"{field}" holds only spaces or invisible characters, and at least 1 visible character is needed.',
    fix: 'Fill in {field}.',
  },
  invalid_website: {
    code: 'invalid_website',
    message: '"{value}" is not a web address.',
    fix: 'Write an address such as www.example.com or https://www.example.com/contact.',
  },
  invalid_country: {
    code: 'invalid_country',
    message: '"{value}" is not recognised as a country.',
    fix: 'Write a two-letter code (SK), a three-letter code (SVK) or the English name (Slovakia).',
  },
  agent_not_found: {
    code: 'agent_not_found',
    message: 'No CloudTalk agent has the e-mail address "{value}".',
    fix: 'Correct the address, or add the agent in CloudTalk first.',
  },
  unknown_attribute: {
    code: 'unknown_attribute',
    message: 'The CloudTalk account has no custom attribute called "{field}".',
    fix: 'Create it under Account > Settings > Contacts with exactly this title, or rename the column.',
  },
  invalid_value: {
    code: 'invalid_value',
    message: 'CloudTalk refuses this value: {reason}',
    fix: 'Review the value and correct it.',
  },
  identifier_blank: {
    code: 'too_short',
    message:
      '"{field}" holds only separators, spaces or invisible characters, and the contact has no other phone number or e-mail address.',
    fix: 'Fill in at least one of phone, email and email2.',
  },
  phone_scientific: {
    code: 'phone_scientific',
    message:
      '"{value}" is a phone number that a spreadsheet turned into scientific notation; its last digits are lost.',
    fix: 'Format the phone column as text in the spreadsheet, put the full number in again, and export it again.',
  },
  phone_ambiguous: {
    code: 'phone_ambiguous',
    message: '"{value}" has lost its first characters and could mean more than one number: {candidates}.',
    fix: 'Write the one that is meant, in international form with the leading +.',
  },
  phone_no_digits: {
    code: 'invalid_phone',
    message: '"{value}" is not a phone number: it holds no digits.',
    fix: 'Write a phone number such as +421903123456, or leave the cell empty when there is none.',
  },
  phone_with_words: {
    code: 'invalid_phone',
    message: '"{value}" holds letters or signs that do not belong in a phone number.',
    fix: 'Leave only the number in this cell, for example +421903123456, and move the rest to another column.',
  },
  phone_is_email: {
    code: 'phone_is_email',
    message: '"{value}" is an e-mail address in a phone column.',
    fix: 'Move it to the email column, and put a phone number here or leave the cell empty.',
  },
  phone_too_short: {
    code: 'phone_too_short',
    message: '"{value}" has too few digits for a phone number {place}: {digits}, where {lengths} are needed.',
    fix: E164_FIX,
  },
  phone_too_long: {
    code: 'phone_too_long',
    message: '"{value}" has too many digits for a phone number {place}: {digits}, where {lengths} are needed.',
    fix: 'Write one number in international form; separate several numbers by a colon.',
  },
  phone_long_text: {
    code: 'phone_too_long',
    message: '"{value}" is a text of {length} characters, far more than a phone number has.',
    fix: 'Leave only the number in this cell, for example +421903123456, and move the rest to another column.',
  },
  phone_wrong_length: {
    code: 'invalid_phone',
    message: '"{value}" has a wrong number of digits for a phone number {place}: {digits}, where {lengths} are needed.',
    fix: E164_FIX,
  },
  phone_several: {
    code: 'invalid_phone',
    message: '"{value}" holds more than one number, and no colon between them.',
    fix: 'Put a colon between the numbers, for example +421903123456:+421903123457.',
  },
  phone_other_digits: {
    code: 'invalid_phone',
    message: '"{value}" is written in digits that are not read.',
    fix: 'Write the number in the digits 0 to 9, for example +421903123456.',
  },
  phone_unassigned: {
    code: 'invalid_phone',
    message:
      '"{value}" has as many digits as a phone number {place}, but numbers that begin like this are not assigned.',
    fix: 'Compare its first digits with the source, and write the number in international form, for example +421903123456.',
  },
  phone_unknown_code: {
    code: 'invalid_phone',
    message: '"{value}" is written in international form, and no country has the calling code that it begins with.',
    fix: 'Write + and the calling code of the country before the number, for example +421903123456.',
  },
  email_is_phone: {
    code: 'email_is_phone',
    message: '"{value}" is a phone number in an e-mail column.',
    fix: 'Move it to the phone column, and put an e-mail address here or leave the cell empty.',
  },
  email_with_name: {
    code: 'invalid_email',
    message: '"{value}" holds a name beside the e-mail address.',
    fix: 'Leave only the address in this cell, without the name and without < and >.',
  },
  email_several: {
    code: 'invalid_email',
    message: '"{value}" holds several e-mail addresses that are not separated by a colon.',
    fix: 'Put a colon between the addresses, for example anna@example.com:jana@example.com, and nothing else.',
  },
  email_without_at: {
    code: 'invalid_email',
    message: '"{value}" is not an e-mail address: it has no @.',
    fix: 'Write one complete address, for example anna@example.com.',
  },
  email_several_ats: {
    code: 'invalid_email',
    message: '"{value}" has more than one @.',
    fix: 'Leave one @, between the name and the domain; separate several addresses by a colon.',
  },
  email_with_space: {
    code: 'invalid_email',
    message: '"{value}" has a space inside, which no e-mail address has.',
    fix: 'Delete the space; separate several addresses by a colon.',
  },
  email_with_comma: {
    code: 'invalid_email',
    message: '"{value}" has a comma or semicolon inside, which no e-mail address has.',
    fix: 'Write a dot where one is meant; separate several addresses by a colon.',
  },
  email_incomplete: {
    code: 'invalid_email',
    message: '"{value}" is only half an e-mail address: there is nothing before or after its @.',
    fix: 'Write one complete address, for example anna@example.com.',
  },
  email_stray_dot: {
    code: 'invalid_email',
    message: '"{value}" has a dot too many: two in a row, or one at the beginning or end or beside the @.',
    fix: 'Delete the dot, or write what is missing there.',
  },
  email_without_ending: {
    code: 'invalid_email',
    message: '"{value}" has no ending such as .com after its @.',
    fix: 'Write the whole domain, for example anna@example.com.',
  },
  email_long_text: {
    code: 'invalid_email',
    message: '"{value}" is a text of {length} characters, far more than an e-mail address has.',
    fix: 'Leave only the address in this cell, for example anna@example.com, and move the rest to another column.',
  },
  agent_several: {
    code: 'invalid_email',
    message: '"{value}" holds several e-mail addresses, and a contact has only one favourite agent.',
    fix: 'Leave the address of one agent in this cell.',
  },
  website_with_login: {
    code: 'invalid_website',
    message: 'The web address holds login data (what stands before its @), which everyone would see.',
    fix: 'Delete everything between // and @, and the @ too.',
  },
  website_scheme: {
    code: 'invalid_website',
    message: '"{value}" does not begin with http:// or https://, and no other kind of address is taken.',
    fix: 'Write an address such as www.example.com or https://www.example.com/contact.',
  },
  website_is_email: {
    code: 'invalid_website',
    message: '"{value}" is an e-mail address in the website column.',
    fix: 'Move it to the email column, and put a web address here or leave the cell empty.',
  },
  country_ambiguous: {
    code: 'invalid_country',
    message: '"{value}" could mean more than one country: {candidates}.',
    fix: 'Write the full English name or the two-letter code of the one that is meant.',
  },
  country_not_available: {
    code: 'invalid_country',
    message: '"{value}" says that no country is known; it is not read as NA, the code of Namibia.',
    fix: 'Empty the cell, or write Namibia when that is meant.',
  },
  control_character: {
    code: 'invalid_value',
    message: '"{field}" holds a character that is no text ({reason}) at position {position}: "{value}".',
    fix: 'Delete the character, or type the value again.',
  },
  lost_character: {
    code: 'invalid_value',
    message:
      '"{field}" has a � at position {position}, where a character was lost in an earlier conversion: "{value}".',
    fix: 'Type the value again, or export it anew from where it was still whole, as CSV (UTF-8).',
  },
  failed_formula: {
    code: 'invalid_value',
    message: '"{value}" is no value: a formula of the spreadsheet failed there.',
    fix: 'Mend the formula in the spreadsheet and export it again, or empty the cell.',
  },
  damaged_row: {
    code: 'invalid_value',
    message: '{reason}',
    fix: 'Correct the row so that it has one cell for each column of the header.',
  },
} as const satisfies Record<string, IssueCase>;

/** Names one entry of the table: an issue code, or a more specific case of one. */
export type IssueKind = keyof typeof ISSUE_CASES;

/** What a message says beside the value: `limit`, `length`, `country`, `candidates`, `digits`, `reason`, `position` … */
export type IssueFacts = Readonly<Record<string, string | number>>;

export interface IssueReference {
  readonly code: IssueCode;
  /** What the code means, in words for the README. */
  readonly meaning: string;
  readonly fix: string;
}

/** The reference of all codes, one line each, as CloudTalk's import article tells them; the README is made from it. */
export const ISSUE_TABLE: readonly IssueReference[] = [
  {
    code: 'invalid_phone',
    meaning: 'not a valid national or international number',
    fix: 'use E.164, e.g. +42190812345',
  },
  {
    code: 'phone_too_short',
    meaning: 'fewer digits than any number of its country has',
    fix: 'write the whole number, in E.164 best of all',
  },
  {
    code: 'phone_too_long',
    meaning: 'more digits than any number of its country has',
    fix: 'write one number; separate several by a colon',
  },
  {
    code: 'phone_scientific',
    meaning: 'a spreadsheet cut the number short, as in 4.21901E+11',
    fix: 'make the column text in the spreadsheet, put the full number in, export again',
  },
  {
    code: 'phone_ambiguous',
    meaning: 'the number lost its + or 0 and could be one of several; the message names them',
    fix: 'write the one that is meant, with its +',
  },
  {
    code: 'phone_is_email',
    meaning: 'an e-mail address in the phone column',
    fix: 'move it to the email column',
  },
  { code: 'invalid_email', meaning: 'not a valid e-mail', fix: 'use one complete address, e.g. anna@example.com' },
  { code: 'email_is_phone', meaning: 'a phone number in an e-mail column', fix: 'move it to the phone column' },
  {
    code: 'required_missing',
    meaning: 'a required column is missing or empty',
    fix: 'check header spelling and spaces, fill it in',
  },
  { code: 'identifier_missing', meaning: 'neither a phone nor an e-mail', fix: 'give at least one' },
  { code: 'too_long', meaning: 'more characters than the field allows', fix: 'shorten it' },
  {
    code: 'too_many',
    meaning: 'more than 1000 numbers or e-mails in one cell',
    fix: 'leave fewer; look for a quotation mark that is never closed',
  },
  {
    code: 'too_short',
    meaning: 'something was there, but nothing is left after cleaning (name: at least 1 character)',
    fix: 'fill it in',
  },
  { code: 'invalid_website', meaning: 'not a web address', fix: 'correct it, e.g. www.example.com, or empty the cell' },
  {
    code: 'invalid_country',
    meaning: 'the country is not recognised, or could be several',
    fix: 'use SK, SVK or Slovakia: a two- or three-letter code, or the full English name',
  },
  { code: 'agent_not_found', meaning: 'no agent has that e-mail', fix: 'correct it or add the agent' },
  {
    code: 'unknown_attribute',
    meaning: 'the column is no custom attribute of the account (only with `unknownColumns: fail`)',
    fix: 'create it or rename the column',
  },
  {
    code: 'invalid_value',
    meaning:
      'anything else CloudTalk refuses, with its own words; control or lost characters; a formula that failed; a damaged row',
    fix: 'review the value',
  },
];

/** The issue of one kind with a value, its sentences taken from the table. */
export function describeIssue(kind: IssueKind, field: string, value: string, facts: IssueFacts = {}): Issue {
  const { code, message, fix }: IssueCase = ISSUE_CASES[kind];
  const known: IssueFacts = { country: 'the default country', ...facts, field: onOneLine(field), value: quoted(value) };
  return {
    field,
    code,
    value: carried(value),
    message: fill(message, known),
    fix: fill(fix, known),
  };
}

/** Puts facts into the `{name}` places of a sentence; a fact that is not known leaves its place empty. */
export function fill(sentence: string, facts: IssueFacts): string {
  return sentence.replace(/\{(\w+)\}/g, (_place, name: string) => String(facts[name] ?? ''));
}
