import { type Command, MAX_COMMANDS } from '@cloudtalk-sync/cloudtalk';
import type { Claim, RunEntity } from '@cloudtalk-sync/store';
import type { Operations } from '../account/operations.js';
import { stopIfAsked, type World } from '../world.js';
import { type Candidate, candidates, claimKey, claimsOf } from './candidate.js';
import type { Planner } from './planner.js';
import { WAS_LOST } from './plan-gone.js';
import { settle, type Verdict } from './settle.js';

/** A row with the command it is about to send. */
export interface PlannedCommand {
  readonly candidate: Candidate;
  readonly claims: readonly Claim[];
  readonly attempt: number;
  readonly command: Command;
}

/** What became of the ready rows. */
export interface Composed {
  readonly batch: readonly PlannedCommand[];
  /** True when rows ended that had nothing to send, or could not be sent. */
  readonly hasEnded: boolean;
}

/** Fills batches: takes ready rows in their order, plans each, and leaves out what must wait for another row. */
export class BatchComposer {
  constructor(
    private readonly world: World,
    private readonly planner: Planner,
    private readonly operations: Operations,
  ) {}

  /**
   * The next batch, full unless no more rows, or no more operations, can go now. Rows with nothing to send, or that cannot
   * be sent, end here; what stands behind one of those waits for the next batch, since it was read before that ended.
   */
  async compose(runs: readonly RunEntity[], signal: AbortSignal): Promise<Composed> {
    const batch: PlannedCommand[] = [];
    const taken = new Set<string>();
    const ended = new Set<string>();
    const now = this.world.clock.now();
    let limit = MAX_COMMANDS;
    for await (const candidate of candidates(this.world.store, runs, now)) {
      stopIfAsked(signal);
      // With nothing to send the next batch may as well begin here: looking for more would read all rows for each that ends.
      if (batch.length === 0 && touches(candidate, ended)) break;
      const mayGo = this.mayGo(candidate, taken, now) && batch.length < candidate.row.batchLimit;
      for (const claim of candidate.claims) taken.add(claimKey(claim));
      if (!mayGo) continue;
      const planned = await this.planned(candidate, taken, signal);
      if (planned === 'waits') continue;
      if (planned === 'ended') {
        for (const claim of candidate.claims) ended.add(claimKey(claim));
        continue;
      }
      batch.push(planned);
      limit = Math.min(limit, candidate.row.batchLimit);
      if (batch.length >= Math.min(limit, this.operations.room())) break;
    }
    return { batch: batch.filter((planned) => planned.candidate.run.error === null), hasEnded: ended.size > 0 };
  }

  /**
   * False while a row before it touches the same contact, while it backs off, and once its run has stopped. What is on
   * the way, in doubt or backing off ends by itself, and of the rest the first may always go: rows never wait in a circle.
   */
  private mayGo(candidate: Candidate, taken: ReadonlySet<string>, now: Date): boolean {
    const { notBefore } = candidate.row;
    const backsOff = notBefore !== null && notBefore > now;
    if (candidate.isHeld || candidate.run.error !== null || backsOff) return false;
    return !touches(candidate, taken);
  }

  private async planned(
    candidate: Candidate,
    taken: Set<string>,
    signal: AbortSignal,
  ): Promise<PlannedCommand | 'waits' | 'ended'> {
    const { run, row, refused } = candidate;
    if (refused) return this.end(candidate, { to: 'failed', issues: refused, isKnown: true });
    const plan = await this.planner.plan(candidate, signal);
    if (plan.kind === 'unchanged') return this.end(candidate, { to: 'unchanged', contactId: plan.contactId });
    if (plan.kind === 'skip')
      return this.end(candidate, { to: 'skipped', reason: plan.reason, relinkTo: plan.relinkTo });
    if (plan.kind === 'lost') return this.end(candidate, { to: 'removed', deleted: plan.contactId, reason: WAS_LOST });
    if (plan.kind === 'refuse') return this.end(candidate, { to: 'failed', issues: plan.issues, isPassing: true });
    const attempt = row.attempts + 1;
    const command_id = `${run.id}.${row.number}.${attempt}`;
    if (plan.kind === 'add') {
      const claims = claimsOf(candidate, undefined);
      return { candidate, claims, attempt, command: { action: 'add_contact', command_id, data: plan.data } };
    }
    const claims = claimsOf(candidate, plan.contactId);
    if (plan.kind === 'delete') {
      const data = { id: plan.contactId };
      return { candidate, claims, attempt, command: { action: 'delete_contact', command_id, data } };
    }
    if (plan.contactId !== candidate.contactId && (await this.isTaken(candidate, claims, taken))) return 'waits';
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
    if (touches({ claims: contacts }, taken)) return true;
    const holders = await this.world.store.deliveries.holders(run.accountId, contacts, this.world.clock.now());
    return holders.some((holder) => holder.runId !== run.id || holder.rowNumber !== row.number);
  }

  private async end(candidate: Candidate, verdict: Verdict): Promise<'ended'> {
    const { run, row } = candidate;
    await this.world.store.transaction((store) => settle(store, [{ run, row, verdict }], [], this.world.clock.now()));
    return 'ended';
  }
}

function touches({ claims }: Pick<Candidate, 'claims'>, keys: ReadonlySet<string>): boolean {
  return claims.some((claim) => keys.has(claimKey(claim)));
}
