import { type Contact, mergedInto, notFound } from './hubspot-answers.js';
import { type HubSpotApi, MOST } from './hubspot-api.js';
import type { CursorOf } from './hubspot-cursor.js';
import { isCutOff, MOST_ASKED, nextPage, type Step } from './steps.js';

type Place = CursorOf<'members'> & { readonly read: number };

interface Member {
  readonly id: string;
  readonly cursor: Place;
}

/** The members of a list from a cursor on; those that are no contacts any more are left out. */
export async function* walkMembers(
  api: HubSpotApi,
  properties: readonly string[],
  start: CursorOf<'members'>,
): AsyncGenerator<readonly Step[]> {
  let waiting: Member[] = [];
  let place: Place | undefined = start.read === undefined ? beginningOf(start) : { ...start, read: start.read };
  while (place !== undefined) {
    const here: Place = place;
    const { results, next } = await membersPage(api, here);
    waiting.push(...results.map(({ recordId }) => ({ id: recordId, cursor: here })));
    place = next;
    while (waiting.length >= MOST.batch || (place === undefined && waiting.length > 0)) {
      yield stepsOf(waiting.slice(0, MOST.batch), api, properties);
      waiting = waiting.slice(MOST.batch);
    }
  }
}

function beginningOf(place: CursorOf<'members'>): Place {
  return { ...place, after: undefined, read: 0, counted: undefined };
}

/**
 * A page of the members, and where the next one is. It may be the last only when as many came as HubSpot counted on the
 * first page or counts now: people join and leave a list while it is read. Where too few came, asked twice, the list is read
 * once more from its beginning; then it is believed, since no wrong count may hold an import up for ever, and the next one
 * reads the whole list again.
 */
async function membersPage(api: HubSpotApi, here: Place) {
  for (let asked = 1; ; asked += 1) {
    const { results, paging, total } = await api.members(here.list, here.after);
    const after = nextPage(paging, here.after);
    const read = here.read + results.length;
    if (after !== undefined) return { results, next: { ...here, after, read, counted: here.counted ?? total } };
    const size = total ?? (await api.sizeOf(here.list));
    const isCut = isCutOff(here.after, results, paging);
    const isWhole = size !== undefined && (read >= size || (!isCut && read >= (here.counted ?? size)));
    if (isWhole) return { results, next: undefined };
    if (asked < MOST_ASKED) continue;
    return { results, next: here.again ? undefined : { ...beginningOf(here), again: true as const } };
  }
}

async function stepsOf(
  members: readonly Member[],
  api: HubSpotApi,
  properties: readonly string[],
): Promise<readonly Step[]> {
  const contacts = await contactsOf(api, [...new Set(members.map(({ id }) => id))], properties);
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
