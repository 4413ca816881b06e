import { type Command, MAX_COMMANDS, type ShownContact } from '@cloudtalk-sync/cloudtalk';
import { type Claim, identityKey, type RunEntity } from '@cloudtalk-sync/store';
import type { ValidContact } from '@cloudtalk-sync/validation';
import type { AccountLists } from '../account/account-lists.js';
import type { LiveSearch } from '../account/live-search.js';
import { identitiesOf } from '../identities.js';
import { stopIfAsked, type World } from '../world.js';
import type { AccountIds } from './account-ids.js';
import { type Candidate, candidates, claimKey, claimsOf } from './candidate.js';
import { type Plan, planRow } from './plan.js';
import { settle, type Verdict } from './settle.js';

/** A row with the command it is about to send. */
export interface PlannedCommand {
  readonly candidate: Candidate;
  readonly claims: readonly Claim[];
  readonly attempt: number;
  readonly command: Extract<Command, { action: 'add_contact' | 'edit_contact' }>;
}

/** Fills batches: takes ready rows in their order, plans each, and leaves out what must wait for another row. */
export class BatchComposer {
  constructor(
    private readonly world: World,
    private readonly lists: AccountLists,
    private readonly search: LiveSearch,
  ) {}

  /** The next batch, full unless no more rows can be sent now. Rows with nothing to send, or that cannot be sent, end on the way. */
  async compose(runs: readonly RunEntity[], signal: AbortSignal): Promise<readonly PlannedCommand[]> {
    const batch: PlannedCommand[] = [];
    const taken = new Set<string>();
    let limit = MAX_COMMANDS;
    for await (const candidate of candidates(this.world.store, runs)) {
      stopIfAsked(signal);
      const mayGo = this.mayGo(candidate, taken) && batch.length < candidate.row.batchLimit;
      for (const claim of candidate.claims) taken.add(claimKey(claim));
      if (!mayGo) continue;
      const planned = await this.planned(candidate, taken, signal);
      if (planned === undefined) continue;
      batch.push(planned);
      limit = Math.min(limit, candidate.row.batchLimit);
      if (batch.length >= limit) break;
    }
    return batch.filter((planned) => planned.candidate.run.error === null);
  }

  /** False while a row before it, here or on the way, touches the same contact, while it is backing off, or once its run has stopped. */
  private mayGo(candidate: Candidate, taken: ReadonlySet<string>): boolean {
    const { notBefore } = candidate.row;
    if (candidate.isHeld || candidate.run.error !== null || (notBefore !== null && notBefore > this.world.clock.now()))
      return false;
    return !candidate.claims.some((claim) => taken.has(claimKey(claim)));
  }

  private async planned(
    candidate: Candidate,
    taken: Set<string>,
    signal: AbortSignal,
  ): Promise<PlannedCommand | undefined> {
    const { run, row, contact } = candidate;
    const plan = await this.plan(candidate, signal);
    if (plan.kind === 'unchanged') return this.end(candidate, { to: 'unchanged', contactId: plan.contactId });
    if (plan.kind === 'refuse') return this.end(candidate, { to: 'failed', issues: plan.issues });
    const attempt = row.attempts + 1;
    const command_id = `${run.id}.${row.number}.${attempt}`;
    if (plan.kind === 'add') {
      const claims = claimsOf(run, row, contact, undefined);
      return { candidate, claims, attempt, command: { action: 'add_contact', command_id, data: plan.data } };
    }
    const claims = claimsOf(run, row, contact, plan.contactId);
    if (plan.contactId !== candidate.contactId && (await this.isTaken(candidate, claims, taken))) return undefined;
    for (const claim of claims) taken.add(claimKey(claim));
    return { candidate, claims, attempt, command: { action: 'edit_contact', command_id, data: plan.data } };
  }

  /** True when a contact that only came to light while planning is touched by another row. */
  private async isTaken(
    { run, row }: Candidate,
    claims: readonly Claim[],
    taken: ReadonlySet<string>,
  ): Promise<boolean> {
    const contacts = claims.filter((claim) => claim.kind === 'contact');
    if (contacts.some((claim) => taken.has(claimKey(claim)))) return true;
    const holders = await this.world.store.deliveries.holders(run.accountId, contacts);
    return holders.some((holder) => holder.runId !== run.id || holder.rowNumber !== row.number);
  }

  /** Decides with what is known; looks at the contact, or for it, only when the decision asks for that. */
  private async plan(candidate: Candidate, signal: AbortSignal): Promise<Exclude<Plan, { kind: 'show' }>> {
    const { run, row, contact, link } = candidate;
    const ids = await this.accountIds(candidate, signal);
    const contactId = row.searchFirst
      ? await this.search.find(identitiesOf(contact), run.id, signal)
      : candidate.contactId;
    const accepted = link?.contactId === contactId ? (link?.accepted ?? undefined) : undefined;
    const plan = planRow({ contact, contactId, accepted }, ids);
    if (plan.kind !== 'show') return plan;
    const shown = await this.search.show(plan.contactId, run.id, signal);
    const isOwn = link?.contactId === contactId || row.searchFirst;
    if (shown && (isOwn || shares(contact, shown))) {
      return resolved(planRow({ contact, contactId, accepted, shown }, ids));
    }
    if (!shown) {
      await this.world.store.transaction((store) => store.links.forgetContact(run.accountId, plan.contactId));
      if (row.searchFirst) return resolved(planRow({ contact }, ids));
    }
    return this.plan({ ...candidate, row: { ...row, searchFirst: true } }, signal);
  }

  private async accountIds({ run, contact }: Candidate, signal: AbortSignal): Promise<AccountIds> {
    const none: ReadonlyMap<string, number> = new Map();
    return {
      countries: contact.country === undefined ? none : await this.lists.countries(run.id, signal),
      agents: contact.favorite_agent === undefined ? none : await this.lists.agents(run.id, signal),
      attributes: Object.keys(contact.attributes).length === 0 ? none : await this.lists.attributes(run.id, signal),
    };
  }

  private async end(candidate: Candidate, verdict: Verdict): Promise<undefined> {
    const { run, row } = candidate;
    await this.world.store.transaction((store) => settle(store, [{ run, row, verdict }], [], this.world.clock.now()));
  }
}

/** False when the directory was wrong: the contact has lost the number or e-mail by which it was matched. */
function shares(contact: ValidContact, shown: ShownContact): boolean {
  const theirs = new Set(identitiesOf(shown).map(identityKey));
  return identitiesOf(contact).some((identity) => theirs.has(identityKey(identity)));
}

function resolved(plan: Plan): Exclude<Plan, { kind: 'show' }> {
  if (plan.kind !== 'show') return plan;
  throw new Error(`Contact ${plan.contactId} was shown, and is still asked for.`);
}
