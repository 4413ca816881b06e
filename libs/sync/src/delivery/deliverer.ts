import { randomUUID } from 'node:crypto';
import type { BulkResult } from '@cloudtalk-sync/cloudtalk';
import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import type { CommandChange, RunEntity, Store } from '@cloudtalk-sync/store';
import type { Operations } from '../account/operations.js';
import { endRest } from '../stopping.js';
import { stopIfAsked, type SyncAccount, type World } from '../world.js';
import { type Reading, readAnswer, readNothingDone } from './answers.js';
import type { BatchComposer, PlannedCommand } from './batch-composer.js';
import type { KnownContacts } from './known-contacts.js';
import type { LookUp } from './look-up.js';
import type { OutlookDesk } from './outlook.js';
import type { Preview } from './preview.js';
import { settle } from './settle.js';

/** A batch is given up by a live owner no sooner than this after its request's deadline, in milliseconds. */
const LEASE_MARGIN = 30_000;

/** Sends the account's ready rows, one batch at a time, until none can be sent now. */
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
      const sent = await this.sendNext(signal);
      await this.concludePreviews(signal);
      await this.finishRuns();
      if (lookedUp === 0 && !sent) return;
    }
  }

  /** What was on the way when its owner died may have been carried out: it is in doubt. */
  private async takeOverOrphans(): Promise<void> {
    const { store, clock, log } = this.world;
    const batches = await store.deliveries.takeOverOrphans(this.account.id, this.owner, clock.now(), this.exclusive);
    for (const batchId of batches) {
      const commands = await store.deliveries.commandsOf(batchId);
      await store.transaction(async (tx) => {
        if (!(await tx.deliveries.end(batchId, this.owner, clock.now()))) return;
        const changes: CommandChange[] = commands.map(({ id, sentAt }) => ({
          id,
          state: 'in doubt',
          lookUpAt: this.lookUpTime(sentAt),
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

  private lookUpTime(sentAt: Date): Date {
    return new Date(sentAt.getTime() + this.account.settle);
  }

  /** Sends one batch; false when no row can be sent now. */
  private async sendNext(signal: AbortSignal): Promise<boolean> {
    const runs = await this.sendableRuns();
    if (runs.length === 0) return false;
    for (const run of runs) await this.outlook.prepare(run, signal);
    const batch = await this.composer.compose(runs, signal);
    if (batch.length === 0) return false;
    await this.operations.allowed(signal, batch.length);
    await this.send(batch);
    return true;
  }

  /**
   * Runs that have ready rows, in their order: none behind a run that is still being read, and none behind one of the
   * same connection whose reading waits, since an older value must not come after a newer one. Previews hold up nothing.
   */
  private async sendableRuns(): Promise<readonly RunEntity[]> {
    const sendable: RunEntity[] = [];
    const unread = new Set<string>();
    for (const run of await this.world.store.runs.open()) {
      if (run.accountId !== this.account.id || run.kind === 'preview') continue;
      if (run.state === 'requested' || run.state === 'reading') break;
      if (run.waiting?.from === 'requested' || run.waiting?.from === 'reading') unread.add(run.connectionId);
      if (!isSendable(run) || unread.has(run.connectionId)) continue;
      const ready = await this.world.store.deliveries.readyRows(run.id, 0, 1);
      if (ready.length > 0) sendable.push(run);
    }
    return sendable;
  }

  /** Previews go through everything but the sending. */
  private async concludePreviews(signal: AbortSignal): Promise<void> {
    for (const run of await this.world.store.runs.open()) {
      if (run.accountId !== this.account.id || run.kind !== 'preview') continue;
      if (run.state !== 'delivering' || run.error !== null) continue;
      await this.outlook.prepare(run, signal);
      await this.preview.conclude(run, signal);
    }
  }

  private async send(batch: readonly PlannedCommand[]): Promise<void> {
    const id = randomUUID();
    const sentAt = this.world.clock.now();
    const operation = await this.world.store.transaction((tx) => this.begin(tx, id, batch, sentAt));
    let result: BulkResult;
    try {
      result = await this.operations.send(batch.map((planned) => planned.command));
    } catch (error) {
      if (!(error instanceof FatalError) && !(error instanceof RetryableError)) throw error;
      await this.store(id, readNothingDone(batch, error.message));
      await this.operations.refundIfUnsent(error, operation);
      if (this.operations.noteThrottling(error)) return;
      throw error;
    }
    await this.storeAnswer(id, batch, result, sentAt);
  }

  private async begin(tx: Store, id: string, batch: readonly PlannedCommand[], sentAt: Date): Promise<number> {
    const runId = batch[0]?.candidate.run.id ?? null;
    const operation = await this.operations.spend(tx, { runId, batchId: id, kind: 'bulk', commands: batch.length });
    await tx.deliveries.begin({
      id,
      accountId: this.account.id,
      owner: this.owner,
      leaseUntil: new Date(sentAt.getTime() + this.account.requestTimeout + LEASE_MARGIN),
      sentAt,
      claims: batch.flatMap((planned) => planned.claims),
      commands: batch.map(({ candidate, attempt, command }) => ({
        id: command.command_id,
        runId: candidate.run.id,
        rowNumber: candidate.row.number,
        attempt,
        action: command.action,
        contactId: command.action === 'add_contact' ? null : command.data.id,
        data: command.data,
      })),
    });
    return operation;
  }

  private async storeAnswer(
    id: string,
    batch: readonly PlannedCommand[],
    result: BulkResult,
    sentAt: Date,
  ): Promise<void> {
    const answers = result.kind === 'answered' ? [...result.answers.values()] : [];
    const added = answers.flatMap((answer) => (answer.kind === 'added' ? [answer.contactId] : []));
    const known = await this.world.store.directory.known(this.account.id, added);
    if (result.kind === 'in doubt') this.world.log.warn({ batch: id }, `a batch is in doubt: ${result.message}`);
    if (answers.some((answer) => answer.kind === 'throttled')) this.operations.noteThrottled();
    const reading = readAnswer(batch, result, known, this.lookUpTime(sentAt));
    await this.store(id, reading);
    for (const [index, { run, verdict }] of reading.settlements.entries()) {
      const command = batch[index]?.command;
      if (command && 'contactId' in verdict) this.learn(run.id, verdict.contactId, command);
      else if (command && command.action !== 'add_contact') this.known.forget(run.id, command.data.id);
    }
  }

  /** What an edit wrote counts as known; an add may have been merged by CloudTalk into a contact that had more. */
  private learn(runId: string, contactId: number, command: PlannedCommand['command']): void {
    if (command.action === 'edit_contact') this.known.wrote(runId, contactId, command.data);
  }

  /** Outcomes, links, directory and claims in one transaction, and only while the batch is still ours. */
  private async store(id: string, reading: Reading): Promise<void> {
    const now = this.world.clock.now();
    await this.world.store.transaction(async (tx) => {
      if (!(await tx.deliveries.end(id, this.owner, now))) return;
      await settle(tx, reading.settlements, reading.commands, now);
    });
  }

  /** Ends what is left of stopped runs, and sends runs whose every row has ended on to reporting. */
  private async finishRuns(): Promise<void> {
    const { store, clock, ring } = this.world;
    for (const run of await store.runs.open()) {
      if (run.accountId !== this.account.id || run.state !== 'delivering') continue;
      if (run.error !== null) await endRest(store, run);
      if (await store.rows.hasUnsettled(run.id)) continue;
      await store.transaction(async (tx) => {
        if (run.kind !== 'preview') await tx.intake.linkFolded(run, clock.now());
        await tx.intake.settleFolded(run);
        await tx.deliveries.releaseClaims(run.id);
        await tx.runs.move(run, 'reporting');
      });
      this.known.endRun(run.id);
      this.outlook.endRun(run.id);
      ring('report', run.id);
    }
  }
}

function isSendable(run: RunEntity): boolean {
  return run.state === 'delivering' && run.error === null;
}
