import { z } from 'zod';
import { DELIMITERS } from './csv-delimiter.js';
import { ENCODINGS } from './csv-encoding.js';

/** The options that every drop has, whatever its transport. */
export const dropOptions = {
  pattern: z
    .string()
    .min(1)
    .default('*.csv')
    .describe('Which files of inbox/ are taken: * is any text, ? one character.'),
  delimiter: z.enum(DELIMITERS).optional().describe('What separates the columns; found out when left out.'),
  encoding: z
    .enum(ENCODINGS)
    .optional()
    .describe('The encoding of files that have no BOM and are not UTF-8; by the default country when left out.'),
  idColumn: z.string().trim().min(1).optional().describe("The column that holds a record's id."),
};
export type DropOptions = z.infer<z.ZodObject<typeof dropOptions>>;

/** Where to resume in a file: the rows up to `row` have been read. */
export const cursorSchema = z.strictObject({ row: z.int().nonnegative() });
