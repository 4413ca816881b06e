import type { Gone } from '@cloudtalk-sync/connector-kit';
import type { RunEntity, Store, StoredGone } from '@cloudtalk-sync/store';
import { linkKeyOf } from '../identities.js';
import type { ReadRecord } from './read-record.js';

/**
 * Tells of the records of a page that are no more which of them become rows: those that were read while they lived, or
 * into which one went that was, and whose end was not dealt with before.
 */
export async function concerningRecords(
  store: Store,
  run: RunEntity,
  page: readonly ReadRecord[],
): Promise<(record: ReadRecord) => boolean> {
  const gone = page.filter((record) => record.gone !== undefined);
  if (gone.length === 0) return () => true;
  const links = await store.links.ofKeys(run.connectionId, keysOf(gone));
  const unknown = keysOf(gone).filter((key) => !links.has(key));
  const lived = new Set(keysOf(page.filter((record) => record.gone === undefined)));
  const named = new Set([
    ...(unknown.length === 0 ? [] : await store.gone.namedIn(run.id, unknown)),
    ...page.flatMap((record) => linkKeyOf(nameOf(record), undefined) ?? []),
  ]);
  return (record) => {
    const key = linkKeyOf(record.id, undefined);
    if (record.gone === undefined || key === undefined) return record.gone === undefined;
    const link = links.get(key);
    return link === undefined ? named.has(key) : lived.has(key) || !isSame(link.gone, record.gone);
  };
}

/** Notes the merges of which a page of a pass tells; what it says last of a record counts. */
export async function noteMerges(
  { merges }: Store,
  { connectionId }: RunEntity,
  page: readonly ReadRecord[],
): Promise<void> {
  const last = [...new Map(page.map((record) => [linkKeyOf(record.id, undefined), record]))];
  const living = last.flatMap(([key, record]) => (record.gone === undefined ? (key ?? []) : []));
  await merges.forget(connectionId, living);
  const merged = last.flatMap(([key, record]) => {
    const survivor = record.gone?.how === 'merged' ? linkKeyOf(record.gone.into, undefined) : undefined;
    return key === undefined || survivor === undefined ? [] : { key, survivor };
  });
  await merges.note(connectionId, merged);
}

/** The record that a record of the page speaks of as living, or as living on. */
function nameOf({ id, gone }: ReadRecord): string | undefined {
  if (gone === undefined) return id;
  return gone.how === 'deleted' ? undefined : gone.into;
}

function keysOf(records: readonly ReadRecord[]): readonly string[] {
  return records.flatMap(({ id }) => linkKeyOf(id, undefined) ?? []);
}

function isSame(known: StoredGone | null, gone: Gone): boolean {
  const into = gone.how === 'deleted' ? undefined : gone.into;
  return known !== null && known.how === gone.how && known.into === into;
}
