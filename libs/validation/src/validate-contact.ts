import { cleanText } from './clean-text.js';
import type { MappedContact, ValidContact } from './contact.js';
import { normaliseCountry, phoneRegion } from './country.js';
import { normaliseEmail } from './email.js';
import { ATTRIBUTE_LIMIT, countCharacters, FIELD_LIMITS, isLongerThan } from './field-limits.js';
import { isFilled } from './cleared.js';
import { Findings } from './findings.js';
import { distinct, readIdentifiers } from './identifiers.js';
import { isFormula, refusalOfLength, withPlainSeparators } from './list-cell.js';
import type { Issue, Warning } from './issue.js';
import { normaliseName } from './name.js';
import { type Normalised, refuse } from './normalised.js';
import { planOfRegion } from './numbering-plan.js';
import { normaliseWebsite } from './website.js';

/** What a contact is checked against beside CloudTalk's fixed rules. */
export interface ValidationRules {
  /** ISO alpha-2, upper case: completes national phone numbers of rows that name no country. */
  readonly defaultCountry: string;
  /** The agents' e-mails in lower case; absent when no account is at hand: then only the form is checked. */
  readonly agents?: ReadonlySet<string>;
  /** The titles of the account's custom attributes; absent when no account is at hand: then all are kept. */
  readonly attributes?: ReadonlySet<string>;
  /** What becomes of a filled column that is no attribute of the account: left out, or an issue. */
  readonly unknownColumns: 'warn' | 'fail';
}

/** The numbers and e-mails of a contact. */
export type Reach = Pick<ValidContact, 'phones' | 'emails'>;

export type Validation =
  | { readonly ok: true; readonly contact: ValidContact; readonly warnings: readonly Warning[] }
  | {
      readonly ok: false;
      readonly issues: readonly Issue[];
      /** As far as it is valid. */
      readonly reach: Reach;
      readonly warnings: readonly Warning[];
    };

/** A contact while its row is read; it is a valid one when no issue was found. */
type Draft = { -readonly [Key in keyof Omit<ValidContact, symbol>]?: ValidContact[Key] };

const NORMALISERS: Readonly<Record<keyof typeof FIELD_LIMITS, (text: string) => Normalised>> = {
  name: normaliseName,
  title: cleanText,
  company: cleanText,
  industry: cleanText,
  website: normaliseWebsite,
  address: cleanText,
  city: cleanText,
  zip: cleanText,
  state: cleanText,
};
const LIMITED_FIELDS = Object.keys(FIELD_LIMITS) as (keyof typeof FIELD_LIMITS)[];

/**
 * Checks a mapped contact against CloudTalk's import rules and gives it in CloudTalk's form, or every issue of the row
 * at once. What had to be repaired is said in `warnings`. Never throws, whatever the texts.
 */
export function validateContact(mapped: MappedContact, rules: ValidationRules): Validation {
  const findings = new Findings();
  const draft: Draft = {};
  if (!mapped.single.name) findings.refuse('required_missing', 'name', '');
  for (const field of LIMITED_FIELDS) {
    const text = mapped.single[field];
    if (text) readText(field, text, draft, findings);
  }
  readCountry(mapped.single.country, draft, findings);
  readAgent(mapped.single.favorite_agent, rules.agents, draft, findings);
  const { phones, emails } = readIdentifiers(
    mapped,
    phoneCountry(draft.country, mapped.single.country ?? '', rules),
    findings,
  );
  draft.phones = phones;
  draft.emails = emails;
  draft.tags = readTags(mapped.lists.tags, findings);
  draft.attributes = readAttributes(mapped.attributes, rules, findings);
  const clear = mapped.clear?.filter((field) => !isFilled(draft, field));
  if (clear && clear.length > 0) draft.clear = clear;
  const { issues, warnings } = findings;
  if (issues.length > 0) return { ok: false, issues, reach: { phones, emails }, warnings };
  return { ok: true, contact: draft as ValidContact, warnings };
}

function readText(field: keyof typeof FIELD_LIMITS, text: string, draft: Draft, findings: Findings): void {
  const value = findings.take(NORMALISERS[field](text), field, text);
  if (value === undefined) return;
  const limit = FIELD_LIMITS[field];
  if (isLongerThan(value, limit)) findings.refuse('too_long', field, text, { limit, length: countCharacters(value) });
  if (value !== '') draft[field] = value;
  else if (field === 'name') findings.refuse('too_short', field, text);
}

function readCountry(text: string | undefined, draft: Draft, findings: Findings): void {
  if (!text) return;
  const country = findings.take(normaliseCountry(text), 'country', text);
  if (country) draft.country = country;
}

function readAgent(
  text: string | undefined,
  agents: ReadonlySet<string> | undefined,
  draft: Draft,
  findings: Findings,
): void {
  if (!text) return;
  const result = normaliseEmail(text);
  const isList = !result.ok && result.kind === 'email_several';
  const email = findings.take(isList ? refuse('agent_several') : result, 'favorite_agent', text)?.toLowerCase();
  if (!email) return;
  if (agents && !agents.has(email)) findings.refuse('agent_not_found', 'favorite_agent', text);
  draft.favorite_agent = email;
}

/** The region of the row's country, unless it has none or one without phone numbers of its own. */
function phoneCountry(rowCountry: string | undefined, text: string, rules: ValidationRules): string {
  const region = rowCountry && phoneRegion(rowCountry, text);
  return region && planOfRegion(region) ? region : rules.defaultCountry;
}

function readTags(cells: readonly string[] | undefined, findings: Findings): readonly string[] {
  const tags: string[] = [];
  for (const cell of cells ?? []) {
    const tooLong = refusalOfLength(cell);
    const isWhole = tooLong !== undefined || isFormula(cell);
    const list = isWhole ? (findings.take(tooLong ?? cleanText(cell), 'tags', cell) ?? '') : cell;
    const plain = withPlainSeparators(list);
    for (const text of plain.includes(':') ? plain.split(':') : [list]) {
      const tag = findings.take(cleanText(text), 'tags', text);
      if (tag) tags.push(tag);
    }
  }
  return distinct(tags);
}

function readAttributes(
  mapped: MappedContact['attributes'],
  rules: ValidationRules,
  findings: Findings,
): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const title of Object.keys(mapped)) {
    const text = mapped[title];
    if (text === undefined || text === '') continue;
    const isKnown = rules.attributes?.has(title) ?? true;
    if (!isKnown && rules.unknownColumns === 'warn') continue;
    const value = findings.take(cleanText(text), title, text);
    if (!value) continue;
    if (!isKnown) findings.refuse('unknown_attribute', title, text);
    if (isLongerThan(value, ATTRIBUTE_LIMIT)) {
      findings.refuse('too_long', title, text, { limit: ATTRIBUTE_LIMIT, length: countCharacters(value) });
    }
    attributes[title] = value;
  }
  return attributes;
}
