import type { Contact } from './hubspot-answers.js';
import type { HubSpotCursor } from './hubspot-cursor.js';
import { incomplete } from './hubspot-errors.js';

/** So often an answer that seems to lack something is asked for. */
export const MOST_ASKED = 2;

/** One contact that was read, with the cursor that goes on behind it. */
export interface Step {
  readonly contact: Contact;
  readonly cursor: HubSpotCursor;
  readonly archived?: boolean;
}

/** What a page says of the one behind it. */
type Paging =
  | {
      readonly next?: { readonly after: string } | undefined;
    }
  | undefined;

/** The token of the next page; undefined behind the last. Throws RetryableError where the paging stands still. */
export function nextPage(paging: Paging, current: string | undefined): string | undefined {
  const next = paging?.next?.after;
  if (next === undefined || next !== current) return next;
  throw standingStill();
}

/** The same page comes again and again. */
export function standingStill(): Error {
  return incomplete('HubSpot gives the page that was just read as the next one, so that the reading cannot go on.');
}

/** Whether a page that the one before it announced has nothing on it, and announces none. */
export function isCutOff(after: string | undefined, results: readonly unknown[], paging: Paging): boolean {
  return after !== undefined && results.length === 0 && paging?.next === undefined;
}

/** An answer; the second one where the first is doubtful. */
export async function askedAgain<T>(ask: () => Promise<T>, isDoubtful: (answer: T) => boolean): Promise<T> {
  const answer = await ask();
  return isDoubtful(answer) ? ask() : answer;
}
