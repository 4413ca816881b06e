import type { RowChange, RunEntity } from '@cloudtalk-sync/store';
import { stopIfAsked, type World } from '../world.js';
import { type Candidate, candidates } from './candidate.js';
import { describePlan, describeTagging } from './describe-plan.js';
import type { Planner } from './planner.js';

/** Rows concluded in one transaction. */
const PAGE = 100;

/** Ends the rows of a preview with what would become of them; nothing is sent. */
export class Preview {
  constructor(
    private readonly world: World,
    private readonly planner: Planner,
  ) {}

  async conclude(run: RunEntity, signal: AbortSignal): Promise<void> {
    let changes: RowChange[] = [];
    for await (const candidate of candidates(this.world.store, [run], this.world.clock.now())) {
      stopIfAsked(signal);
      changes.push(await this.change(candidate, signal));
      if (changes.length < PAGE) continue;
      await this.store(changes);
      changes = [];
    }
    await this.store(changes);
  }

  private async change(candidate: Candidate, signal: AbortSignal): Promise<RowChange> {
    const { run, row, refused } = candidate;
    const own = { runId: run.id, rowNumber: row.number, from: 'ready' } as const;
    if (refused) return { ...own, to: 'failed', issues: refused };
    const plan = await this.planner.plan(candidate, signal);
    if (plan.kind === 'refuse') return { ...own, to: 'failed', issues: plan.issues };
    if (plan.kind === 'skip') return { ...own, to: 'skipped', reason: plan.reason };
    if (plan.kind === 'delete') return { ...own, to: 'removed', contactId: plan.contactId, reason: 'would be deleted' };
    if (plan.kind === 'unchanged') return { ...own, to: 'unchanged', contactId: plan.contactId };
    const known = plan.kind === 'edit' ? this.planner.known.get(run.id, plan.contactId) : undefined;
    const reason = (row.gone && describeTagging(plan, run)) ?? describePlan(plan, candidate, known);
    if (plan.kind === 'add') return { ...own, to: 'created', reason };
    return { ...own, to: 'updated', contactId: plan.contactId, reason };
  }

  private async store(changes: readonly RowChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.world.store.transaction((tx) => tx.deliveries.change(changes, []));
  }
}
