import type { Cursor } from './record.js';

/**
 * Where a reading begins: at the `beginning`, where nothing was read before; with everything `again`, after an earlier
 * reading ended with that cursor; `behind` the record of a cursor, to go on with a reading that was interrupted; or with
 * all that may have changed `since` an earlier reading ended with that cursor.
 */
export type Start = 'beginning' | { readonly again: Cursor } | { readonly behind: Cursor } | { readonly since: Cursor };

/** The cursor by which a connector knows what was read before. */
export function cursorOf(start: Exclude<Start, 'beginning'>): Cursor {
  if ('again' in start) return start.again;
  return 'behind' in start ? start.behind : start.since;
}
