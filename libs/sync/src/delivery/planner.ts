import { bringsTagsAgain, type Identity, identityKey, type RunEntity, type StoredGone } from '@cloudtalk-sync/store';
import { leaveOutTags, type TagsLeftOut, type ValidContact } from '@cloudtalk-sync/validation';
import type { AccountLists } from '../account/account-lists.js';
import type { LiveSearch } from '../account/live-search.js';
import { identitiesOf } from '../identities.js';
import type { RunSettings } from '../settings.js';
import type { World } from '../world.js';
import type { AccountIds } from './account-ids.js';
import { type Candidate, type Match, matchIn } from './candidate.js';
import { KnownContacts } from './known-contacts.js';
import { LatelySeen } from './lately-seen.js';
import type { PresentLists } from './list-wishes.js';
import { type Plan, planRow } from './plan.js';
import { type GonePlan, planDeletion, planGone, unlessShared } from './plan-gone.js';
import { withLater } from './with-later.js';

/** A plan that can be carried out as it stands. */
export type FinalPlan = Exclude<Plan, { kind: 'show' }> | Exclude<GonePlan, { kind: 'tag' }>;

/** Plans rows; looks at a contact, or for one, only when the decision asks for that. */
export class Planner {
  readonly known = new KnownContacts();
  readonly #seen = new LatelySeen();

  constructor(
    private readonly world: World,
    private readonly lists: AccountLists,
    private readonly search: LiveSearch,
  ) {}

  async plan(candidate: Candidate, signal: AbortSignal): Promise<FinalPlan> {
    const { gone } = candidate.row;
    return gone === null ? this.planLiving(candidate, signal) : this.planEnd(candidate, gone, signal);
  }

  /** A contact is tagged like any other change of it, but never made anew for that; the rest of it stays as it is. */
  private async planEnd(candidate: Candidate, gone: StoredGone, signal: AbortSignal): Promise<FinalPlan> {
    const { run, row } = candidate;
    const plan = await planGone(this.world.store, candidate, gone);
    if (plan.kind === 'delete') {
      return planDeletion(this.world.store, candidate, gone, plan, (contactId) => this.present(run, contactId, signal));
    }
    if (plan.kind !== 'tag') return plan;
    const tagged = await this.planLiving({ ...candidate, contact: { ...candidate.contact, tags: [plan.tag] } }, signal);
    if (tagged.kind === 'add') return { kind: 'skip', reason: 'Deleted in the source, and in CloudTalk as well.' };
    if (tagged.kind !== 'edit') return tagged;
    const { accountId, connectionId } = run;
    const found = { accountId, connectionId, key: row.linkKey ?? '', contactId: tagged.contactId };
    const name = this.known.get(run.id, tagged.contactId)?.name || tagged.data.name;
    return unlessShared(this.world.store, found, gone, { ...tagged, data: { ...tagged.data, name } });
  }

  /** `lost`: contacts that CloudTalk turned out to have no more. */
  private async planLiving(
    candidate: Candidate,
    signal: AbortSignal,
    lost: ReadonlySet<number> = new Set(),
  ): Promise<FinalPlan> {
    const { run, row, searchFirst } = candidate;
    const { lists } = run.settings as RunSettings;
    const policies = row.gone === null ? lists : { ...lists, tags: 'add' as const };
    const match = searchFirst || candidate.link ? undefined : (candidate.match ?? (await this.seenSince(candidate)));
    const contactId =
      match?.contactId ??
      (searchFirst ? await this.searched(candidate, lost, signal) : candidate.link?.contactId) ??
      undefined;
    const { leftOut, brought } = await this.tagsOf(candidate, contactId, lost, signal);
    const said = await withLater(this.world.store, row, candidate.contact, contactId);
    const contact = leftOut.reduce(leaveOutTags, said);
    const ids = await this.accountIds(run, contact, signal);
    const accepted = await this.accepted(candidate, said, contactId);
    const endTags = await this.endTags(candidate, contactId);
    const situation = { contact, contactId, accepted, endTags, brought };
    const plan = planRow(situation, ids, policies);
    if (contactId === undefined || (plan.kind !== 'show' && (!match || plan.kind === 'refuse'))) return final(plan);
    const present = await this.present(run, contactId, signal);
    if (present && (!match || has(present, match.by))) {
      return final(planRow({ ...situation, present }, ids, policies));
    }
    if (!present) await this.forget(run, contactId);
    return this.planLiving({ ...candidate, searchFirst: true }, signal, present ? lost : new Set([...lost, contactId]));
  }

  /**
   * The contact that really has one of the row's numbers or e-mails; else the one into which an agent merged what CloudTalk
   * has lost, which has what the record had before, unless another record stands for it.
   */
  private async searched(
    { run, row, contact, former }: Candidate,
    lost: ReadonlySet<number>,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const found = await this.search.find(identitiesOf(contact), lost, run.id, signal);
    if (found !== undefined || former.length === 0 || row.linkKey === null) return found;
    const merged = await this.search.find(former, lost, run.id, signal);
    if (merged === undefined) return undefined;
    const { accountId, connectionId } = run;
    const own = { accountId, connectionId, key: row.linkKey };
    const isShared = await this.world.store.links.isShared(own, merged, run.id);
    return isShared ? undefined : merged;
  }

