import { z } from 'zod';
import { SALESFORCE_ID } from './soql.js';

const id = z.string().regex(SALESFORCE_ID);

/** Where to resume reading: behind the record `id`, which was last changed at `time`, in the org `org`. */
export const cursorSchema = z.strictObject({ time: z.iso.datetime(), id, org: id });
export type SalesforceCursor = z.infer<typeof cursorSchema>;
