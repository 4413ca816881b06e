import type { LinkEntity, NewRow, RunEntity, Store } from '@cloudtalk-sync/store';
import type { ReadRecord } from './read-record.js';

/** What was known before of the records of a page. */
export interface KnownRecords {
  /** The same failure of an unchanged record was reported before, and does not count again. */
  readonly hasFailed: (record: ReadRecord, row: NewRow) => boolean;
  /** The record came out just so before, for a reason that no list of the account decides on. */
  readonly isUnchanged: (row: NewRow) => boolean;
}

/** In a retry what the run before said of the row tells whether a failure is known, else what the record's link says. */
export async function knownRecords(
  store: Store,
  run: RunEntity,
  keys: readonly (string | undefined)[],
): Promise<KnownRecords> {
  if (run.kind === 'retry') {
    const hasFailed: KnownRecords['hasFailed'] = ({ stored }, { fingerprint = null }) =>
      stored?.failedAs === fingerprint;
    return { hasFailed, isUnchanged: () => false };
  }
  const links = await store.links.ofKeys(
    run.connectionId,
    keys.flatMap((key) => key ?? []),
  );
  const linkOf = ({ linkKey }: NewRow): LinkEntity | undefined =>
    linkKey === undefined ? undefined : links.get(linkKey);
  return {
    hasFailed: (_record, row) => row.fingerprint !== undefined && linkOf(row)?.refusedFingerprint === row.fingerprint,
    isUnchanged: (row) => {
      const link = linkOf(row);
      if (link === undefined || row.fingerprint === undefined) return false;
      if (row.state === 'ready') return link.acceptedFingerprint === row.fingerprint;
      return link.refusedFingerprint === row.fingerprint && !isForAgent(link);
    },
  };
}

function isForAgent({ refusedIssues }: LinkEntity): boolean {
  return refusedIssues?.some(({ code }) => code === 'agent_not_found') ?? false;
}
