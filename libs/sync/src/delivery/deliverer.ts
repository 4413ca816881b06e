import type { CommandChange, RunEntity } from '@cloudtalk-sync/store';
import type { Operations } from '../account/operations.js';
import { endRest } from '../stopping.js';
import { stopIfAsked, type SyncAccount, type World } from '../world.js';
import type { BatchComposer } from './batch-composer.js';
import type { BatchSender } from './batch-sender.js';
import type { KnownContacts } from './known-contacts.js';
import type { LookUp } from './look-up.js';
import type { OutlookDesk } from './outlook.js';
import type { Preview } from './preview.js';

/** Sends the account's ready rows, one batch at a time, until none can be sent now, and concludes its previews meanwhile. */
export class Deliverer {
  constructor(
    private readonly world: World,
    private readonly account: SyncAccount,
    private readonly owner: string,
    /** True when no other process can work on this database. */
    private readonly exclusive: boolean,
    private readonly operations: Operations,
    private readonly outlook: OutlookDesk,
    private readonly composer: BatchComposer,
    private readonly sender: BatchSender,
    private readonly known: KnownContacts,
    private readonly lookUp: LookUp,
    private readonly preview: Preview,
  ) {}

  /** Throws FatalError or RetryableError when the account cannot be used now; every row stays where it can go on. */
  async deliver(signal: AbortSignal): Promise<void> {
    await this.takeOverOrphans();
    for (;;) {
      stopIfAsked(signal);
      const lookedUp = await this.lookUp.settleDue(signal);
      const runs = (await this.world.store.runs.open()).filter((run) => run.accountId === this.account.id);
      const moved = await this.sendNext(runs, signal);
      const previewed = await this.concludePreviews(runs, signal);
      const reopened = await this.finishRuns(runs);
      if (lookedUp === 0 && !moved && !previewed && !reopened) return;
    }
  }

  /** What was on the way when its owner died may have been carried out: it is in doubt. */
  private async takeOverOrphans(): Promise<void> {
    const { store, clock, log } = this.world;
    const batches = await store.deliveries.takeOverOrphans(this.account.id, this.owner, clock.now(), this.exclusive);
    for (const batchId of batches) {
      const commands = await store.commands.ofBatch(batchId);
      await store.transaction(async (tx) => {
        if (!(await tx.deliveries.end(batchId, this.owner, clock.now()))) return;
        const changes: CommandChange[] = commands.map(({ id, sentAt }) => ({
          id,
          state: 'in doubt',
          lookUpAt: this.sender.lookUpTime(sentAt),
        }));
        const rows = commands.map(
          ({ runId, rowNumber }) => ({ runId, rowNumber, from: 'sending', to: 'in doubt' }) as const,
        );
        await tx.deliveries.change(rows, changes);
      });
      log.warn(
        { batch: batchId, commands: commands.length },
        'a batch was on the way when its process ended; its rows are looked up',
      );
    }
  }

  /** Sends one batch, or ends rows that have nothing to send; false when no row can go now. */
  private async sendNext(open: readonly RunEntity[], signal: AbortSignal): Promise<boolean> {
    const runs = await this.sendable(open);
    if (runs.length === 0) return false;
    for (const run of runs) await this.outlook.prepare(run, signal);
    const { batch, hasEnded } = await this.composer.compose(runs, signal);
    if (batch.length === 0) return hasEnded;
    const place = await this.operations.allowed(signal, batch.length);
    await this.sender.send(batch, place);
    return true;
  }

  /**
   * Runs that have ready rows, in their order: none behind a run that is still being read, and none behind one of the
   * same connection whose reading waits, since an older value must not come after a newer one. Previews hold up nothing.
   */
  private async sendable(open: readonly RunEntity[]): Promise<readonly RunEntity[]> {
    const sendable: RunEntity[] = [];
    const unread = new Set<string>();
    for (const run of open) {
      if (run.kind === 'preview') continue;
      if (run.state === 'requested' || run.state === 'reading') break;
      if (run.waiting?.from === 'requested' || run.waiting?.from === 'reading') unread.add(run.connectionId);
      if (!isSendable(run) || unread.has(run.connectionId)) continue;
      if ((await this.world.store.rows.openStates(run.id)).has('ready')) sendable.push(run);
    }
    return sendable;
  }

  /** Previews go through everything but the sending, some rows at a time between the batches; false when none has any left. */
  private async concludePreviews(open: readonly RunEntity[], signal: AbortSignal): Promise<boolean> {
    let hasAny = false;
    for (const run of open) {
      if (run.kind !== 'preview' || run.state !== 'delivering' || run.error !== null) continue;
      await this.outlook.prepare(run, signal);
      if (await this.preview.conclude(run, signal)) hasAny = true;
    }
    return hasAny;
  }

  /**
   * Ends what is left of stopped runs, and sends runs whose every row has ended on to reporting; killed anywhere in
   * between, the same is done again and comes out the same. True when a run has rows again: records that it found
   * unchanged have to bring their tags again, since another one of their contact leaves them out no more.
   */
  async finishRuns(open: readonly RunEntity[]): Promise<boolean> {
    const { store, ring } = this.world;
    let hasReopened = false;
    for (const run of open) {
      if (run.state !== 'delivering') continue;
      if (run.error !== null) await endRest(store, run);
      const states = await store.rows.openStates(run.id);
      const hasFolded = states.delete('folded');
      if (states.size > 0) continue;
      if (hasFolded) await this.settleFolded(run);
      if (isSendable(run) && run.kind !== 'preview' && (await store.rows.reopenFreed(run)) > 0) {
        hasReopened = true;
        continue;
      }
      await store.deliveries.releaseClaims(run.id);
      await store.runs.move(run, 'reporting');
      this.known.endRun(run.id);
      this.outlook.endRun(run.id);
      this.preview.endRun(run.id);
      ring('report', run.id);
    }
    return hasReopened;
  }

  private async settleFolded(run: RunEntity): Promise<void> {
    const { store, clock } = this.world;
    await store.transaction(async (tx) => {
      if (run.kind !== 'preview') await tx.intake.linkFolded(run, clock.now());
      await tx.intake.settleFolded(run);
    });
  }
}

function isSendable(run: RunEntity): boolean {
  return run.state === 'delivering' && run.error === null;
}
