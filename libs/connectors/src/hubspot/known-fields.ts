import { FatalError } from '@cloudtalk-sync/errors';
import type { HubSpotApi } from './hubspot-api.js';
import { incomplete } from './hubspot-errors.js';
import { askedAgain } from './steps.js';
import type { WantedFields } from './wanted-fields.js';

/** A property that every object of every portal has: an answer that lacks it is not the properties of the portal. */
const ALWAYS_THERE = 'hs_object_id';

/**
 * Throws FatalError where a field that the connection looks at does not exist. HubSpot leaves such a property out of its
 * answers without a word, so that it would count as empty for everyone: nobody would have opted out.
 */
export async function refuseUnknownFields(api: HubSpotApi, wanted: WantedFields): Promise<void> {
  const ofContacts = await missingOf(api, 'contacts', wanted.own);
  const ofCompanies = await missingOf(api, 'companies', wanted.company);
  const missing = [...ofContacts, ...ofCompanies.map((name) => `company.${name}`), ...wanted.unknown];
  if (missing.length === 0) return;
  throw new FatalError({
    code: 'unknown_field',
    message: `HubSpot has no ${missing.join(', ')}, which the connection looks at (its mapping or doNotCall.fields).`,
    fix: 'Correct the name in the config (the internal name, from Settings, Properties in HubSpot), or restore the property.',
  });
}

/** Those of these names that are no property of the object, after a second look. */
async function missingOf(
  api: HubSpotApi,
  object: 'contacts' | 'companies',
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const { results } = await askedAgain(
    () => api.properties(object),
    (answer) => lacking(answer.results, names).length > 0,
  );
  const missing = lacking(results, names);
  if (missing.length > 0 && lacking(results, [ALWAYS_THERE]).length > 0) {
    throw incomplete(
      `HubSpot does not name all properties of ${object}: ${ALWAYS_THERE}, which each has, is not there.`,
    );
  }
  return missing;
}

/** Those of these names that none of the properties has. */
export function lacking(properties: readonly { readonly name: string }[], names: readonly string[]): readonly string[] {
  const known = new Set(properties.map(({ name }) => name));
  return names.filter((name) => !known.has(name));
}
