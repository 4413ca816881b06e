import { z } from 'zod';

/** The tag that `onDelete: tag` puts on a contact whose record was deleted. */
const DELETED_TAG = 'deleted';

/** The `onDelete:` key of a connection. */
export const onDeleteSchema = z
  .union([z.enum(['keep', 'tag', 'delete']), z.strictObject({ tag: z.string().trim().min(1).max(30) })], {
    error: "Write keep, tag, { tag: 'name of the tag' }, or delete.",
  })
  .transform((policy): OnDelete => (policy === 'tag' ? { tag: DELETED_TAG } : policy))
  .meta({
    description:
      'What becomes of the contact when its record is deleted in the source: keep (default), tag (puts the tag "deleted" on it; { tag: name } another one), delete',
  });

/** What becomes of the contact of a record that was deleted. */
export type OnDelete = 'keep' | 'delete' | { readonly tag: string };

/** The `onMerge:` key of a connection. */
export const onMergeSchema = z.enum(['relink', 'delete second'], { error: "Write relink or 'delete second'." }).meta({
  description:
    'What becomes of a second contact when its record was merged into, or converted to, another one: relink (default) keeps it and says so, "delete second" deletes it',
});

/** What becomes of the second contact when a record was merged into another one, or converted. */
export type OnMerge = z.infer<typeof onMergeSchema>;
