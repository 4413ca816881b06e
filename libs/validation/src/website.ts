import validator from 'validator';
import { cleanAddress, trimPlain } from './clean-text.js';
import type { IssueKind } from './issue-table.js';
import { accept, type Normalised, refuse } from './normalised.js';

/** Plain addresses, which validator's isURL takes in every case: ASCII host with a top-level domain, simple path. */
const PLAIN =
  /^(?:https?:\/\/)?(?:[a-z\d](?:[a-z\d-]{0,40}[a-z\d])?\.){1,4}[a-z]{2,20}(?:\/[a-z\d._~/-]{0,500})?(?:\?[a-z\d._~/=&%-]{0,500})?$/i;

const RULES = { protocols: ['http', 'https'] };
/** A scheme other than http and https; what a colon and a digit follow is a host with its port. */
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z\d+-]*:(?!\d)/i;

/**
 * A web address with or without its scheme (http, https), valid by validator's isURL, as it was written. An address
 * with a user before the host is refused: it is an e-mail address, or holds a password.
 */
export function normaliseWebsite(text: string): Normalised {
  const trimmed = trimPlain(text);
  if (PLAIN.test(trimmed)) return accept(trimmed);
  const cleaned = cleanAddress(trimmed);
  if (!cleaned.ok || cleaned.value === '') return cleaned;
  return validator.isURL(cleaned.value, { ...RULES, disallow_auth: true }) ? cleaned : refuse(refusalOf(cleaned.value));
}

function refusalOf(address: string): IssueKind {
  if (validator.isEmail(address)) return 'website_is_email';
  if (OTHER_SCHEME.test(address)) return 'website_scheme';
  return validator.isURL(address, RULES) ? 'website_with_login' : 'invalid_website';
}
