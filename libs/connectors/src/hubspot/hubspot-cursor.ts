import { z } from 'zod';

const everywhere = {
  /** The id of the portal, in cursors of earlier versions; the connection itself remembers it now. */
  portal: z.string().optional(),
  /** When the reading began, by HubSpot's clock; epoch milliseconds. */
  began: z.int(),
};
/** The paging token of the page that comes next or is being read; absent for the first. */
const after = z.string().optional();

/** Where a reading is: in the list of all contacts, in that of the archived ones, in the members of a list, or in the search. */
export const cursorSchema = z.discriminatedUnion('phase', [
  z.strictObject({
    phase: z.literal('list'),
    ...everywhere,
    after,
    /** How many contacts that were there when the reading began are on the pages before; absent in cursors of before. */
    read: z.int().nonnegative().optional(),
  }),
  z.strictObject({
    phase: z.literal('archived'),
    ...everywhere,
    after,
    /** The list whose members were read before; absent where that were all contacts. */
    list: z.string().optional(),
    /** Present where the list of all contacts ended too soon, so that the search has to find the rest. */
    short: z.literal(true).optional(),
  }),
  z.strictObject({
    phase: z.literal('members'),
    ...everywhere,
    list: z.string(),
    after,
    /** How many members are on the pages before; absent in cursors of before, with which the list begins anew. */
    read: z.int().nonnegative().optional(),
    /** How many HubSpot counted when the first page was read. */
    counted: z.int().nonnegative().optional(),
    /** The list is read for the second time, since too few came. */
    again: z.literal(true).optional(),
    /** Present in a full reading, in which the archived contacts come behind the members. */
    full: z.literal(true).optional(),
  }),
  z.strictObject({
    phase: z.literal('search'),
    ...everywhere,
    /** A modification time, epoch milliseconds: from it on there is more to read. */
    at: z.int(),
    /** Present while the records of that one time are read in the order of their ids: the last one read. */
    id: z.string().optional(),
    /** Epoch milliseconds: from here on the next reading has to read again, where that is not `at`. */
    from: z.int().optional(),
  }),
]);
export type HubSpotCursor = z.infer<typeof cursorSchema>;
export type CursorOf<Phase extends HubSpotCursor['phase']> = Extract<HubSpotCursor, { phase: Phase }>;

/** How long the search of HubSpot may fall behind in an incident before something is lost until everything is read; ms. */
const LONGEST_LAG = 86_400_000;

/**
 * The time, epoch milliseconds, up to which a reading that ended with this cursor has read everything; what the search
 * showed late is not counted in. It is never later than when the reading began, nor than what was really read, unless that
 * is so long ago that there was nothing else: else that would be read again for ever.
 */
export function readUpTo(cursor: HubSpotCursor): number {
  if (cursor.phase === 'search') {
    return cursor.from ?? Math.max(Math.min(cursor.began, cursor.at), cursor.began - LONGEST_LAG);
  }
  return cursor.phase === 'archived' && cursor.short === true ? 0 : cursor.began;
}
