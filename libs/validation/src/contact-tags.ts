import type { TagsLeftOut, ValidContact } from './contact.js';

/** The contact without these tags; whoever sends it takes them off a contact that has them. */
export function leaveOutTags(contact: ValidContact, leftOut: TagsLeftOut): ValidContact {
  const withoutTags = bothLeftOut(contact.withoutTags, leftOut) ?? leftOut;
  return { ...contact, tags: tagsWithout(contact.tags, leftOut), withoutTags };
}

/** Those of the tags that are not left out. */
export function tagsWithout(tags: readonly string[], leftOut: TagsLeftOut): readonly string[] {
  return leftOut === 'ours' ? [] : tags.filter((tag) => !isLeftOut(tag, leftOut));
}

/** Whether one of these names means the tag. */
export function isLeftOut(tag: string, names: readonly string[]): boolean {
  return names.some((name) => (name.endsWith('*') ? tag.startsWith(name.slice(0, -1)) : tag === name));
}

/** What two records of one contact leave out together. */
export function bothLeftOut(one: TagsLeftOut | undefined, other: TagsLeftOut | undefined): TagsLeftOut | undefined {
  if (one === 'ours' || other === 'ours') return 'ours';
  return one === undefined ? other : [...new Set([...one, ...(other ?? [])])];
}
