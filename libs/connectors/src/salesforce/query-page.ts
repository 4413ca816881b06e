import { z } from 'zod';
import { junk } from './salesforce-errors.js';
import { SALESFORCE_ID } from './soql.js';

const id = z.string().regex(SALESFORCE_ID);

/** What a reading relies on in every record; the other fields are whatever was asked for. */
const recordSchema = z.looseObject({
  Id: id,
  SystemModstamp: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
  IsDeleted: z.boolean(),
  MasterRecordId: id.nullish(),
  IsConverted: z.boolean().nullish(),
  ConvertedContactId: id.nullish(),
});
export type RawRecord = z.infer<typeof recordSchema>;

const pageSchema = z
  .object({
    totalSize: z.int().nonnegative(),
    done: z.boolean(),
    nextRecordsUrl: z
      .string()
      .regex(/^(\/|https?:\/\/)/)
      .optional(),
    records: z.array(recordSchema),
  })
  .refine(({ done, nextRecordsUrl, records }) => done || (nextRecordsUrl !== undefined && records.length > 0), {
    error: 'it is not the last page and leads to no next one, or is empty',
  });

/** One page of a query's records. */
export interface QueryPage {
  /** Records that the query has in all. */
  readonly totalSize: number;
  readonly records: readonly RawRecord[];
  /** Where the next page is; absent on the last. */
  readonly next?: string;
}

/** Reads a page; throws RetryableError for an answer that is none, before any of it counts. */
export function readPage(answer: unknown): QueryPage {
  const parsed = pageSchema.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw junk(
      `a page of records is not as it should be: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
    );
  }
  const { done, nextRecordsUrl, records, totalSize } = parsed.data;
  return { totalSize, records, ...(done || nextRecordsUrl === undefined ? {} : { next: nextRecordsUrl }) };
}
