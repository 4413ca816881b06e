import type { CursorOf } from './hubspot-cursor.js';
import type { Contact } from './hubspot-answers.js';
import { type HubSpotApi, MADE } from './hubspot-api.js';
import { askedAgain, isCutOff, MOST_ASKED, nextPage, type Step } from './steps.js';

/** All contacts from a cursor on, page by page; gives the cursor behind them all, where the archived ones begin. */
export async function* walkList(
  api: HubSpotApi,
  properties: readonly string[],
  start: CursorOf<'list'>,
): AsyncGenerator<readonly Step[], CursorOf<'archived'>> {
  let here = start;
  for (;;) {
    const { results, next } = await listPage(api, [...new Set([...properties, MADE])], here);
    yield stepsOf(results, here, next, false);
    if (next.phase === 'archived') return next;
    here = next;
  }
}

/**
 * All contacts that are archived from a cursor on. Nothing counts them: whom a junk answer hides, the next full reading
 * finds.
 */
export async function* walkArchived(
  api: HubSpotApi,
  properties: readonly string[],
  start: CursorOf<'archived'>,
): AsyncGenerator<readonly Step[]> {
  let here = start;
  for (;;) {
    const { after: current } = here;
    const page = await askedAgain(
      () => api.contacts(true, current, properties),
      ({ results, paging }) => isCutOff(current, results, paging),
    );
    const after = nextPage(page.paging, current);
    const next = after === undefined ? here : { ...here, after };
    yield stepsOf(page.results, here, next, true);
    if (after === undefined) return;
    here = next;
  }
}

/**
 * A page of the list of all contacts. The list may end only when as many came as the search counts of those that were
 * there when the reading began. The search may lag behind and count some that are gone, so that after a second look the
 * list counts as short: that costs a reading by the search, and never holds the import up.
 */
async function listPage(
  api: HubSpotApi,
  properties: readonly string[],
  here: CursorOf<'list'>,
): Promise<{ readonly results: readonly Contact[]; readonly next: CursorOf<'list' | 'archived'> }> {
  const { began, after: current } = here;
  for (let asked = 1; ; asked += 1) {
    const { results, paging } = await api.contacts(false, current, properties);
    const after = nextPage(paging, current);
    const read = here.read === undefined ? undefined : here.read + results.filter(wasMadeBy(began)).length;
    if (after !== undefined) return { results, next: { ...here, after, read } };
    const isShort = read === undefined ? isCutOff(current, results, paging) : read < (await api.count(began));
    if (isShort && asked < MOST_ASKED) continue;
    return { results, next: { phase: 'archived', began, ...(isShort ? { short: true } : {}) } };
  }
}

/** As the search compares: a contact without such a time was made by none. */
function wasMadeBy(time: number): (contact: Contact) => boolean {
  return ({ properties }) => Date.parse(properties[MADE] ?? '') <= time;
}

function stepsOf(
  contacts: readonly Contact[],
  here: CursorOf<'list' | 'archived'>,
  next: CursorOf<'list' | 'archived'>,
  archived: boolean,
): readonly Step[] {
  const last = contacts.length - 1;
  return contacts.map((contact, index) => ({ contact, archived, cursor: index === last ? next : here }));
}
