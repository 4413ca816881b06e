/** HubSpot refuses a search whose body is longer; characters (reference 1.4). */
export const LONGEST_BODY = 3_000;

/** A condition of a search; a time is in epoch milliseconds. */
export interface Condition {
  readonly propertyName: string;
  readonly operator: 'EQ' | 'GT' | 'GTE' | 'LTE';
  readonly value: string;
}

/** A condition that takes any of these values. */
export interface OneOf {
  readonly propertyName: string;
  readonly operator: 'IN';
  readonly values: readonly string[];
}

/** A search for contacts, in ascending order of one property. */
export interface Search {
  readonly conditions: readonly (Condition | OneOf)[];
  readonly sortedBy: string;
  readonly properties: readonly string[];
  /** The most contacts on the page. */
  readonly limit: number;
  readonly after?: string | undefined;
}

/** A search in the form that HubSpot takes. */
export function searchBody({ conditions, sortedBy, properties, limit, after }: Search) {
  return {
    filterGroups: [{ filters: conditions }],
    sorts: [{ propertyName: sortedBy, direction: 'ASCENDING' }],
    properties,
    limit,
    ...(after === undefined ? {} : { after }),
  };
}
