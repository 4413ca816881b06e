/** Longest name that a file system keeps, in bytes (NAME_MAX of Linux). */
const LONGEST_NAME = 255;
/** What the claim puts before a name: a UUID and two underscores. */
const CLAIM_LENGTH = 38;

const TEMPORARY = /^[.~]|~$|\.(filepart|part|tmp|swp|crdownload)$/i;
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const CLAIMED = new RegExp(`^(${UUID})__(.+)$`, 'i');

/** True for names that uploads in progress have (WinSCP's .filepart, browsers, editors), and for hidden files. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * True when a name from outside can be used in a path, a log line and a report: one plain component without control
 * characters, line separators and marks that turn the reading direction, short enough to be claimed.
 */
export function isSafeName(name: string): boolean {
  return (
    !/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFFFD/\\]/u.test(name) &&
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    Buffer.byteLength(name) <= LONGEST_NAME - CLAIM_LENGTH
  );
}

/** The test for a simple pattern: `*` is any text, `?` one character, upper and lower case are the same. */
export function patternTest(pattern: string): (name: string) => boolean {
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/[\\^$.*+?()[\]{}|]/g, (sign) => ({ '*': '.*', '?': '.' })[sign] ?? `\\${sign}`);
  const expression = new RegExp(`^${source}$`, 'isu');
  return (name) => expression.test(name);
}

export function claimedName(runId: string, name: string): string {
  return `${runId}__${name}`;
}

/** The run and the original name in a name of processing/; undefined when it is none of ours. */
export function parseClaimedName(fileName: string): { readonly runId: string; readonly name: string } | undefined {
  const [, runId, name] = CLAIMED.exec(fileName) ?? [];
  return runId !== undefined && name !== undefined && isSafeName(name) ? { runId, name } : undefined;
}

/** What tells the files of one run from those of others: `20261122T020000Z-1b4e28ba`. */
export function runStamp(run: { readonly runId: string; readonly requestedAt: Date }): string {
  const time = run.requestedAt.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
  return `${time}-${run.runId.slice(0, 8)}`;
}

/** `contacts.csv` with the stamp of its run before `suffix` (or its own ending): `contacts.<stamp>.csv`. */
export function stampedName(name: string, stamp: string, suffix?: string): string {
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const ending = `.${stamp}${suffix ?? name.slice(stem.length)}`;
  return shortenedTo(stem, LONGEST_NAME - Buffer.byteLength(ending)) + ending;
}

function shortenedTo(text: string, bytes: number): string {
  const characters = [...text];
  while (Buffer.byteLength(characters.join('')) > bytes) characters.pop();
  return characters.join('');
}
