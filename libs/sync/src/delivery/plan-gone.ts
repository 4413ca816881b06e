import type { Holder, LinkEntity, LinkKey, RunEntity, Store, StoredGone } from '@cloudtalk-sync/store';
import { hasRecordId, identitiesOf, linkKeyOf, recordIdOf } from '../identities.js';
import type { RunSettings } from '../settings.js';
import type { Candidate } from './candidate.js';
import type { PresentLists } from './list-wishes.js';

/** What is to be done with the contact of a record that is no more. */
export type GonePlan =
  | SkipPlan
  | DeletePlan
  /** CloudTalk has it no more. */
  | { readonly kind: 'lost'; readonly contactId: number }
  | { readonly kind: 'tag'; readonly tag: string };

interface SkipPlan {
  readonly kind: 'skip';
  readonly reason: string;
  readonly relinkTo?: number;
}

/** `survivor`: the living record that the other one went into. */
interface DeletePlan {
  readonly kind: 'delete';
  readonly contactId: number;
  readonly survivor?: Holder;
}

/** Of a contact that was to be deleted; CloudTalk does not say which. */
export const WAS_LOST =
  'CloudTalk had its contact no more: it was deleted there before, or merged into another one, which stays.';

/** Decides by the policies of the run; a contact for which another record stands is neither deleted nor tagged. */
export async function planGone(store: Store, candidate: Candidate, gone: StoredGone): Promise<GonePlan> {
  const { run, link } = candidate;
  const { onDelete = 'keep' } = run.settings as RunSettings;
  const contactId = link?.contactId;
  if (link === undefined || contactId == null) {
    return { kind: 'skip', reason: `${what(gone)}; it has no contact in CloudTalk.` };
  }
  if (gone.into !== undefined) {
    const survivor = await survivorOf(store, candidate, gone, gone.into);
    return planMerged(store, candidate, { ...link, contactId }, gone, survivor);
  }
  if (onDelete === 'keep') {
    return { kind: 'skip', reason: `${what(gone)}; its contact ${contactId} stays, as onDelete: keep says.` };
  }
  const onlyHere: GonePlan = onDelete === 'delete' ? { kind: 'delete', contactId } : { kind: 'tag', tag: onDelete.tag };
  return unlessShared(store, { ...link, contactId }, gone, onlyHere);
}

type Linked = LinkEntity & { readonly contactId: number };

async function planMerged(
  store: Store,
  { handedDown, run }: Candidate,
  link: Linked,
  gone: StoredGone,
  survivor: LinkEntity | undefined,
): Promise<GonePlan> {
  const { contactId } = link;
  const theirs = survivor?.contactId ?? handedDown;
  const isGone = survivor !== undefined && survivor.gone !== null;
  if (theirs === undefined && !isGone)
    return { kind: 'skip', reason: `${what(gone)}, which has no contact yet; contact ${contactId} stays.` };
  if (theirs === contactId) return { kind: 'skip', reason: `${what(gone)}; contact ${contactId} now stands for that.` };
  if ((run.settings as RunSettings).onMerge === 'delete second') {
    const own = { accountId: link.accountId, connectionId: link.connectionId };
    const { accountId, connectionId, key } = survivor ?? { ...own, key: linkKeyOf(gone.into, undefined) ?? '' };
    const living =
      theirs === undefined || isGone ? {} : { survivor: { accountId, connectionId, key, contactId: theirs } };
    return unlessShared(store, link, gone, { kind: 'delete', contactId, ...living });
  }
  const stays = 'stays, as onMerge: relink says';
  if (theirs === undefined)
    return { kind: 'skip', reason: `${what(gone)}, which is no more; contact ${contactId} ${stays}.` };
  const reason = `${what(gone)}, whose contact is ${theirs}; contact ${contactId} is a second one and ${stays}.`;
  return { kind: 'skip', reason, relinkTo: theirs };
}

/** The plan, unless another record stands for the contact. */
export async function unlessShared<P>(
  store: Store,
  link: LinkKey & { readonly contactId: number },
  gone: StoredGone,
  plan: P,
): Promise<P | SkipPlan> {
  const { contactId } = link;
  if (!(await store.links.isShared(link, contactId))) return plan;
  return { kind: 'skip', reason: `${what(gone)}; contact ${contactId} stays, because another record stands for it.` };
}

/** Looks at a contact in CloudTalk; undefined when it is not there. */
type Look = (contactId: number) => Promise<PresentLists | undefined>;

/**
 * Looks before a contact is deleted: it may be the last one of a record that lives, because an agent has merged that of this
 * record into it. Then it stays, and that record stands for it from now on: it goes into it as soon as it is read again, or
 * in this run where it was read.
 */
export async function planDeletion(
  store: Store,
  { run, row }: Candidate,
  gone: StoredGone,
  plan: DeletePlan,
  look: Look,
): Promise<Exclude<GonePlan, { kind: 'tag' }>> {
  const { contactId, survivor } = plan;
  const shown = await look(contactId);
  if (shown === undefined) return { kind: 'lost', contactId };
  const { accountId, connectionId } = run;
  const identities = identitiesOf(shown).map(({ value }) => value);
  const own = { accountId, connectionId, key: row.linkKey ?? '' };
  const others = await store.links.otherHolders(own, contactId, identities, run.id);
  for (const holder of survivor ? [survivor, ...others] : others) {
    if (holder.contactId !== null && (await look(holder.contactId)) !== undefined) continue;
    if (run.kind !== 'preview') await store.transaction((tx) => takeOver(tx, run, holder, contactId));
    const { key } = holder;
    const who = hasRecordId(key) ? `the record ${recordIdOf(key)}` : 'a record without an id';
    const reason = `${what(gone)}; contact ${contactId} stays, because ${who} has no other one in CloudTalk any more.`;
    return { kind: 'skip', reason };
  }
  return plan;
}

/** A record that has lost its contact stands for this one; others of the lost one are searched when they are read. */
async function takeOver(store: Store, run: RunEntity, holder: Holder, contactId: number): Promise<void> {
  await store.links.moveTo(holder, contactId);
  if (holder.contactId !== null) await store.links.forgetContact(run.accountId, holder.contactId, 'lost');
  if (holder.connectionId === run.connectionId) await store.rows.reopen(run.id, holder.key);
}

async function survivorOf(
  store: Store,
  { run }: Candidate,
  { how }: StoredGone,
  into: string,
): Promise<LinkEntity | undefined> {
  const key = linkKeyOf(into, undefined) ?? '';
  if (how === 'converted') return (await store.links.withContact(run.accountId, key)) ?? undefined;
  return (await store.links.ofKeys(run.connectionId, [key])).get(key);
}

function what({ how, into }: StoredGone): string {
  if (how === 'deleted') return 'Deleted in the source';
  return how === 'merged' ? `Merged into the record ${into}` : `Converted to the record ${into}`;
}
