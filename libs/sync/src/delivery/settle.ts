import type { CommandChange, RowChange, RowEntity, RunEntity, Store } from '@cloudtalk-sync/store';
import type { Issue } from '@cloudtalk-sync/validation';
import { identitiesOf } from '../identities.js';
import { countFailures } from '../stopping.js';

/** What becomes of a row. */
export type Verdict =
  | { readonly to: 'created' | 'updated' | 'unchanged'; readonly contactId: number; readonly reason?: string }
  | { readonly to: 'failed'; readonly issues: readonly Issue[] }
  | { readonly to: 'not processed' }
  | { readonly to: 'in doubt'; readonly batchLimit: number }
  /** To be sent again; `forget` names a contact that CloudTalk no longer has. */
  | ({ readonly to: 'ready'; readonly forget?: number } & Pick<
      RowChange,
      'batchLimit' | 'keepsClaims' | 'notBefore' | 'searchFirst'
    >);

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
  for (const { run, verdict } of settlements) {
    if (verdict.to === 'ready' && verdict.forget !== undefined) {
      await store.links.forgetContact(run.accountId, verdict.forget);
    }
  }
}

function rowChange({ run, row, verdict }: Settlement): RowChange {
  return { runId: run.id, rowNumber: row.number, from: row.state as RowChange['from'], ...verdict };
}

async function keepAccepted(store: Store, settlements: readonly Settlement[], now: Date): Promise<void> {
  const acceptances = settlements.flatMap(({ run, row, verdict }) => {
    if (!('contactId' in verdict) || row.linkKey === null || row.contact === null || row.fingerprint === null)
      return [];
    const { accountId, connectionId } = run;
    const { contactId } = verdict;
    return [
      { accountId, connectionId, key: row.linkKey, contactId, accepted: row.contact, fingerprint: row.fingerprint },
    ];
  });
  const [first] = settlements;
  if (first === undefined || acceptances.length === 0) return;
  await store.links.accept(acceptances, now);
  const entries = acceptances.flatMap(({ accepted, contactId }) =>
    identitiesOf(accepted).map((identity) => ({ ...identity, contactId })),
  );
  await store.directory.see(first.run.accountId, entries, now);
}

async function keepRefused(store: Store, settlements: readonly Settlement[]): Promise<void> {
  const failed = settlements.flatMap(({ run, row, verdict }) =>
    verdict.to === 'failed' ? [{ run, row, issues: verdict.issues }] : [],
  );
  const refusals = failed.flatMap(({ run, row, issues }) => {
    if (row.linkKey === null || row.fingerprint === null) return [];
    const { accountId, connectionId } = run;
    return [{ accountId, connectionId, key: row.linkKey, fingerprint: row.fingerprint, issues }];
  });
  if (refusals.length > 0) await store.links.refuse(refusals);
  for (const run of new Set(failed.map((failure) => failure.run))) {
    await countFailures(store, run, failed.filter((failure) => failure.run === run).length);
  }
}
