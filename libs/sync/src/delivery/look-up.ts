import type { ContactData } from '@cloudtalk-sync/cloudtalk';
import type { CommandEntity, RowEntity, RunEntity } from '@cloudtalk-sync/store';
import { RetryableError } from '@cloudtalk-sync/errors';
import { describeIssue, type Issue } from '@cloudtalk-sync/validation';
import type { LiveSearch } from '../account/live-search.js';
import { identitiesOf } from '../identities.js';
import { stopIfAsked, type World } from '../world.js';
import { isApplied } from './applied.js';
import type { KnownContacts } from './known-contacts.js';
import { settle, type Verdict } from './settle.js';

/** After so many lost answers for one row, each found not carried out while other rows went in, the row has failed. */
const MAX_DOUBTS = 10;
/** After so many the row has failed also where no other went in, so that nothing is tried for ever: half a day and more. */
const MOST_DOUBTS = 500;
/** After so many while nothing went in, CloudTalk is taken to be out of order. */
const FEW_DOUBTS = 3;
/** How long nothing is sent then, in milliseconds. */
const FAILING_PAUSE = 60_000;
/** How far CloudTalk's clock may be behind ours for a contact still to count as made by our command, in milliseconds. */
const CLOCK_TOLERANCE = 60_000;
/** The longest pause before a row whose command was not carried out is sent again, in milliseconds. */
const MAX_PAUSE = 60_000;
/** How many look-ups are fetched from the database together. */
const PAGE = 10;

/** Finds out what became of commands whose answer was lost, before their rows may be sent again. */
export class LookUp {
  constructor(
    private readonly world: World,
    private readonly accountId: string,
    private readonly search: LiveSearch,
    private readonly known: KnownContacts,
  ) {}

  /** Settles commands whose look-up is due; returns how many. */
  async settleDue(signal: AbortSignal): Promise<number> {
    const { store, clock } = this.world;
    const due = await store.commands.dueLookUps(this.accountId, clock.now(), PAGE);
    let isFailing = false;
    for (const command of due) {
      stopIfAsked(signal);
      const run = await store.runs.find(command.runId);
      const [row] = await store.rows.some(command.runId, [command.rowNumber]);
      if (!run || !row) continue;
      const verdict = await this.verdict(command, run, row, signal);
      const change = { id: command.id, state: 'done' } as const;
      await store.transaction((tx) => settle(tx, [{ run, row, verdict }], [change], clock.now()));
      if ('contactId' in verdict && verdict.contactId !== undefined) this.known.forget(verdict.contactId);
      isFailing ||= verdict.to === 'ready' && (await this.isFailing(run, row));
    }
    if (isFailing) throw failing(clock.now());
    return due.length;
  }

  /** True when it is not this row: for so many of its attempts CloudTalk has done nothing for any row. */
  private async isFailing(run: RunEntity, row: RowEntity): Promise<boolean> {
    const { commands } = this.world.store;
    if ((await commands.doubts(run.id, row.number)) < FEW_DOUBTS) return false;
    return !(await commands.anyAnswerSince(this.accountId, run.id, row.number));
  }

  private async verdict(command: CommandEntity, run: RunEntity, row: RowEntity, signal: AbortSignal): Promise<Verdict> {
    if (command.contactId === null) return this.addVerdict(command, run, row, signal);
    const { contactId } = command;
    const shown = await this.search.show(contactId, run.id, signal);
    if (command.action === 'delete_contact') {
      return shown === undefined ? { to: 'removed', deleted: contactId } : this.notCarriedOut(run, row);
    }
    if (shown === undefined) return { to: 'ready', searchFirst: true, forget: contactId };
    if (!isApplied(command.data as unknown as ContactData, shown, 'edit_contact')) return this.notCarriedOut(run, row);
    return { to: 'updated', contactId };
  }

  /** Of several contacts that have one of the row's numbers or e-mails, the one that the add has made counts. */
  private async addVerdict(
    { data, sentAt }: CommandEntity,
    run: RunEntity,
    row: RowEntity,
    signal: AbortSignal,
  ): Promise<Verdict> {
    let found: number | undefined;
    for (const identity of row.contact ? identitiesOf(row.contact) : []) {
      for (const contactId of await this.search.holders(identity, run.id, signal)) {
        const shown = await this.search.show(contactId, run.id, signal);
        if (shown === undefined || !isApplied(data as unknown as ContactData, shown, 'add_contact')) continue;
        if (isSince(shown.created, sentAt)) return { to: 'created', contactId };
        found ??= contactId;
      }
    }
    return found === undefined ? this.notCarriedOut(run, row) : { to: 'updated', contactId: found };
  }

  /** To be sent again after a pause that doubles, in a smaller batch; nothing of the same contact goes meanwhile. */
  private async notCarriedOut(run: RunEntity, row: RowEntity): Promise<Verdict> {
    if (run.error !== null) return { to: 'not processed' };
    const { commands } = this.world.store;
    const doubts = await commands.doubts(run.id, row.number);
    const isGuilty = async (): Promise<boolean> =>
      doubts >= MOST_DOUBTS || (await commands.anyAnswerSince(this.accountId, run.id, row.number));
    if (doubts >= MAX_DOUBTS && (await isGuilty())) {
      return { to: 'failed', issues: [unexplained(doubts)], isPassing: true };
    }
    const pause = Math.min(MAX_PAUSE, 1000 * 2 ** (doubts - 1));
    return { to: 'ready', notBefore: new Date(this.world.clock.now().getTime() + pause) };
  }
}

/** CloudTalk's own failure, which may be over when the record comes again. */
function unexplained(doubts: number): Issue {
  const message = `CloudTalk failed ${doubts} times on this row without saying why.`;
  const fix = "Try it again with 'retry'; if it goes on, show CloudTalk's support this row.";
  return { ...describeIssue('invalid_value', 'row', '', {}), message, fix };
}

function failing(now: Date): RetryableError {
  const reason = {
    code: 'cloudtalk_failing',
    message: 'CloudTalk answers, but fails on every contact that is sent to it.',
    fix: 'Nothing needs to be done: no row is lost or counted as failed, and the import goes on by itself when CloudTalk works again.',
  };
  return new RetryableError(reason, { retryAt: new Date(now.getTime() + FAILING_PAUSE) });
}

function isSince(created: Date | undefined, sentAt: Date): boolean {
  return created !== undefined && created.getTime() >= sentAt.getTime() - CLOCK_TOLERANCE;
}
