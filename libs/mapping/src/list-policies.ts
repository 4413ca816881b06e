import { z } from 'zod';

const listPolicy = z.enum(['union', 'replace'], { error: 'Write union or replace.' });

/** The `lists:` section of a connection, its defaults filled in. */
export const listsSchema = z
  .strictObject({
    numbers: listPolicy.default('union'),
    emails: listPolicy.default('union'),
    tags: z
      .union([z.enum(['add', 'replace']), z.strictObject({ managed: z.string().min(1) })], {
        error: "Write add, replace, or { managed: 'prefix' }.",
      })
      .default('add')
      .meta({
        description:
          'add: ours are added; { managed: crm- }: of the tags that begin so, the contact keeps just ours; replace: only ours stay',
      }),
    attributes: z.literal('managed', { error: 'Write managed, or leave it out.' }).default('managed'),
  })
  .meta({
    description:
      'What becomes of numbers, e-mails, tags and attributes that others put on a contact; by default they stay',
  });

/**
 * What becomes of entries of a contact's lists that are not ours: `union` and `add` keep them, `replace` does not,
 * `managed` keeps those that do not begin with its prefix. Attributes are managed one by one.
 */
export type ListPolicies = Readonly<z.infer<typeof listsSchema>>;
