import { z } from 'zod';

/** What is used of HubSpot's answers; anything else of them is let be. */
const id = z.string().min(1);
const values = z.record(z.string(), z.string().nullable());
const paging = z.object({ next: z.object({ after: z.string().min(1) }).optional() }).optional();

const shown = z.object({ id, properties: values });
/** A contact with the properties asked for; null where it has none. */
export type Contact = z.infer<typeof shown>;

/** HubSpot says of each record whether it is archived: one of the other kind than was asked for makes the answer junk. */
export const living = shown.extend({ archived: z.literal(false, 'it is archived, and was not asked for').optional() });
export const archived = shown.extend({ archived: z.literal(true, 'it is not archived, and was not asked for') });

const contactsPage = z.object({ results: z.array(shown), paging });
export type ContactsPage = z.infer<typeof contactsPage>;
export const livingPage = contactsPage.extend({ results: z.array(living) });
export const archivedPage = contactsPage.extend({ results: z.array(archived) });

const found = living.extend({ properties: values.and(z.object({ lastmodifieddate: z.string() })) });
export const searchPage = z.object({ total: z.int().nonnegative(), results: z.array(found), paging });

export const counted = z.object({ total: z.int().nonnegative() });

/** A batch that was answered with 200 or 207; what is missing from both lists was dropped without a word. */
export const batchAnswer = z.object({
  results: z.array(shown),
  errors: z
    .array(
      z.object({
        category: z.string().optional(),
        message: z.string().optional(),
        context: z.object({ ids: z.array(z.string()).optional() }).optional(),
      }),
    )
    .optional(),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;
export const livingBatch = batchAnswer.extend({ results: z.array(living) });
export const archivedBatch = batchAnswer.extend({ results: z.array(archived) });

/** Of which ids HubSpot says that there is nothing. */
export function notFound({ errors = [] }: BatchAnswer): readonly string[] {
  return errors.flatMap(({ category, context }) => (category === 'OBJECT_NOT_FOUND' ? (context?.ids ?? []) : []));
}

/** The property with the ids of what was merged into an object. */
export const MERGED = 'hs_merged_object_ids';

export function mergedInto(properties: Contact['properties']): readonly string[] {
  const ids = (properties[MERGED] ?? '').split(';').map((text) => text.trim());
  return [...new Set(ids)].filter((id) => id !== '');
}

export const list = z.object({
  list: z.object({ objectTypeId: z.string().min(1), size: z.int().nonnegative().optional() }),
});

export const membersPage = z.object({
  /** Of the whole list. */
  total: z.int().nonnegative().optional(),
  results: z.array(z.object({ recordId: id })),
  paging,
});

const owner = z.object({
  id,
  email: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
});
export type Owner = z.infer<typeof owner>;
export const ownersPage = z.object({ results: z.array(owner), paging });
export type OwnersPage = z.infer<typeof ownersPage>;

export const property = z.object({
  name: z.string(),
  type: z.string(),
  options: z.array(z.object({ value: z.string() })).optional(),
  hasUniqueValue: z.boolean().optional(),
  modificationMetadata: z.object({ readOnlyValue: z.boolean() }).optional(),
});
export type Property = z.infer<typeof property>;
export const properties = z.object({ results: z.array(property) });

export const account = z.object({ portalId: z.int(), timeZone: z.string().optional() });
export const anything = z.object({});
