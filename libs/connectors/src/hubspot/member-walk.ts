import { type Contact, mergedInto, notFound } from './hubspot-answers.js';
import { type HubSpotApi, MOST } from './hubspot-api.js';
import type { CursorOf } from './hubspot-cursor.js';
import { incomplete } from './hubspot-errors.js';
import { isCutOff, MOST_ASKED, nextPage, type Step } from './steps.js';

type Place = CursorOf<'members'> & { readonly read: number };

interface Member {
  readonly id: string;
  readonly cursor: Place;
}

/**
 * The members of a list from a cursor on; those that are no contacts any more are left out. Throws RetryableError where
 * HubSpot gives fewer than it has, twice.
 */
export async function* walkMembers(
  api: HubSpotApi,
  properties: readonly string[],
  start: CursorOf<'members'>,
): AsyncGenerator<readonly Step[]> {
  let waiting: Member[] = [];
  let place: Place | undefined = placeOf(start);
  while (place !== undefined) {
    const here: Place = place;
    const { results, paging, counted } = await membersPage(api, here);
    waiting.push(...results.map(({ recordId }) => ({ id: recordId, cursor: here })));
    const after = nextPage(paging, here.after);
    place = after === undefined ? undefined : { ...here, after, read: here.read + results.length, counted };
    while (waiting.length >= MOST.batch || (place === undefined && waiting.length > 0)) {
      yield stepsOf(waiting.slice(0, MOST.batch), api, properties);
      waiting = waiting.slice(MOST.batch);
    }
  }
}

function placeOf(start: CursorOf<'members'>): Place {
  const { read } = start;
  return read === undefined ? { ...start, after: undefined, read: 0 } : { ...start, read };
}

/**
 * A page of the members, and how many HubSpot counted on the first page. It may be the last one only when as many came as
 * were counted then or are now: people join and leave a list while it is read.
 */
async function membersPage(api: HubSpotApi, { list, after, read, counted }: Place) {
  for (let asked = 1; asked <= MOST_ASKED; asked += 1) {
    const { results, paging, total } = await api.members(list, after);
    const size = total ?? (await api.sizeOf(list));
    const isWhole = read + results.length >= Math.min(size, counted ?? size) && !isCutOff(after, results, paging);
    if (isWhole || paging?.next !== undefined) return { results, paging, counted: counted ?? size };
  }
  throw incomplete(`HubSpot gave fewer members of list ${list} than it counts, asked twice.`);
}

async function stepsOf(
  members: readonly Member[],
  api: HubSpotApi,
  properties: readonly string[],
): Promise<readonly Step[]> {
  const contacts = await contactsOf(
    api,
    members.map(({ id }) => id),
    properties,
  );
  return members.flatMap(({ id, cursor }) => {
    const contact = contacts.get(id);
    return contact === undefined ? [] : { contact, cursor };
  });
}

/**
 * The contacts with these ids, but for those that were archived, erased or merged into another meanwhile. A batch may
 * leave out such a one without a word (reference 1.5), as a junk answer leaves out all: whom two of them say nothing of
 * is asked for alone, which HubSpot answers one way or the other.
 */
async function contactsOf(
  api: HubSpotApi,
  ids: readonly string[],
  properties: readonly string[],
): Promise<ReadonlyMap<string, Contact>> {
  const found = new Map<string, Contact>();
  let open = ids;
  for (let asked = 1; open.length > 0 && asked <= MOST_ASKED; asked += 1) {
    const answer = await api.contactsById(open, properties);
    for (const contact of answer.results) found.set(contact.id, contact);
    const merged = answer.results.flatMap((contact) => mergedInto(contact.properties));
    const gone = new Set([...notFound(answer), ...merged]);
    open = open.filter((id) => !found.has(id) && !gone.has(id));
  }
  for (const id of open) {
    const contact = await api.contactById(id, properties);
    if (contact !== undefined) found.set(contact.id, contact);
  }
  return found;
}
