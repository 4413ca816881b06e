import type { ReportPart } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import type { Property } from './hubspot-answers.js';
import type { HubSpotApi } from './hubspot-api.js';
import { refusalBehind } from './hubspot-errors.js';
import { GROUP, newProperty, partsOf, type Report, typesFor } from './report-properties.js';

/** Makes the properties of the report that are missing, and the group they stand in; says what it made. */
export async function setUpProperties(api: HubSpotApi, report: Report): Promise<readonly string[]> {
  const missing = await partsToMake(api, report);
  const made: string[] = [];
  if (missing.length > 0 && (await isNew(api.createGroup(GROUP.name, GROUP.label)))) {
    made.push(`Made the property group ${GROUP.name} of contacts.`);
  }
  for (const [part, name] of missing) {
    const property = newProperty(part, name);
    if (await isNew(api.createProperty(property))) {
      made.push(`Made the property ${name} of contacts (${property.label}), for report.${part}.`);
    } else {
      demandFit(part, name, (await api.properties('contacts')).results);
    }
  }
  return made;
}

/** The parts of the report whose properties are missing, with their names. */
export async function partsToMake(api: HubSpotApi, report: Report): Promise<ReturnType<typeof partsOf>> {
  const { results } = await api.properties('contacts');
  const known = new Set(results.map(({ name }) => name));
  return partsOf(report).filter(([, name]) => !known.has(name));
}

/** A property of that name was there all the same, made by somebody else meanwhile, or archived. */
function demandFit(part: ReportPart, name: string, properties: readonly Property[]): void {
  const type = properties.find((property) => property.name === name)?.type;
  if (type !== undefined && typesFor(part).includes(type)) return;
  const what = type === undefined ? 'is archived' : `is of type ${type}, which cannot take report.${part}`;
  throw new FatalError({
    code: 'property_unusable',
    message: `The property ${name} of contacts exists in HubSpot already, but ${what}.`,
    fix: `Restore it under Settings, Properties in HubSpot if it is archived, or name another one in report.${part}.`,
  });
}

/** False when somebody else has made it before. */
async function isNew(making: Promise<unknown>): Promise<boolean> {
  try {
    await making;
    return true;
  } catch (error) {
    if (refusalBehind(error)?.status === 409) return false;
    throw error;
  }
}
