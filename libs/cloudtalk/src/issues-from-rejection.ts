import { ATTRIBUTE_LIMIT, describeIssue, FIELD_LIMITS, type Issue, type IssueCode } from '@cloudtalk-sync/validation';
import type { Command, ContactData, RejectedFields } from './command.js';

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
  ContactAttribute: { field: 'row', invalid: 'invalid_value' },
  'ContactAttribute.attribute_id': { field: 'row', invalid: 'unknown_attribute' },
  attribute_id: { field: 'row', invalid: 'unknown_attribute' },
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
 * value; what `sent` says of the field stands in its place.
 */
export function issuesFromRejection(message: string, fields: RejectedFields, sent: Command['data']): Issue[] {
  const issues = Object.entries(fields).flatMap(([name, sentences]) =>
    sentences.map((sentence) => issueOf(name, sentence, sent)),
  );
  return issues.length > 0
    ? issues
    : [issue('row', 'row', 'invalid_value', `CloudTalk refused the contact: ${message}`, '')];
}

function issueOf(name: string, sentence: string, sent: Command['data']): Issue {
  const { field, invalid } = FIELDS[name] ?? text('row');
  const word = WORDS.find(([pattern]) => pattern.test(sentence))?.[1] ?? 'invalid_value';
  const place = field === 'row' ? name : field;
  return issue(
    field,
    place,
    word === 'invalid' ? invalid : word,
    `CloudTalk refused ${place}: ${sentence}`,
    'name' in sent ? sentText(field, sent) : '',
  );
}

/** CloudTalk's own words, with the fix that our own validation gives for the same code. */
function issue(field: string, place: string, code: IssueCode, message: string, value: string): Issue {
  const limits: Readonly<Record<string, number>> = FIELD_LIMITS;
  return { ...describeIssue(code, place, value, { limit: limits[field] ?? ATTRIBUTE_LIMIT }), field, message };
}

/** What was sent of a field, several values joined as CloudTalk's CSV joins them; empty where an id stands for it. */
function sentText(field: string, data: ContactData): string {
  switch (field) {
    case 'phone':
      return joined(data.ContactNumber, ({ public_number }) => public_number);
    case 'email':
      return joined(data.ContactEmail, ({ email }) => email);
    case 'tags':
      return joined(data.ContactsTag, ({ name }) => name);
    default: {
      const value = (data as unknown as Readonly<Record<string, unknown>>)[field];
      return typeof value === 'string' ? value : '';
    }
  }
}

function joined<T>(list: readonly T[] | '' | undefined, text: (entry: T) => string): string {
  return list === undefined || list === '' ? '' : list.map(text).join(':');
}
