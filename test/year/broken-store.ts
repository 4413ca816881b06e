import type { Store } from '@cloudtalk-sync/store';

/** What can be taken away from the engine on purpose, to see that the year notices it. */
export const BREAKS = ['union', 'echo', 'inheritance', 'erasure', 'end-tags'] as const;
export type Break = (typeof BREAKS)[number];

/** Takes something away from what an engine stores. */
export function breakStore(store: Store, without: Break | undefined): Store {
  if (without === undefined) return store;
  // What was written back is never noted, so that each reading of a record writes it again.
  if (without === 'echo') store.writeBacks.keepReported = () => Promise.resolve();
  // A record that went into another one does not hand its contact down.
  if (without === 'inheritance') store.heirs.handDown = nothing;
  // Nobody asks about records that are in no reading.
  if (without === 'erasure') store.gone.withoutRow = () => Promise.resolve([]);
  // Nobody knows which tags contacts got at the end of their records.
  if (without === 'end-tags') store.links.endTags = () => Promise.resolve([]);
  const whole = store.transaction.bind(store);
  store.transaction = (work) => whole((inside) => work(breakStore(inside, without)));
  return store;
}

async function* nothing(): AsyncGenerator<number> {
  yield await Promise.resolve(0);
}
