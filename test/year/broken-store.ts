import type { Store } from '@cloudtalk-sync/store';

/** Takes something away from the engine on purpose, to see that the year notices it. */
export function breakStore(store: Store, without: string | undefined): Store {
  if (without === 'echo') forgetWhatWasReported(store);
  if (without === 'inheritance') giveNothingToSurvivors(store);
  return store;
}

/** What was written back is never noted, so that each reading of a record writes it again. */
function forgetWhatWasReported(store: Store): void {
  const links = Object.getPrototypeOf(store.links) as Store['links'];
  links.keepReported = () => Promise.resolve();
}

/** A record that went into another one does not hand its contact down. */
function giveNothingToSurvivors(store: Store): void {
  const gone = Object.getPrototypeOf(store.gone) as Store['gone'];
  gone.handDown = async function* () {
    yield await Promise.resolve(0);
  };
}
