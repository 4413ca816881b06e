import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import isoCountries from 'i18n-iso-countries';
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import validator from 'validator';
import { z } from 'zod';
import type { Verdict } from './verdict.js';

/** Upper-case code or name -> alpha-2, made once. */
const countries = new Map<string, string>();
for (const [code, names] of Object.entries(isoCountries.getNames('en', { select: 'all' }))) {
  for (const name of names) countries.set(name.toUpperCase(), code);
}
for (const [alpha3, alpha2] of Object.entries(isoCountries.getAlpha3Codes())) {
  countries.set(alpha3, alpha2).set(alpha2, alpha2);
}

const text = (limit: number) => z.string().trim().max(limit);
const list = z.string().transform((cell) =>
  cell
    .split(':')
    .map((value) => value.trim())
    .filter((value) => value !== ''),
);

const rowSchema = z.object({
  name: text(150).min(1),
  phone: list,
  email: list.pipe(z.array(z.string().refine((value) => validator.isEmail(value)))),
  company: text(100),
  website: text(100).refine((value) => value === '' || validator.isURL(value, { protocols: ['http', 'https'] })),
  address: text(255),
  city: text(255),
  zip: text(15),
  country: z
    .string()
    .trim()
    .refine((value) => value === '' || countries.has(value.toUpperCase())),
  tags: list,
});

/**
 * What a competent user would write in an afternoon, and what the toolbox's own libraries cost: csv-parse with columns,
 * zod for each row, libphonenumber-js/max, validator and a Map of country names.
 */
export async function* plainPipeline(path: string, defaultCountry: string): AsyncGenerator<Verdict> {
  const rows = createReadStream(path).pipe(
    parse({ bom: true, columns: true, skip_empty_lines: true, relax_column_count: true }),
  );
  for await (const row of rows) yield check(row as Record<string, string>, defaultCountry);
}

function check(row: Record<string, string>, defaultCountry: string): Verdict {
  const parsed = rowSchema.safeParse(row);
  const issues = parsed.success ? [] : parsed.error.issues.map((issue) => issueOf(issue, row));
  const country = countries.get((row.country ?? '').trim().toUpperCase());
  const phones: string[] = [];
  for (const value of list.parse(row.phone)) {
    const phone = parsePhoneNumberFromString(value, (country ?? defaultCountry) as CountryCode);
    if (phone?.isValid()) phones.push(phone.number);
    else issues.push({ field: 'phone', code: 'invalid_phone' });
  }
  if ((row.phone ?? '').trim() === '' && (row.email ?? '').trim() === '') {
    issues.push({ field: 'phone', code: 'identifier_missing' });
  }
  if (!parsed.success || issues.length > 0) return { ok: false, issues };
  const { name, email, company, website, address, city, zip, tags } = parsed.data;
  const contact = { name, phones: unique(phones), emails: unique(email.map(lowerDomain)), tags: unique(tags) };
  return { ok: true, contact: { ...contact, ...filled({ company, website, address, city, zip, country }) } };
}

function issueOf(issue: z.core.$ZodIssue, row: Record<string, string>): { field: string; code: string } {
  const field = String(issue.path[0]);
  if (issue.code === 'too_big') return { field, code: 'too_long' };
  if (issue.code === 'too_small') return { field, code: row[field] === '' ? 'required_missing' : 'too_short' };
  return { field, code: `invalid_${field}` };
}

function lowerDomain(email: string): string {
  const at = email.lastIndexOf('@');
  return email.slice(0, at) + email.slice(at).toLowerCase();
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function filled(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
