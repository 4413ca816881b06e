import type {
  Acceptance,
  CommandChange,
  RowChange,
  RowEntity,
  RunEntity,
  SharedAcceptance,
  Store,
} from '@cloudtalk-sync/store';
import type { Issue, ValidContact } from '@cloudtalk-sync/validation';
import { identitiesOf } from '../identities.js';
import type { RunSettings } from '../settings.js';
import { countFailures } from '../stopping.js';
import { withLater } from './with-later.js';

/** What becomes of a row. */
export type Verdict =
  | { readonly to: 'created' | 'updated' | 'unchanged'; readonly contactId: number; readonly reason?: string }
  /**
   * `isPassing`: not for the record's sake, so that it is sent again when it comes again. `isKnown`: refused before and
   * the same since, so that it does not count again (design, "Stopping at 1000").
   */
  | {
      readonly to: 'failed';
      readonly issues: readonly Issue[];
      readonly isPassing?: true;
      readonly isKnown?: true;
    }
  | { readonly to: 'not processed' }
  /** The contact was deleted. */
  | { readonly to: 'removed'; readonly deleted: number; readonly reason?: string }
  /** `relinkTo` names the contact for which the record stands from now on. */
  | { readonly to: 'skipped'; readonly reason: string; readonly relinkTo?: number | undefined }
  | { readonly to: 'in doubt'; readonly batchLimit: number }
  /** To be sent again; `forget` names a contact that CloudTalk no longer has. */
  | ({ readonly to: 'ready'; readonly forget?: number } & Pick<RowChange, 'batchLimit' | 'notBefore' | 'searchFirst'>);

/** A row with its verdict. */
export interface Settlement {
  readonly run: RunEntity;
  readonly row: RowEntity;
  readonly verdict: Verdict;
}

/**
 * Stores verdicts with all that follows from them: outcome, link, directory, claims and the run's count of failures.
 * To be called inside one transaction.
 */
export async function settle(
  store: Store,
  settlements: readonly Settlement[],
  commands: readonly CommandChange[],
  now: Date,
): Promise<void> {
  await store.deliveries.change(settlements.map(rowChange), commands);
  await keepAccepted(store, settlements, now);
  await keepRefused(store, settlements);
  await countFailed(store, settlements);
  await keepGone(store, settlements);
  for (const { run, row, verdict } of settlements) {
    if (verdict.to === 'ready' && verdict.forget !== undefined) {
      await store.links.forgetContact(run.accountId, verdict.forget, 'lost');
    }
    if (verdict.to === 'removed') await store.links.forgetContact(run.accountId, verdict.deleted, 'deleted');
    if (verdict.to === 'skipped' && verdict.relinkTo !== undefined && row.linkKey !== null) {
      const { accountId, connectionId } = run;
      await store.links.relink({ accountId, connectionId, key: row.linkKey }, verdict.relinkTo);
    }
  }
}

/**
 * The end of a record is dealt with once; a failure is tried again when the source names it again. A tag that was on the
 * contact before we sent anything is not ours.
 */
async function keepGone(store: Store, settlements: readonly Settlement[]): Promise<void> {
  const ended = settlements.flatMap(({ run, row, verdict }) => {
    if (row.gone === null || row.linkKey === null || !DEALT_WITH.has(verdict.to)) return [];
    const { accountId, connectionId } = run;
    const { onDelete } = run.settings as RunSettings;
    const isTagged = verdict.to === 'updated' || (verdict.to === 'unchanged' && row.attempts > 0);
    const endTag = isTagged && typeof onDelete === 'object' ? onDelete.tag : null;
    const contactId = 'contactId' in verdict ? verdict.contactId : null;
    return [{ accountId, connectionId, key: row.linkKey, contactId, gone: row.gone, endTag }];
  });
  if (ended.length > 0) await store.links.keepGone(ended);
}

const DEALT_WITH: ReadonlySet<string> = new Set(['skipped', 'updated', 'unchanged', 'removed']);

function rowChange({ run, row, verdict }: Settlement): RowChange {
  return { runId: run.id, rowNumber: row.number, from: row.state as RowChange['from'], ...verdict };
}

async function keepAccepted(store: Store, settlements: readonly Settlement[], now: Date): Promise<void> {
  const acceptances: (Acceptance & SharedAcceptance & { readonly accepted: ValidContact })[] = [];
  const withoutId = new Set<Acceptance>();
  const made = new Set<Acceptance>();
  for (const { run, row, verdict } of settlements) {
    const { contact, fingerprint, linkKey: key, recordId } = row;
    if (!('contactId' in verdict) || key === null || contact === null || fingerprint === null) continue;
    const { accountId, connectionId } = run;
    const { contactId } = verdict;
    const accepted = await withLater(store, row, contact, contactId);
    const tagsLeftOut = recordId === null ? contact.withoutTags : row.tagsLeftOut;
    const { runId, number: rowNumber } = row;
    const acceptance = {
      accountId,
      connectionId,
      key,
      contactId,
      accepted,
      fingerprint,
      tagsLeftOut,
      runId,
      rowNumber,
    };
    acceptances.push(acceptance);
    if (recordId === null) withoutId.add(acceptance);
    if (verdict.to === 'created') made.add(acceptance);
  }
  const [first] = settlements;
  if (first === undefined || acceptances.length === 0) return;
  await store.leftOutTags.beginAnew(acceptances.filter((acceptance) => made.has(acceptance)));
  await store.links.accept(acceptances, now);
  await store.sharedContacts.share(acceptances.filter((acceptance) => withoutId.has(acceptance)));
  await store.leftOutTags.mark(acceptances);
  const entries = acceptances.flatMap(({ accepted, contactId }) =>
    identitiesOf(accepted).map((identity) => ({ ...identity, contactId })),
  );
  await store.directory.see(first.run.accountId, entries, now);
}

async function keepRefused(store: Store, settlements: readonly Settlement[]): Promise<void> {
  const refusals = settlements.flatMap(({ run, row, verdict }) => {
    if (verdict.to !== 'failed' || verdict.isKnown || verdict.isPassing) return [];
    if (row.linkKey === null || row.fingerprint === null) return [];
    const { accountId, connectionId } = run;
    return [{ accountId, connectionId, key: row.linkKey, fingerprint: row.fingerprint, issues: verdict.issues }];
  });
  if (refusals.length > 0) await store.links.refuse(refusals);
}

async function countFailed(store: Store, settlements: readonly Settlement[]): Promise<void> {
  const failed = settlements.filter(({ verdict }) => verdict.to === 'failed' && !verdict.isKnown);
  for (const run of new Set(failed.map((settlement) => settlement.run))) {
    await countFailures(store, run, failed.filter((settlement) => settlement.run === run).length);
  }
}
