import { z } from 'zod';
import { readField, type SourceFields } from './source-field.js';

/** The `doNotCall:` section of a connection. */
export const doNotCallSchema = z
  .strictObject({
    fields: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({ description: 'Source fields of which each says, when it is set, that the person must not be called' }),
    file: z.string().min(1).optional().meta({
      description: 'A CSV with the numbers and e-mails of people who must not be called, in any of its cells',
    }),
    then: z.enum(['skip', 'untag'], { error: 'Write skip or untag.' }).meta({
      description: 'skip: such a record is not pushed; untag: it is pushed without campaign tags, and loses them',
    }),
    campaignTags: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({ description: 'The tags that untag leaves out, such as campaign-*; without it, all that we put there' }),
  })
  .refine(({ fields, file }) => fields !== undefined || file !== undefined, {
    error: 'Nothing here says who must not be called. Write fields: [DoNotCall], or file: with a CSV.',
  })
  .refine((policy) => policy.then === 'untag' || policy.campaignTags === undefined, {
    path: ['campaignTags'],
    error: 'A record that is skipped has no tags. Leave campaignTags out, or write then: untag.',
  });

export type DoNotCall = Readonly<z.infer<typeof doNotCallSchema>>;

/** Words that say no; whatever else a field holds (true, yes, a date) is taken for an opt-out. */
const NO = new Set(['', 'false', 'no', 'n', '0', 'off', 'none', 'null']);

/** Finds the first of these fields that says that the person must not be called. */
export function optOutField(names: readonly string[]): (fields: SourceFields) => string | undefined {
  const readers = names.map((name) => ({ name, read: readField(name) }));
  return (fields) => readers.find(({ read }) => !NO.has((read(fields) ?? '').trim().toLowerCase()))?.name;
}