  /** The contact of a row that had none when it was read; asks the directory only where that has learned of one since. */
  private async seenSince({ run, contact }: Candidate): Promise<Match | undefined> {
    const identities = identitiesOf(contact);
    if (!this.#seen.hasAny(identities)) return undefined;
    return matchIn(await this.world.store.directory.find(run.accountId, identities), contact);
  }

  /**
   * What counts of a record without an id, and of several that were folded, is the contact, under whatever key it was
   * accepted. A record that only has to bring its tags again counts as accepted but for those, and one that has ended but for
   * the tag of its end.
   */
  private async accepted(
    { run, row, link }: Candidate,
    said: ValidContact,
    contactId?: number,
  ): Promise<ValidContact | undefined> {
    if (contactId === undefined) return undefined;
    if (row.gone !== null) return { ...said, tags: [] };
    if (link?.contactId === contactId) {
      const { links } = this.world.store;
      const folded = link.gone === null ? await links.acceptedOfFolded(run, contactId, row) : undefined;
      if (folded === undefined && bringsTagsAgain(link, row.fingerprint))
        return { ...said, withoutTags: link.accepted?.withoutTags ?? 'ours' };
      return folded ?? (link.acceptedAt === null ? undefined : (link.accepted ?? undefined));
    }
    if (row.recordId !== null) return undefined;
    return this.world.store.sharedContacts.accepted(run.connectionId, run.accountId, contactId);
  }

  /**
   * Where people who must not be called keep their contact without tags: what another record of it leaves out, this one
   * does not bring either, as in a fold; and the tags to be taken off are those of all its records. Where a row comes to a
   * contact for the first time, the one of such a record that has a number or e-mail of it may be lost, and nobody knows.
   */
  private async tagsOf(
    { contact, link, run, row }: Candidate,
    contactId: number | undefined,
    lost: ReadonlySet<number>,
    signal: AbortSignal,
  ): Promise<{ readonly leftOut: readonly TagsLeftOut[]; readonly brought?: readonly string[] }> {
    const { doNotCall } = run.settings as RunSettings;
    if (doNotCall?.then !== 'untag' || row.linkKey === null || row.gone) return { leftOut: [] };
    const { accountId, connectionId } = run;
    const { leftOutTags } = this.world.store;
    const identities = identitiesOf(contact).map(({ value }) => value);
    const missed = new Set(lost);
    if (contactId === undefined || link?.contactId !== contactId) {
      for (const id of await leftOutTags.leavingOut(connectionId, contactId, identities)) {
        if (missed.has(id) || (await this.present(run, id, signal))) continue;
        await this.forget(run, id);
        missed.add(id);
      }
    }
    return leftOutTags.of({ accountId, connectionId, key: row.linkKey }, contactId, row, identities, [...missed]);
  }

  private async endTags({ run, row }: Candidate, contactId?: number): Promise<readonly string[]> {
    if (contactId === undefined || row.linkKey === null) return [];
    const { accountId, connectionId } = run;
    return this.world.store.links.endTags({ accountId, connectionId, key: row.linkKey }, contactId);
  }

  /**
   * What is shown of a contact names numbers and e-mails that CloudTalk's list may leave out. Those that it has no more stay
   * in the directory until they are searched: that sends each row with one of them on a search, however this one ends.
   */
  private async present(run: RunEntity, contactId: number, signal: AbortSignal): Promise<PresentLists | undefined> {
    const known = this.known.get(run.id, contactId);
    if (known) return known;
    const shown = await this.search.show(contactId, run.id, signal);
    if (!shown) return undefined;
    this.known.learn(run.id, contactId, shown);
    const identities = identitiesOf(shown);
    const entries = identities.map((identity) => ({ ...identity, contactId }));
    await this.world.store.directory.see(run.accountId, entries, this.world.clock.now());
    this.#seen.add(identities);
    return shown;
  }

  /** CloudTalk has the contact no more. A preview leaves the links as they are. */
  private async forget({ accountId, kind }: RunEntity, contactId: number): Promise<void> {
    if (kind !== 'preview') await this.world.store.links.forgetContact(accountId, contactId, 'lost');
  }

  private async accountIds(run: RunEntity, contact: ValidContact, signal: AbortSignal): Promise<AccountIds> {
    const none: ReadonlyMap<string, number> = new Map();
    const hasAttributes =
      Object.keys(contact.attributes).length > 0 || contact.clear?.some((field) => field.startsWith('attributes.'));
    return {
      countries: contact.country === undefined ? none : await this.lists.countries(run, signal),
      agents: contact.favorite_agent === undefined ? none : await this.lists.agents(run, signal),
      attributes: hasAttributes ? await this.lists.attributes(run, signal) : none,
    };
  }
}

/**
 * False when the directory was wrong: the contact has lost the number or e-mail by which it was matched. That it has
 * another one of the row's does not count: the first may have moved to a contact that the row matches before this one.
 */
function has(present: PresentLists, identity: Identity): boolean {
  return identitiesOf(present).some((theirs) => identityKey(theirs) === identityKey(identity));
}

function final(plan: Plan): FinalPlan {
  if (plan.kind !== 'show') return plan;
  throw new Error(`Contact ${plan.contactId} was shown, and is still asked for.`);
}
