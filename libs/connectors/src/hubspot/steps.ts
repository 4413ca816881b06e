import type { Contact } from './hubspot-answers.js';
import type { HubSpotCursor } from './hubspot-cursor.js';
import { incomplete } from './hubspot-errors.js';

/** One contact that was read, with the cursor that goes on behind it. */
export interface Step {
  readonly contact: Contact;
  readonly cursor: HubSpotCursor;
  readonly archived?: boolean;
}

/** The token of the next page; undefined behind the last. Throws RetryableError where the paging stands still. */
export function nextPage(
  paging: { readonly next?: { readonly after: string } | undefined } | undefined,
  current: string | undefined,
): string | undefined {
  const next = paging?.next?.after;
  if (next === undefined || next !== current) return next;
  throw standingStill();
}

/** The same page comes again and again. */
export function standingStill(): Error {
  return incomplete('HubSpot gives the page that was just read as the next one, so that the reading cannot go on.');
}
