import type { Clock } from '@cloudtalk-sync/connector-kit';
import { checkTail } from './file-tail.js';
import type { CsvOptions } from './csv-reader.js';
import { isTemporaryName, nameFault, patternTest, shownName } from './file-names.js';
import type { Entry, Transport } from './transport.js';

/** Milliseconds since its last change after which a file is finished (operational-behaviours.md 1.1, default 30 s). */
const SETTLED_AGE = 30_000;
/** Milliseconds between two looks at a younger file: modification times may have only whole seconds (3.5). */
const SECOND_LOOK = 2_000;

export interface InboxOptions extends CsvOptions {
  /** Which files are taken. */
  readonly pattern: string;
  /** Hears of every file of that pattern that is never taken, uploads in progress left out. */
  readonly onIgnored?: ((name: string, why: string) => void) | undefined;
}

/**
 * The files of inbox/ that nobody writes to any more, oldest first. A file that changed within 30 s is looked at again
 * 2 s later, and taken when it stayed as it was and its end is complete; else it is left for the next pass.
 */
export async function finishedFiles(
  transport: Transport,
  clock: Clock,
  options: InboxOptions,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const present = await usableFiles(transport, options);
  const isSettled = (entry: Entry): boolean => clock.now().getTime() - entry.modifiedAt.getTime() > SETTLED_AGE;
  for (const { name } of present.filter((entry) => entry.size === 0 && isSettled(entry))) {
    options.onIgnored?.(shownName(name), 'it is empty');
  }
  const seen = present.filter((entry) => entry.size > 0);
  const settled = seen.filter(isSettled);
  const young = seen.filter((entry) => !settled.includes(entry));
  if (young.length > 0) await clock.wait(SECOND_LOOK, signal);
  const ready: Entry[] = [];
  for (const entry of young) {
    signal.throwIfAborted();
    if (await isComplete(transport, entry, options)) ready.push(entry);
  }
  return [...settled, ...ready].sort(byAge);
}

/** The plain files of inbox/ that match the pattern and have a name that can be used. */
function usableFiles(transport: Transport, { pattern, onIgnored }: InboxOptions): Promise<readonly Entry[]> {
  const matches = patternTest(pattern);
  const wanted = (name: string): boolean => {
    if (isTemporaryName(name) || !matches(name)) return false;
    const fault = nameFault(name);
    if (fault !== undefined) onIgnored?.(shownName(name), fault);
    return fault === undefined;
  };
  return transport.list('inbox', wanted, (name) =>
    onIgnored?.(shownName(name), 'it is a link, a folder or a device, not a file'),
  );
}

async function isComplete(transport: Transport, entry: Entry, options: CsvOptions): Promise<boolean> {
  try {
    return (await isUnchanged(transport, entry)) && (await checkTail(transport, entry, options));
  } catch {
    return false;
  }
}

async function isUnchanged(transport: Transport, entry: Entry): Promise<boolean> {
  const now = await transport.stat(`inbox/${entry.name}`);
  return now?.size === entry.size && now.modifiedAt.getTime() === entry.modifiedAt.getTime();
}

function byAge(a: Entry, b: Entry): number {
  return a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.name < b.name ? -1 : 1);
}
