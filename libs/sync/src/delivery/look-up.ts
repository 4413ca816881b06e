import type { ContactData } from '@cloudtalk-sync/cloudtalk';
import type { CommandEntity, RowEntity, RunEntity } from '@cloudtalk-sync/store';
import { describeIssue } from '@cloudtalk-sync/validation';
import type { LiveSearch } from '../account/live-search.js';
import { identitiesOf } from '../identities.js';
import { stopIfAsked, type World } from '../world.js';
import { isApplied } from './applied.js';
import { settle, type Verdict } from './settle.js';

/** After so many lost answers for one row, each found not carried out, CloudTalk is taken to refuse it. */
const MAX_DOUBTS = 10;
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
  ) {}

  /** Settles commands whose look-up is due; returns how many. */
  async settleDue(signal: AbortSignal): Promise<number> {
    const { store, clock } = this.world;
    const due = await store.deliveries.dueLookUps(this.accountId, clock.now(), PAGE);
    for (const command of due) {
      stopIfAsked(signal);
      const run = await store.runs.find(command.runId);
      const [row] = await store.rows.some(command.runId, [command.rowNumber]);
      if (!run || !row) continue;
      const verdict = await this.verdict(command, run, row, signal);
      const change = { id: command.id, state: 'done' } as const;
      await store.transaction((tx) => settle(tx, [{ run, row, verdict }], [change], clock.now()));
    }
    return due.length;
  }

  private async verdict(command: CommandEntity, run: RunEntity, row: RowEntity, signal: AbortSignal): Promise<Verdict> {
    const contactId =
      command.contactId ?? (row.contact && (await this.search.find(identitiesOf(row.contact), run.id, signal)));
    if (contactId == null) return this.notCarriedOut(run, row);
    const shown = await this.search.show(contactId, run.id, signal);
    if (command.action === 'delete_contact') {
      return shown === undefined ? { to: 'removed', deleted: contactId } : this.notCarriedOut(run, row);
    }
    if (shown === undefined) return { to: 'ready', searchFirst: true, forget: contactId, keepsClaims: true };
    if (!isApplied(command.data as unknown as ContactData, shown, command.action)) return this.notCarriedOut(run, row);
    const made = command.action === 'add_contact' && isSince(shown.created, command.sentAt);
    return { to: made ? 'created' : 'updated', contactId };
  }

  /** To be sent again after a pause that doubles, in a smaller batch; nothing of the same contact may overtake it. */
  private async notCarriedOut(run: RunEntity, row: RowEntity): Promise<Verdict> {
    if (run.error !== null) return { to: 'not processed' };
    const doubts = await this.world.store.deliveries.doubts(run.id, row.number);
    if (doubts >= MAX_DOUBTS) {
      const words = `CloudTalk failed ${doubts} times on this row without saying why.`;
      return { to: 'failed', issues: [describeIssue('invalid_value', 'row', '', { reason: words })] };
    }
    const pause = Math.min(MAX_PAUSE, 1000 * 2 ** (doubts - 1));
    return { to: 'ready', keepsClaims: true, notBefore: new Date(this.world.clock.now().getTime() + pause) };
  }
}

function isSince(created: Date | undefined, sentAt: Date): boolean {
  return created !== undefined && created.getTime() >= sentAt.getTime() - CLOCK_TOLERANCE;
}
