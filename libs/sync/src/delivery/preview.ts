import type { GoneIn, RowChange, RunEntity } from '@cloudtalk-sync/store';
import { stopIfAsked, type World } from '../world.js';
import { type Candidate, candidates } from './candidate.js';
import { describePlan, describeTagging } from './describe-plan.js';
import { WAS_LOST } from './plan-gone.js';
import type { Planner } from './planner.js';

/** Rows concluded at one time, in one transaction. */
const PAGE = 90;

/** How far a preview is. */
interface UnderWay {
  /** Its rows that are not concluded. */
  readonly rows: AsyncGenerator<Candidate>;
  /** The records that it has more than once, as `repeatedRecords` gives them. */
  readonly repeated: Map<string, GoneIn | undefined>;
}

/** Ends the rows of a preview with what would become of them; nothing is sent. */
export class Preview {
  readonly #underWay = new Map<string, UnderWay>();

  constructor(
    private readonly world: World,
    private readonly planner: Planner,
  ) {}

  /** Concludes the next rows; false when none is left. */
  async conclude(run: RunEntity, signal: AbortSignal): Promise<boolean> {
    const underWay = this.#underWay.get(run.id) ?? (await this.begin(run));
    // Until its rows are stored it is under way no more: what breaks off is begun again from what is stored.
    this.#underWay.delete(run.id);
    const changes = await this.changes(underWay, signal);
    if (changes.length === 0) return false;
    await this.world.store.transaction((tx) => tx.deliveries.change(changes, []));
    this.#underWay.set(run.id, underWay);
    return true;
  }

  endRun(runId: string): void {
    this.#underWay.delete(runId);
  }

  private async begin(run: RunEntity): Promise<UnderWay> {
    const { clock, store } = this.world;
    return { rows: candidates(store, [run], clock.now()), repeated: await store.rows.repeatedRecords(run.id) };
  }

  private async changes({ rows, repeated }: UnderWay, signal: AbortSignal): Promise<readonly RowChange[]> {
    const changes: RowChange[] = [];
    while (changes.length < PAGE) {
      stopIfAsked(signal);
      const next = await rows.next();
      if (next.done) break;
      const candidate = next.value;
      const key = candidate.row.linkKey ?? '';
      const first = candidate.link ? undefined : repeated.get(key);
      const change = await this.change(candidate, first, signal);
      if (first === undefined && repeated.has(key)) repeated.set(key, goneIn(change));
      changes.push(change);
    }
    return changes;
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
    if (plan.kind === 'lost') return { ...own, to: 'removed', contactId: plan.contactId, reason: WAS_LOST };
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
