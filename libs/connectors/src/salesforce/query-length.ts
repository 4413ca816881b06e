import type { Finding } from '@cloudtalk-sync/connector-kit';
import type { SalesforceOptions } from './salesforce-options.js';
import { readingQuery, selectedFields } from './soql.js';

/** The longest address that a query may make; bytes. Salesforce takes 16,384 for address and headers together. */
const LONGEST_ADDRESS = 14_000;
/** What stands in an address besides the query, host and path, at most; bytes. */
const LONGEST_HOST = 300;

/** A finding when the query for these fields would be longer than Salesforce takes. */
export function lengthFindings(
  { object, where }: Pick<SalesforceOptions, 'object' | 'where'>,
  fields: readonly string[],
): readonly Finding[] {
  const from = { kind: 'behind', time: new Date(0).toISOString(), id: '0'.repeat(18) } as const;
  const soql = readingQuery({ object, where, fields: selectedFields(object, fields) }, from);
  const length = encodeURIComponent(soql).length + LONGEST_HOST;
  if (length <= LONGEST_ADDRESS) return [];
  const message = `The mapping and options.where make a query of ${length} bytes; Salesforce takes about ${LONGEST_ADDRESS}.`;
  const fix = 'Map fewer fields, or shorten options.where (a formula field in Salesforce can take its place).';
  return [{ place: 'mapping', message, fix }];
}
