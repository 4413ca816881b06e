import type { Finding, SessionContext } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import type { Property } from './hubspot-answers.js';
import { HubSpotApi } from './hubspot-api.js';
import { refusalBehind } from './hubspot-errors.js';
import type { HubSpotOptions } from './hubspot-options.js';
import { lacking } from './known-fields.js';
import { refusalOfList } from './list-of-contacts.js';
import type { PortalCaller } from './portal-caller.js';
import { partsToMake } from './hubspot-setup.js';
import { partsOf, type Report, typesFor } from './report-properties.js';
import { lengthFindings } from './walk-searches.js';
import { OWNER_FIELDS, wantedFields, type WantedFields } from './wanted-fields.js';

type Checked = Pick<SessionContext, 'fields' | 'report'>;

/** Everything that a person should mend; throws when the portal cannot be used at all. */
export async function checkPortal(
  caller: PortalCaller,
  options: HubSpotOptions,
  { fields, report }: Checked,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  await caller.account(signal);
  const api = new HubSpotApi(caller, signal);
  const wanted = wantedFields(fields);
  const { list } = options;
  const looks: Readonly<Record<string, () => Promise<readonly Finding[]>>> = {
    contacts: () => nothing(api.contacts(false, undefined, [])),
    properties: async () => checkContactProperties((await api.properties('contacts')).results, wanted, report),
    ...(partsOf(report).length === 0
      ? {}
      : { report: () => checkGranted(api.updateNobody()), setup: () => checkSetup(api, report) }),
    ...(wanted.company.length === 0
      ? {}
      : { company: () => checkCompanies(api, wanted), companies: () => nothing(api.companiesById(['1'], [])) }),
    ...(wanted.owner.length === 0 ? {} : { owner: () => nothing(api.owners(undefined)) }),
    ...(list === undefined ? {} : { 'options.list': () => checkList(api, list) }),
  };
  const findings = [...wanted.unknown.map(unknownPath), ...lengthFindings(options, wanted)];
  for (const [place, look] of Object.entries(looks)) {
    const found = await look().catch((error: unknown) => findingOf(error, place));
    findings.push(...found.filter((one) => !findings.some((other) => isSameTask(one, other))));
  }
  return findings;
}

/** Two requests may lack one scope. */
function isSameTask(one: Finding, other: Finding): boolean {
  return one.place === other.place && one.fix === other.fix;
}

/** What a person can mend by itself (a scope, a list) beside other findings; anything else is thrown. */
function findingOf(error: unknown, place: string): readonly Finding[] {
  const refused = refusalBehind(error);
  if (!(error instanceof FatalError) || refused === undefined || ![403, 404].includes(refused.status)) throw error;
  return [{ place: refused.scopes.join(' or ') || place, message: error.message, fix: error.fix }];
}

async function nothing(call: Promise<unknown>): Promise<readonly Finding[]> {
  await call;
  return [];
}

/** Whether setup may make the properties that are missing: any of them, where the token may not look at properties. */
async function checkSetup(api: HubSpotApi, report: Report): Promise<readonly Finding[]> {
  const missing = await partsToMake(api, report).catch((error: unknown) => {
    if (refusalBehind(error)?.status !== 403) throw error;
    return partsOf(report);
  });
  return missing.length === 0 ? [] : checkGranted(api.createNothing());
}

/** Whether something may be written, found out by writing nothing; any refusal but a 401 or 403 comes from behind the scopes. */
async function checkGranted(writingOfNothing: Promise<unknown>): Promise<readonly Finding[]> {
  try {
    return await nothing(writingOfNothing);
  } catch (error) {
    const refused = refusalBehind(error);
    if (error instanceof FatalError && refused !== undefined && ![401, 403].includes(refused.status)) return [];
    throw error;
  }
}

async function checkList(api: HubSpotApi, list: string): Promise<readonly Finding[]> {
  const refusal = await refusalOfList(api, list);
  if (refusal === undefined) return nothing(api.members(list, undefined));
  return [{ place: 'options.list', message: refusal.message, fix: refusal.fix }];
}

async function checkCompanies(api: HubSpotApi, wanted: WantedFields): Promise<readonly Finding[]> {
  const { results } = await api.properties('companies');
  return lacking(results, wanted.company).map((name) => ({
    place: `company.${name}`,
    message: `Companies in HubSpot have no property ${name}.`,
    fix: 'Write its internal name, from Settings, Properties, Company properties in HubSpot.',
  }));
}

function checkContactProperties(
  properties: readonly Property[],
  wanted: WantedFields,
  report: Report,
): readonly Finding[] {
  const known = new Map(properties.map((property) => [property.name, property]));
  const unmapped = lacking(properties, wanted.own).map((name) => ({
    place: name,
    message: `Contacts in HubSpot have no property ${name}, which the connection looks at.`,
    fix: 'Write its internal name, from Settings, Properties, Contact properties in HubSpot.',
  }));
  const written = partsOf(report).flatMap(([part, name]) => checkReported(part, name, known.get(name)));
  return [...unmapped, ...written, ...twice(report)];
}

function checkReported(
  part: Parameters<typeof typesFor>[0],
  name: string,
  property: Property | undefined,
): readonly Finding[] {
  if (property === undefined) {
    const message = `Contacts in HubSpot have no property ${name}, which report.${part} is written to.`;
    return [{ place: name, message, fix: 'Run setup for this connection, which makes it, or make it by hand.' }];
  }
  if (property.modificationMetadata?.readOnlyValue === true) {
    const message = `The property ${name} of HubSpot cannot be written, so that report.${part} has no place.`;
    return [{ place: name, message, fix: 'Name a property of your own, and run setup to make it.' }];
  }
  const types = typesFor(part);
  if (!types.includes(property.type)) {
    const message = `The property ${name} is of type ${property.type}, which cannot take report.${part}.`;
    return [
      { place: name, message, fix: `Name a property of type ${types.join(' or ')}, or a new one, and run setup.` },
    ];
  }
  if (property.hasUniqueValue === true) {
    const message = `The property ${name} takes each value only once, but several contacts can have the same report.${part}.`;
    return [{ place: name, message, fix: 'Name another property, or a new one, and run setup.' }];
  }
  return checkOptions(name, property);
}

/** A status goes into a list of options only if all of them are there. */
function checkOptions(name: string, { type, options = [] }: Property): readonly Finding[] {
  if (type !== 'enumeration') return [];
  const missing = ['imported', 'failed', 'skipped'].filter((status) => !options.some(({ value }) => value === status));
  if (missing.length === 0) return [];
  const message = `The property ${name} lacks the option ${missing.join(', ')}, so that HubSpot would refuse that status.`;
  return [{ place: name, message, fix: `Add ${missing.join(', ')} to its options in HubSpot, as internal values.` }];
}

function twice(report: Report): readonly Finding[] {
  const names = partsOf(report).map(([, name]) => name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return repeated.map((name) => ({
    place: name,
    message: `The property ${name} would take several parts of the report, and keep only the last.`,
    fix: 'Give each part of report a property of its own.',
  }));
}

function unknownPath(field: string): Finding {
  return {
    place: field,
    message: `HubSpot has nothing at ${field}.`,
    fix: `Write a property of the contact, company.<property>, or owner. with one of: ${OWNER_FIELDS.join(', ')}.`,
  };
}
