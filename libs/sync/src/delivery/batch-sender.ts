import { randomUUID } from 'node:crypto';
import type { BulkResult, Command, CommandAnswer, Place } from '@cloudtalk-sync/cloudtalk';
import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import type { Store } from '@cloudtalk-sync/store';
import type { NotedRequest, Operations } from '../account/operations.js';
import type { SyncAccount, World } from '../world.js';
import { type KnownBefore, type Reading, readAnswer, readNothingDone } from './answers.js';
import type { PlannedCommand } from './batch-composer.js';
import type { KnownContacts } from './known-contacts.js';
import { settle, type Verdict } from './settle.js';

/** A batch is given up by a live owner no sooner than this after its request's deadline, in milliseconds. */
const LEASE_MARGIN = 30_000;

/** A batch on its way. */
interface Sending {
  readonly id: string;
  readonly batch: readonly PlannedCommand[];
  readonly sentAt: Date;
}

/** Sends batches, and stores what came of them. */
export class BatchSender {
  constructor(
    private readonly world: World,
    private readonly account: SyncAccount,
    private readonly owner: string,
    private readonly operations: Operations,
    private readonly known: KnownContacts,
  ) {}

  /**
   * Sends a batch in its place in the budget; when an answer has forbidden that meanwhile, its rows stay ready. Throws
   * FatalError or RetryableError when the account cannot be used now, with every row where it can go on.
   */
  async send(batch: readonly PlannedCommand[], place: Place): Promise<void> {
    const sending = { id: randomUUID(), batch, sentAt: this.world.clock.now() };
    const beginning = this.world.store.transaction((tx) => this.begin(tx, sending, place));
    const request = await this.operations.orRelease(place, beginning);
    if (this.operations.leave(request)) return this.sendNoted(sending, request);
    await this.store(sending.id, readNothingDone(batch, 'An answer that came meanwhile had taken its place.'));
    await this.operations.giveBack(request);
  }

  /** When a command that was sent then may be looked up. */
  lookUpTime(sentAt: Date): Date {
    return new Date(sentAt.getTime() + this.account.settle);
  }

  private async sendNoted(sending: Sending, request: NotedRequest): Promise<void> {
    const { id, batch } = sending;
    let result: BulkResult;
    try {
      const commands = batch.map((planned) => planned.command);
      result = await this.operations.send(request.place, commands);
    } catch (error) {
      if (!(error instanceof FatalError) && !(error instanceof RetryableError)) throw error;
      await this.store(id, readNothingDone(batch, error.message));
      await this.operations.refundIfUnsent(error, request);
      if (this.operations.noteThrottling(error)) return;
      throw error;
    }
    await this.storeAnswer(sending, result);
  }

  private async begin(tx: Store, { id, batch, sentAt }: Sending, place: Place): Promise<NotedRequest> {
    const runId = batch[0]?.candidate.run.id ?? null;
    const bulk = { runId, batchId: id, kind: 'bulk', commands: batch.length };
    const request = await this.operations.spend(tx, place, bulk);
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
    return request;
  }

  private async storeAnswer({ id, batch, sentAt }: Sending, result: BulkResult): Promise<void> {
    const answers = result.kind === 'answered' ? [...result.answers] : [];
    const known = await this.knownBefore(answers);
    if (result.kind === 'in doubt') this.world.log.warn({ batch: id }, `a batch is in doubt: ${result.message}`);
    if (answers.some(([, answer]) => answer.kind === 'throttled')) this.operations.noteThrottled();
    const reading = readAnswer(batch, result, known, this.lookUpTime(sentAt));
    await this.store(id, reading);
    for (const [index, { verdict }] of reading.settlements.entries()) {
      const command = batch[index]?.command;
      if (command) this.learn(command, verdict);
    }
  }

  private async knownBefore(answers: readonly (readonly [string, CommandAnswer])[]): Promise<KnownBefore> {
    const { commands, directory } = this.world.store;
    const added = answers.flatMap(([, answer]) => (answer.kind === 'added' ? [answer.contactId] : []));
    const notFound = answers.flatMap(([id, answer]) => (answer.kind === 'not found' ? [id] : []));
    return {
      contacts: await directory.known(this.account.id, added),
      lost: await commands.answeredNotFoundBefore(notFound),
    };
  }

  /** What an edit wrote counts as known; CloudTalk may have merged an add into a contact that we know as it was before. */
  private learn(command: Command, verdict: Verdict): void {
    if (command.action === 'edit_contact' && 'contactId' in verdict) this.known.wrote(command.data.id, command.data);
    else if (command.action !== 'add_contact') this.known.forget(command.data.id);
    else if ('contactId' in verdict) this.known.forget(verdict.contactId);
  }

  /** Outcomes, links, directory and claims in one transaction, and only while the batch is still ours. */
  private async store(id: string, reading: Reading): Promise<void> {
    const now = this.world.clock.now();
    await this.world.store.transaction(async (tx) => {
      if (!(await tx.deliveries.end(id, this.owner, now))) return;
      await settle(tx, reading.settlements, reading.commands, now);
    });
  }
}
