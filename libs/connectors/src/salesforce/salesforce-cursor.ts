import { z } from 'zod';
import { SALESFORCE_ID } from './soql.js';

const id = z.string().regex(SALESFORCE_ID);

/**
 * Where to resume reading: behind the record `id`, which was last changed at `time`. `asked` is when its reading asked for
 * its first page, by the clock of Salesforce, however often it was interrupted since. Cursors of earlier versions say by our
 * own clock when it `began`, or do not say it, and may name the org, which the connection itself remembers now.
 */
export const cursorSchema = z.strictObject({
  time: z.iso.datetime(),
  id,
  asked: z.iso.datetime().optional(),
  began: z.iso.datetime().optional(),
  org: id.optional(),
});
export type SalesforceCursor = z.infer<typeof cursorSchema>;

/**
 * When the reading of a cursor asked for its first page; of one that does not say so by the clock of Salesforce, it is
 * certain only that it was there before its record.
 */
export function askedOf({ time, began = time, asked }: SalesforceCursor): string {
  return asked ?? (Date.parse(began) < Date.parse(time) ? began : time);
}

/**
 * The time from which on everything may have changed since a reading ended with this cursor. What becomes visible late
 * was stamped at most `lookBack` ms before: before the last record, and, when the reading was interrupted, before it began.
 * Where nothing has changed for long, it had read everything by the time it began, and what came last is not read again for
 * ever.
 */
export function sinceOf(cursor: SalesforceCursor, lookBack: number): string {
  const [last, asked] = [Date.parse(cursor.time), Date.parse(askedOf(cursor))];
  return new Date(Math.max(Math.min(last, asked), asked - QUIET) - lookBack).toISOString();
}

/** How much longer than the look-back ago the last change is then, in ms: for clocks that do not agree. */
const QUIET = 3_600_000;
