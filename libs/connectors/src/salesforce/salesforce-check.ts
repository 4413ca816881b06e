import type { Finding } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import type { ApiBudget } from './api-budget.js';
import { mappedFieldFindings } from './mapped-fields.js';
import { fieldNamed, type ObjectDescription, type ObjectDescriptions } from './object-description.js';
import { lengthFindings } from './query-length.js';
import { type Report, reportFindings } from './report-fields.js';
import type { SalesforceOptions } from './salesforce-options.js';
import type { SalesforceOrg } from './salesforce-org.js';
import { probingQuery, selectedFields } from './soql.js';

/** What a check looks at. */
export interface Checked {
  readonly org: SalesforceOrg;
  readonly descriptions: ObjectDescriptions;
  readonly options: SalesforceOptions;
  readonly fields: readonly string[];
  readonly report: Report;
}

/** A check warns when so much of our share of the daily calls is used. */
const NEARLY_ALL = 0.9;

/** Everything that a person should mend; throws when the org, its object or its API cannot be used at all. */
export async function checkSalesforce(checked: Checked, signal: AbortSignal): Promise<readonly Finding[]> {
  const { descriptions, fields, options, org, report } = checked;
  descriptions.forget();
  const object = await descriptions.of(options.object, signal);
  const followed = followFindings(object);
  const mapped = await mappedFieldFindings(object, fields, descriptions, signal);
  const written = reportFindings(object, report).map(({ fix, message, place }) => ({ place, message, fix }));
  const long = lengthFindings(options, fields);
  const isReadable = mapped.length + long.length === 0;
  const queried = followed.length > 0 ? [] : await queryFindings(checked, isReadable ? fields : [], signal);
  return [...followed, ...mapped, ...long, ...written, ...queried, ...budgetFindings(await org.budget(signal))];
}

function followFindings(object: ObjectDescription): readonly Finding[] {
  if (!object.queryable) {
    return [
      {
        place: 'options.object',
        message: `The integration user may not query ${object.name}.`,
        fix: `Give it Read on ${object.name} by a permission set (Setup > Permission Sets > Object Settings).`,
      },
    ];
  }
  const missing = ['SystemModstamp', 'IsDeleted'].filter((name) => fieldNamed(object, name) === undefined);
  if (missing.length === 0) return [];
  return [
    {
      place: 'options.object',
      message: `${object.name} has no ${missing.join(' and no ')}, so its changes cannot be followed.`,
      fix: 'Read another object: Contact, Lead, Account or a custom object.',
    },
  ];
}

/** Lets Salesforce itself say whether it understands the query that reads, unless the condition alone is too long. */
async function queryFindings(
  { options, org }: Checked,
  fields: readonly string[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { object, where } = options;
  if (lengthFindings(options, fields).length > 0) return [];
  const selected = fields.length === 0 ? ['Id'] : selectedFields(object, fields);
  const url = `/queryAll?q=${encodeURIComponent(probingQuery({ object, where, fields: selected }))}`;
  try {
    await org.call(signal, (connection) => connection.request(url));
    return [];
  } catch (error) {
    if (!(error instanceof FatalError) || !['unknown_field', 'invalid_query'].includes(error.code)) throw error;
    const place = where === undefined ? 'mapping' : 'options.where';
    return [{ place, message: error.message, fix: error.fix }];
  }
}

function budgetFindings(budget: ApiBudget): readonly Finding[] {
  if (budget.used <= budget.ours * NEARLY_ALL) return [];
  return [
    {
      place: 'API calls',
      message: `${budget.used} of the ${budget.ours} API calls in 24 hours that may be used before the reserve are used already.`,
      fix: 'Look in Setup > Company Information at which tool uses them, run at another hour, or lower options.reserve.',
    },
  ];
}
