/**
 * Loaded into the daemon as `broken.mjs?PART`, breaks that part of it on purpose. With each of them the storm must find
 * violations, or the storm proves nothing.
 */
import { register } from 'node:module';

/** By part: the file, and what is written in it instead of what. */
const BREAKS = {
  /** What is in doubt is sent again at once. */
  'look-up': {
    file: '/libs/sync/src/delivery/look-up.js',
    changes: [['async verdict(', "async verdict() { return { to: 'ready' }; } async unusedVerdict("]],
  },
  /** Numbers and e-mails of others are thrown away. */
  lists: {
    file: '/libs/sync/src/delivery/list-wishes.js',
    changes: [
      ['phones: wish(policies.numbers,', "phones: wish('replace',"],
      ['emails: wish(policies.emails,', "emails: wish('replace',"],
    ],
  },
  /** Tags are never sent. */
  tags: {
    file: '/libs/sync/src/delivery/list-wishes.js',
    changes: [['...(tags && { ContactsTag:', '...(tags && false && { ContactsTag:']],
  },
  /** A contact that CloudTalk has lost is not searched before it is made anew. */
  lost: {
    file: '/libs/sync/src/delivery/planner.js',
    changes: [['if (searchFirst)\n', 'if (true)\n']],
  },
  /** A match is believed although the contact has the number no more. */
  match: {
    file: '/libs/sync/src/delivery/planner.js',
    changes: [['has(present, match.by)', 'true']],
  },
  /** What a look at a contact brings to light is forgotten. */
  shown: {
    file: '/libs/sync/src/delivery/planner.js',
    changes: [
      ['await this.world.store.directory.see(', 'void ('],
      ['this.#seen.add(identities)', 'undefined'],
    ],
  },
  /** A contact that an agent deleted is taken to be there, just as the row says. */
  deleted: {
    file: '/libs/sync/src/delivery/planner.js',
    changes: [['if (!present) {', "if (!present) { return { kind: 'unchanged', contactId };"]],
  },
  /** Those of the one connection are always sent before those of the other. */
  order: {
    file: '/libs/sync/src/delivery/deliverer.js',
    changes: [
      ['return sendable;', 'return sendable.sort((one, other) => one.connectionId.localeCompare(other.connectionId));'],
    ],
  },
  /** Requests leave without waiting for the budget. */
  budget: {
    file: '/libs/cloudtalk/src/rate-budget.js',
    changes: [['    waitFor(', '    waitFor() { return 0; } unusedWaitFor(']],
  },
};

const part = decodeURIComponent(new URL(import.meta.url).search.slice(1));
const chosen = BREAKS[/** @type {keyof typeof BREAKS} */ (part)];
if (chosen === undefined) throw new Error(`There is no way to break '${part}'.`);

const HOOKS = `
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith(${JSON.stringify(chosen.file)})) return loaded;
  let source = String(loaded.source);
  for (const [from, to] of ${JSON.stringify(chosen.changes)}) {
    if (!source.includes(from)) throw new Error('The daemon could not be broken: there is no ' + from);
    source = source.replace(from, to);
  }
  return { ...loaded, source };
}`;

register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
