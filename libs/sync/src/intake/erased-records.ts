import { MOST_ASKED, type PassSource } from '@cloudtalk-sync/connector-kit';
import { RowPage, type RunEntity, type Store } from '@cloudtalk-sync/store';
import { linkKeyOf, recordIdOf } from '../identities.js';
import type { RunSettings } from '../settings.js';
import { isStopped } from '../stopping.js';
import { stopIfAsked } from '../world.js';
import { noteWarning } from './note-warning.js';

/** How many keys one statement of the database gives. */
const CHUNK = 10_000;
/** Rows stored at once. */
const PAGE = 1000;
/** Unless the config says otherwise, so many records may be erased at once, or this part of all: more are rather hidden. */
const BELIEVED = { records: 50, part: 0.1 };

/** A run whose records the source has all given, and whom to ask about those that it did not name. */
interface Reading {
  readonly store: Store;
  readonly run: RunEntity;
  readonly source: PassSource;
  readonly signal: AbortSignal;
}

/**
 * Ends a reading of everything: stores as deleted the records that were read before, that it gave in no state, and that
 * the source says it has no more. Nothing is stored before all are asked about; when that is broken off, it begins anew.
 */
export async function noteErased(store: Store, run: RunEntity, source: PassSource, signal: AbortSignal): Promise<void> {
  if (source.erased === undefined || run.reads !== 'everything' || isStopped(run)) return;
  const justRead = await store.gone.firstAndLast(run.id);
  if (justRead.length === 0) return;
  const { mostErased } = run.settings as RunSettings;
  const most = mostErased ?? Math.max(BELIEVED.records, (await store.gone.living(run)) * BELIEVED.part);
  const found: string[] = [];
  let isContradicted = false;
  for await (const ids of erasedOf({ store, run, source, signal }, justRead)) {
    if (ids === 'contradicted') isContradicted = true;
    else found.push(...ids);
    if (found.length > most) return noteMany(store, run, most);
  }
  if (isContradicted) await noteContradiction(store, run);
  for (let from = 0; from < found.length; from += PAGE) {
    stopIfAsked(signal);
    await storeErased(store, run, found.slice(from, from + PAGE));
  }
}

/**
 * The ids of the records that were erased, question by question, each with some that were just read: an answer that calls
 * one of these erased, too, is not believed. Who was erased all the same is found by the next reading of everything.
 */
async function* erasedOf(
  { store, run, source, signal }: Reading,
  justRead: readonly string[],
): AsyncGenerator<readonly string[] | 'contradicted'> {
  const size = MOST_ASKED - justRead.length;
  let keys = await store.gone.withoutRow(run, '', CHUNK);
  while (keys.length > 0) {
    for (let from = 0; from < keys.length; from += size) {
      stopIfAsked(signal);
      const ids = keys.slice(from, from + size).map(recordIdOf);
      const erased = await source.erased?.([...ids, ...justRead], signal);
      yield justRead.some((id) => erased?.has(id)) ? 'contradicted' : ids.filter((id) => erased?.has(id));
    }
    keys = await store.gone.withoutRow(run, keys.at(-1) ?? '', CHUNK);
  }
}

async function storeErased(store: Store, run: RunEntity, ids: readonly string[]): Promise<void> {
  const rows = new RowPage();
  for (const [index, recordId] of ids.entries()) {
    rows.add({
      number: run.rowsRead + index + 1,
      state: 'ready',
      recordId,
      linkKey: linkKeyOf(recordId, undefined),
      raw: {},
      gone: { how: 'deleted' },
    });
  }
  await store.intake.storePage(run, { rows, cursor: run.cursor, failures: 0, refusals: [] });
}

async function noteMany(store: Store, run: RunEntity, most: number): Promise<void> {
  const absent = await store.gone.countWithoutRow(run);
  const message = `More than ${Math.floor(most)} of the ${absent} records that the source gave before, and not this time, are unknown to it now. So many are rather hidden from the user of the connection than erased: their contacts stay as they are. If they were erased, set mostErased of the connection as high as their number, at most to ${absent}: the next import then follows them.`;
  await noteWarning(store, run, { code: 'many_erased', message });
}

async function noteContradiction(store: Store, run: RunEntity): Promise<void> {
  const message =
    'Asked which records were erased, the source named one that it had just given, so that its answer is not believed: the contacts of those it was asked about stay as they are. The next reading of everything asks again.';
  await noteWarning(store, run, { code: 'erased_contradicted', message });
}
