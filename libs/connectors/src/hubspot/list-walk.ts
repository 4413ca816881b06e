import type { HubSpotCursor } from './hubspot-cursor.js';
import { type HubSpotApi, MOST } from './hubspot-api.js';
import { nextPage, type Step } from './steps.js';

type ListCursor = Extract<HubSpotCursor, { phase: 'list' | 'archived' }>;
type MembersCursor = Extract<HubSpotCursor, { phase: 'members' }>;

/** All contacts from a cursor on, and behind them all that are archived, page by page. */
export async function* walkList(
  api: HubSpotApi,
  properties: readonly string[],
  start: ListCursor,
): AsyncGenerator<readonly Step[]> {
  let place: ListCursor | undefined = start;
  while (place !== undefined) {
    const here: ListCursor = place;
    const archived = here.phase === 'archived';
    const page = await api.contacts(archived, here.after, properties);
    const next = placeBehind(here, nextPage(page.paging, here.after));
    const last = page.results.length - 1;
    yield page.results.map((contact, index) => ({
      contact,
      archived,
      cursor: index === last ? (next ?? here) : here,
    }));
    place = next;
  }
}

/** The members of a list from a cursor on; those that are no contacts any more are left out. */
export async function* walkMembers(
  api: HubSpotApi,
  properties: readonly string[],
  start: MembersCursor,
): AsyncGenerator<readonly Step[]> {
  let waiting: Member[] = [];
  let place: MembersCursor | undefined = start;
  while (place !== undefined) {
    const here: MembersCursor = place;
    const page = await api.members(here.list, here.after);
    waiting.push(...page.results.map(({ recordId }) => ({ id: recordId, cursor: here })));
    const after = nextPage(page.paging, here.after);
    place = after === undefined ? undefined : { ...start, after };
    while (waiting.length >= MOST.batch || (place === undefined && waiting.length > 0)) {
      yield readMembers(api, properties, waiting.slice(0, MOST.batch));
      waiting = waiting.slice(MOST.batch);
    }
  }
}

interface Member {
  readonly id: string;
  readonly cursor: MembersCursor;
}

async function readMembers(
  api: HubSpotApi,
  properties: readonly string[],
  members: readonly Member[],
): Promise<readonly Step[]> {
  const ids = members.map(({ id }) => id);
  const { results } = await api.contactsById(ids, properties);
  const contacts = new Map(results.map((contact) => [contact.id, contact]));
  return members.flatMap(({ id, cursor }) => {
    const contact = contacts.get(id);
    return contact === undefined ? [] : { contact, cursor };
  });
}

function placeBehind({ portal, began, phase }: ListCursor, after: string | undefined): ListCursor | undefined {
  if (after !== undefined) return { phase, portal, began, after };
  return phase === 'list' ? { phase: 'archived', portal, began } : undefined;
}
