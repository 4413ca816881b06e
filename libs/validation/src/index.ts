/**
 * The shared validation library: CloudTalk's contact model and import rules, pure and complete. `validateContact` turns
 * a mapped contact into a valid one or into every issue of its row; the normalisers it is made of can be used one by
 * one; the tables of issues and warnings hold every sentence a person reads about a value.
 */
export * from './contact.js';
export * from './issue.js';
export {
  describeIssue,
  ISSUE_CASES,
  ISSUE_TABLE,
  type IssueFacts,
  type IssueKind,
  type IssueReference,
} from './issue-table.js';
export { describeWarning, WARNING_TABLE, type WarningCode } from './warning-table.js';
export { ATTRIBUTE_LIMIT, countCharacters, FIELD_LIMITS } from './field-limits.js';
export type { Accepted, Normalised, Refused } from './normalised.js';
export { onOneLine, quoted } from './shortened.js';
export type { ContactValues } from './cleared.js';
export { cleanText } from './clean-text.js';
export { countryName, isCountryCode, normaliseCountry } from './country.js';
export { normaliseEmail } from './email.js';
export { normaliseName } from './name.js';
export { PHONE_REGIONS } from './numbering-plan.js';
export { normalisePhone } from './phone.js';
export { normaliseWebsite } from './website.js';
export { type Reach, validateContact, type Validation, type ValidationRules } from './validate-contact.js';
export { foldContacts } from './fold-contacts.js';
export { isLeftOut, leaveOutTags, tagsWithout } from './contact-tags.js';
export { contactFingerprint } from './fingerprint.js';
export { reviveContact } from './revive-contact.js';
