import type { Connector, Session, SessionContext } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { ObjectDescriptions } from './object-description.js';
import { OutcomeWriter } from './outcome-writer.js';
import { RecordSource } from './record-source.js';
import { checkSalesforce } from './salesforce-check.js';
import { cursorSchema } from './salesforce-cursor.js';
import { optionsSchema, type SalesforceOptions } from './salesforce-options.js';
import { SalesforceOrg } from './salesforce-org.js';
import { mappedName, readingQuery, selectedFields, writtenName } from './soql.js';

export type { SalesforceOptions } from './salesforce-options.js';

/** The longest address that a query may make; bytes. Salesforce takes 16,384 for address and headers together. */
const LONGEST_ADDRESS = 14_000;
/** What stands in an address besides the query, host and path, at most; bytes. */
const LONGEST_HOST = 300;

/** One object of a Salesforce org: contacts, leads or any other, with the outcome written back onto its records. */
export const salesforce: Connector<SalesforceOptions> = {
  type: 'salesforce',
  optionsSchema,
  cursorSchema,
  hasTemplate: false,
  fieldNames: { mapped: mappedName, written: writtenName },
  open: async (options: SalesforceOptions, context: SessionContext): Promise<Session> => {
    refuseLongQuery(options, context.fields);
    return openSession(options, context);
  },
};

function openSession(options: SalesforceOptions, { clock, fields, report }: SessionContext): Session {
  const org = new SalesforceOrg(options, clock);
  const descriptions = new ObjectDescriptions(org);
  const never = new AbortController().signal;
  return {
    source: new RecordSource(org, options, fields, clock),
    reporter: new OutcomeWriter(org, descriptions, options.object, report),
    check: (signal = never) => checkSalesforce({ org, descriptions, options, fields, report }, signal),
    close: async () => org.close(),
  };
}

function refuseLongQuery({ object, where }: SalesforceOptions, fields: readonly string[]): void {
  const from = { kind: 'behind', time: new Date(0).toISOString(), id: '0'.repeat(18) } as const;
  const soql = readingQuery({ object, where, fields: selectedFields(object, fields) }, from);
  const length = encodeURIComponent(soql).length + LONGEST_HOST;
  if (length <= LONGEST_ADDRESS) return;
  throw new FatalError({
    code: 'query_too_long',
    message: `The mapping and options.where make a query of ${length} bytes; Salesforce takes about ${LONGEST_ADDRESS}.`,
    fix: 'Map fewer fields, or shorten options.where (a formula field in Salesforce can take its place).',
  });
}
