import validator from 'validator';
import { cleanAddress, trimPlain } from './clean-text.js';
import type { IssueKind } from './issue-table.js';
import { type Accepted, accept, type Normalised, type Refused, refuse } from './normalised.js';
import type { WarningCode } from './warning-table.js';

/**
 * Plain addresses, which validator's isEmail takes in every case: ASCII, lengths well inside the limits, labels of
 * letters and digits with single inner hyphens.
 */
const PLAIN =
  /^[a-z\d!#$%&'*+/=?^_`{|}~-]{1,30}(?:\.[a-z\d!#$%&'*+/=?^_`{|}~-]{1,15}){0,2}@(?:[a-z\d](?:[a-z\d-]{0,40}[a-z\d])?\.){1,3}[a-z]{2,20}$/i;

/** An address as mail programs write it when they know no name to it. */
const IN_BRACKETS = /^<([^<>\s]+)>$/;

/** What is wrong with most of the addresses that validator refuses; the first that fits says it. */
const FLAWS: readonly (readonly [kind: IssueKind, pattern: RegExp])[] = [
  ['email_several_ats', /@[^"]*@/],
  ['email_with_space', /\s/],
  ['email_with_comma', /[,;]/],
  ['email_incomplete', /^@|@$/],
  ['email_stray_dot', /\.\.|^\.|\.@|@\.|\.$/],
  ['email_without_ending', /@[^.@]+$/],
];

/** Characters beyond which nothing is looked at as an address: validator takes 319 at most (64, the @, 254). */
const LONGEST_ADDRESS = 1000;

/**
 * One e-mail address, valid by validator's isEmail with its defaults, its domain in lower case. Internationalised
 * addresses (letters of any script on either side of the @) are taken as they are written, as validator takes them;
 * they are not turned into Punycode.
 */
export function normaliseEmail(text: string): Normalised {
  const trimmed = trimPlain(text);
  if (PLAIN.test(trimmed)) return accept(withLowerDomain(trimmed));
  const { length } = trimmed;
  if (length > LONGEST_ADDRESS) return refuse('email_long_text', { length });
  const cleaned = cleanAddress(trimmed);
  if (!cleaned.ok || cleaned.value === '') return cleaned;
  const bare = cleaned.value.replace(IN_BRACKETS, '$1');
  const address = bare.replace(/^mailto:/i, '');
  const repairs: WarningCode[] = [...cleaned.repairs];
  if (bare !== cleaned.value) repairs.push('angle_brackets');
  if (address !== bare) repairs.push('link_prefix');
  return validAddress(address, repairs) ?? refusalOf(address);
}

function validAddress(address: string, repairs: readonly WarningCode[]): Accepted | undefined {
  if (!validator.isEmail(address)) return undefined;
  const lower = withLowerDomain(address);
  return lower === address || validator.isEmail(lower) ? accept(lower, repairs) : undefined;
}

function withLowerDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  return address.slice(0, at) + address.slice(at).toLowerCase();
}

function refusalOf(address: string): Refused {
  if (!address.includes('@')) return refuse('email_without_at');
  const pieces = address.split(/[\s:;,|/]+/).filter((piece) => piece.includes('@'));
  if (pieces.length > 1 && pieces.every((piece) => validator.isEmail(piece))) return refuse('email_several');
  const inner = /^.*<([^<>]+)>\s*$/.exec(address)?.[1];
  if (inner !== undefined && validator.isEmail(inner)) return refuse('email_with_name');
  const [flaw] = FLAWS.find(([, pattern]) => pattern.test(address)) ?? [];
  return refuse(flaw ?? 'invalid_email');
}
