import {
  ATTRIBUTE_LIMIT,
  type ContactValues,
  describeIssue,
  FIELD_LIMITS,
  type Issue,
  type IssueCode,
  quoted,
} from '@cloudtalk-sync/validation';
import type { RejectedFields } from './command.js';

interface OurField {
  readonly field: string;
  /** What it means when CloudTalk calls the value wrong without saying how. */
  readonly invalid: IssueCode;
}

const text = (field: string): OurField => ({ field, invalid: 'invalid_value' });
const PHONE: OurField = { field: 'phone', invalid: 'invalid_phone' };
const EMAIL: OurField = { field: 'email', invalid: 'invalid_email' };
const AGENT: OurField = { field: 'favorite_agent', invalid: 'agent_not_found' };
const COUNTRY: OurField = { field: 'country', invalid: 'invalid_country' };
const TAGS = text('tags');
const ATTRIBUTE: OurField = { field: 'attributes', invalid: 'unknown_attribute' };

/** CloudTalk's name of a field -> ours. */
const FIELDS: Readonly<Record<string, OurField>> = {
  name: text('name'),
  title: text('title'),
  company: text('company'),
  industry: text('industry'),
  website: { field: 'website', invalid: 'invalid_website' },
  address: text('address'),
  city: text('city'),
  zip: text('zip'),
  state: text('state'),
  country: COUNTRY,
  country_id: COUNTRY,
  favorite_agent: AGENT,
  phone: PHONE,
  public_number: PHONE,
  ContactNumber: PHONE,
  'ContactNumber.public_number': PHONE,
  email: EMAIL,
  ContactEmail: EMAIL,
  'ContactEmail.email': EMAIL,
  tags: TAGS,
  ContactsTag: TAGS,
  'ContactsTag.name': TAGS,
  ContactAttribute: text('attributes'),
  'ContactAttribute.value': text('attributes'),
  'ContactAttribute.attribute_id': ATTRIBUTE,
  attribute_id: ATTRIBUTE,
};

/** CloudTalk's words -> our code, the first that fits; `invalid` stands for the field's own code. */
const WORDS: readonly (readonly [RegExp, IssueCode | 'invalid'])[] = [
  [/already|unique|duplicate|in use/i, 'invalid_value'],
  [/too long|at most|no (more|longer) than|maximum|max\.|longer than|exceed/i, 'too_long'],
  [/too short|at least|minimum|shorter than/i, 'too_short'],
  [/required|missing|(not|n't) be (left )?(empty|blank)|(is|was) (empty|blank)|fill/i, 'required_missing'],
  [/valid|supply|format|recogni|unknown|not found|(not|n't) exist|no such|wrong|incorrect/i, 'invalid'],
];

/**
 * Says a rejection as issues, one for each of CloudTalk's sentences, always at least one. CloudTalk does not repeat the
 * value; what the contact says of the field stands in its place. Which of several attributes it means it does not say
 * either: then all are named.
 */
export function issuesFromRejection(message: string, fields: RejectedFields, contact: ContactValues): Issue[] {
  const issues = Object.entries(fields).flatMap(([name, sentences]) =>
    sentences.map((sentence) => issueOf(name, sentence, contact)),
  );
  return issues.length > 0
    ? issues
    : [issue('row', 'row', 'invalid_value', `CloudTalk refused the contact: ${message}`, '')];
}

function issueOf(name: string, sentence: string, contact: ContactValues): Issue {
  const { field: ours, invalid } = FIELDS[name] ?? text('row');
  const [field, value] = ours === 'attributes' ? attributesOf(contact) : [ours, textOf(ours, contact)];
  const place = field === 'row' ? name : field;
  const word = WORDS.find(([pattern]) => pattern.test(sentence))?.[1] ?? 'invalid_value';
  const what = value === '' ? place : `${place} "${quoted(value)}"`;
  return issue(field, place, word === 'invalid' ? invalid : word, `CloudTalk refused ${what}: ${sentence}`, value);
}

/** CloudTalk's own words, with the fix that our own validation gives for the same code. */
function issue(field: string, place: string, code: IssueCode, message: string, value: string): Issue {
  const limits: Readonly<Record<string, number>> = FIELD_LIMITS;
  return { ...describeIssue(code, place, value, { limit: limits[field] ?? ATTRIBUTE_LIMIT }), field, message };
}

/** The field of the contact's only attribute, or the row where it has several, and what is said there. */
function attributesOf({ attributes = {} }: ContactValues): readonly [string, string] {
  const entries = Object.entries(attributes);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return only;
  return ['row', entries.map(([title, value]) => `${title}=${value}`).join(':')];
}

/** What a contact says of a field, several values joined as CloudTalk's CSV joins them. */
function textOf(field: string, contact: ContactValues): string {
  if (field === 'phone') return contact.phones?.join(':') ?? '';
  if (field === 'email') return contact.emails?.join(':') ?? '';
  if (field === 'tags') return contact.tags?.join(':') ?? '';
  const value = (contact as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : '';
}
