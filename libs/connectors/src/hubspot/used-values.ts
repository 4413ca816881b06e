import { type HubSpotApi, SEARCH_LIMITS } from './hubspot-api.js';

/** One condition takes so many values, and the body of a search so many characters of them (reference 1.4: 3,000 in all). */
const MOST = { values: 100, characters: 2_000 };

/**
 * Those of these values of a property that some contact has; unused ones cost a search for a hundred, used ones up to
 * one each.
 */
export async function usedValues(
  api: HubSpotApi,
  property: string,
  values: readonly string[],
): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const together of groupsOf(values)) {
    for (let rest = together; rest.length > 0; rest = rest.filter((value) => !used.has(value))) {
      const seen = await valuesOnAPage(api, property, rest);
      if (seen.length === 0) break;
      for (const value of seen) used.add(value);
    }
  }
  return used;
}

/** The different values that a page of the contacts with any of these has. */
async function valuesOnAPage(
  api: HubSpotApi,
  propertyName: string,
  values: readonly string[],
): Promise<readonly string[]> {
  const [only = '', ...others] = values;
  const condition =
    others.length === 0
      ? ({ propertyName, operator: 'EQ', value: only } as const)
      : ({ propertyName, operator: 'IN', values } as const);
  const limit = others.length === 0 ? 1 : SEARCH_LIMITS.page;
  const { results } = await api.search({
    conditions: [condition],
    sortedBy: 'hs_object_id',
    properties: [propertyName],
    limit,
  });
  if (others.length === 0) return results.length > 0 ? [only] : [];
  const found = new Set(results.map(({ properties }) => properties[propertyName]));
  return values.filter((value) => found.has(value));
}

/** HubSpot finds nothing by a list of values with capital letters in some properties: each of those is asked for alone. */
function groupsOf(values: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let open: string[] = [];
  let characters = 0;
  for (const value of new Set(values)) {
    if (value !== value.toLowerCase()) {
      groups.push([value]);
      continue;
    }
    if (open.length === 0 || open.length === MOST.values || characters + value.length > MOST.characters) {
      open = [];
      groups.push(open);
      characters = 0;
    }
    open.push(value);
    characters += value.length + 3;
  }
  return groups;
}
