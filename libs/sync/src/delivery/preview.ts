import type { GoneIn, RowChange, RunEntity } from '@cloudtalk-sync/store';
import { stopIfAsked, type World } from '../world.js';
import { type Candidate, candidates } from './candidate.js';
import { describePlan, describeTagging } from './describe-plan.js';
import type { Planner } from './planner.js';

/** Rows concluded at one time, in one transaction. */
const PAGE = 90;

/** Ends the rows of a preview with what would become of them; nothing is sent. */
export class Preview {
  /** Of each preview under way, the records that it has more than once, as `repeatedRecords` gives them. */
  readonly #repeated = new Map<string, Map<string, GoneIn | undefined>>();

  constructor(
    private readonly world: World,
    private readonly planner: Planner,
  ) {}

  /** Concludes the next rows; false when none is left. */
  async conclude(run: RunEntity, signal: AbortSignal): Promise<boolean> {
    const repeated = this.#repeated.get(run.id) ?? (await this.world.store.rows.repeatedRecords(run.id));
    this.#repeated.set(run.id, repeated);
    const changes: RowChange[] = [];
    for await (const candidate of candidates(this.world.store, [run], this.world.clock.now())) {
      stopIfAsked(signal);
      const key = candidate.row.linkKey ?? '';
      const first = candidate.link ? undefined : repeated.get(key);
      const change = await this.change(candidate, first, signal);
      if (first === undefined && repeated.has(key)) repeated.set(key, goneIn(change));
      changes.push(change);
      if (changes.length === PAGE) break;
    }
    if (changes.length > 0) await this.world.store.transaction((tx) => tx.deliveries.change(changes, []));
    else this.#repeated.delete(run.id);
    return changes.length > 0;
  }

  /** `first`: the row that would have given its record a contact by then, where the record has none yet. */
  private async change(candidate: Candidate, first: GoneIn | undefined, signal: AbortSignal): Promise<RowChange> {
    const { run, row, refused } = candidate;
    const own = { runId: run.id, rowNumber: row.number, from: 'ready' } as const;
    if (refused) return { ...own, to: 'failed', issues: refused };
    const plan = await this.planner.plan(candidate, signal);
    if (plan.kind === 'refuse') return { ...own, to: 'failed', issues: plan.issues };
    if (first && !row.gone) return { ...own, to: 'updated', ...sameContactAs(first) };
    if (plan.kind === 'skip') return { ...own, to: 'skipped', reason: plan.reason };
    if (plan.kind === 'delete') return { ...own, to: 'removed', contactId: plan.contactId, reason: 'would be deleted' };
    if (plan.kind === 'unchanged') return { ...own, to: 'unchanged', contactId: plan.contactId };
    const known = plan.kind === 'edit' ? this.planner.known.get(run.id, plan.contactId) : undefined;
    const reason = (row.gone && describeTagging(plan, run)) ?? describePlan(plan, candidate, known);
    if (plan.kind === 'add') return { ...own, to: 'created', reason };
    return { ...own, to: 'updated', contactId: plan.contactId, reason };
  }
}

function goneIn({ contactId = null, rowNumber, to }: RowChange): GoneIn | undefined {
  return to === 'created' || to === 'updated' || to === 'unchanged' ? { number: rowNumber, contactId } : undefined;
}

/** A source may repeat a record: what comes later goes into the contact of what came first. */
function sameContactAs({ number, contactId }: GoneIn): Pick<RowChange, 'contactId' | 'reason'> {
  if (contactId === null) return { reason: `would go into the contact that row ${number} would create` };
  return { contactId, reason: `would go into contact ${contactId}, as row ${number} of the same record` };
}
