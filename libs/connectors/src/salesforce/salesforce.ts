import type { Connector, Session, SessionContext } from '@cloudtalk-sync/connector-kit';
import { ObjectDescriptions } from './object-description.js';
import { OutcomeWriter } from './outcome-writer.js';
import { RecordSource } from './record-source.js';
import { checkSalesforce } from './salesforce-check.js';
import { cursorSchema } from './salesforce-cursor.js';
import { optionsSchema, type SalesforceOptions } from './salesforce-options.js';
import { SalesforceOrg } from './salesforce-org.js';
import { mappedName, writtenName } from './soql.js';

export type { SalesforceOptions } from './salesforce-options.js';

/** One object of a Salesforce org: contacts, leads or any other, with the outcome written back onto its records. */
export const salesforce: Connector<SalesforceOptions> = {
  type: 'salesforce',
  optionsSchema,
  cursorSchema,
  hasTemplate: false,
  fieldNames: { mapped: mappedName, written: writtenName },
  selectedBy: ['object', 'where'],
  open: async (options, context) => openSession(options, context),
};

function openSession(options: SalesforceOptions, { clock, fields, org: expected, report }: SessionContext): Session {
  const org = new SalesforceOrg(options, clock, expected);
  const descriptions = new ObjectDescriptions(org);
  const never = new AbortController().signal;
  return {
    source: new RecordSource(org, options, fields),
    reporter: new OutcomeWriter(org, descriptions, options.object, report),
    check: (signal = never) => checkSalesforce({ org, descriptions, options, fields, report }, signal),
    close: async () => org.close(),
  };
}
