import type { ValidContact } from './contact.js';
import { isFilled } from './cleared.js';
import { distinct, distinctAddresses } from './identifiers.js';
import { bothLeftOut, leaveOutTags } from './contact-tags.js';

/**
 * Two records of one contact as CloudTalk merges them: the union of numbers, e-mails and tags, the newest value of each
 * attribute and of every other field that `later` fills; tags that either leaves out are left out.
 */
export function foldContacts(first: ValidContact, later: ValidContact): ValidContact {
  const folded = {
    ...without(first, ['clear']),
    ...later,
    phones: distinct([...first.phones, ...later.phones]),
    emails: distinctAddresses([...first.emails, ...later.emails]),
    tags: distinct([...first.tags, ...later.tags]),
    attributes: { ...first.attributes, ...later.attributes },
  };
  const contact = withCleared(folded, first, later);
  const leftOut = bothLeftOut(first.withoutTags, later.withoutTags);
  return leftOut === undefined ? contact : leaveOutTags(contact, leftOut);
}

/** What the later record empties is empty, whatever the first one filled; what it fills is no longer emptied. */
function withCleared(folded: ValidContact, first: ValidContact, later: ValidContact): ValidContact {
  if (!first.clear && !later.clear) return folded;
  const single = (later.clear ?? []).filter((field) => !LISTS.has(field) && !field.startsWith('attributes.'));
  const titles = (later.clear ?? []).flatMap((field) => (field.startsWith('attributes.') ? [field.slice(11)] : []));
  const contact = { ...without(folded, single), attributes: without(folded.attributes, titles) } as ValidContact;
  const clear = [...new Set([...(first.clear ?? []), ...(later.clear ?? [])])].filter(
    (field) => !isFilled(contact, field),
  );
  const rest = without(contact, ['clear']);
  return (clear.length > 0 ? { ...rest, clear } : rest) as ValidContact;
}

const LISTS: ReadonlySet<string> = new Set(['phone', 'email', 'email2', 'tags']);

function without<T extends object>(record: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name))) as T;
}
