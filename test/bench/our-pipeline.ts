import { readCsvFile } from '../../libs/connectors/src/index.js';
import { templateMapping } from '../../libs/mapping/src/index.js';
import { type Issue, validateContact, type Validation } from '../../libs/validation/src/index.js';
import type { Verdict } from './verdict.js';

/** What an import does with a file before anything is stored: read, map by the template's columns, validate. */
export async function* ourPipeline(path: string, defaultCountry: string): AsyncGenerator<Validation> {
  const limits = { maxFileSize: Number.MAX_SAFE_INTEGER, defaultCountry, readsTemplate: true };
  const { input, records } = await readCsvFile(path, limits);
  const mapping = templateMapping(input.fields ?? []);
  const rules = { defaultCountry, unknownColumns: 'warn' } as const;
  for await (const record of records) yield validateContact(mapping.map(record.fields), rules);
}

/** Our verdict in the words of the comparison; undefined for a row that had to be repaired, which only ours can. */
export function verdictOf(validation: Validation): Verdict | undefined {
  if (validation.warnings.length > 0) return undefined;
  if (!validation.ok) return { ok: false, issues: validation.issues.map(generalIssue) };
  const { attributes, ...contact } = validation.contact;
  return { ok: true, contact: Object.keys(attributes).length === 0 ? contact : validation.contact };
}

/** An issue under the code of the plain pipeline, which has one for all that is wrong with a number or an address. */
function generalIssue({ field, code }: Issue): { readonly field: string; readonly code: string } {
  return { field, code: /^(?:phone|email)_/.test(code) ? `invalid_${field}` : code };
}
