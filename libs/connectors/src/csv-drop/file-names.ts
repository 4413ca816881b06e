/** Longest name that a file system keeps, in bytes (NAME_MAX of Linux). */
const LONGEST_NAME = 255;
/** What the claim puts before a name: a UUID and two underscores. */
const CLAIM_LENGTH = 38;
/** The longest name that can be claimed, in bytes. */
const LONGEST_INBOX_NAME = LONGEST_NAME - CLAIM_LENGTH;
/** Characters of a name that a log shows. */
const SHOWN_LENGTH = 100;

const UNSAFE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFFFD/\\]/gu;

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
  return nameFault(name) === undefined;
}

/** Why a name is not safe, as a reason for a person; undefined when it is. */
export function nameFault(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'its name is none of a file';
  if (name.search(UNSAFE) !== -1) return 'its name has characters that are not safe, or that are no UTF-8';
  return Buffer.byteLength(name) > LONGEST_INBOX_NAME
    ? `its name has more than ${LONGEST_INBOX_NAME} bytes`
    : undefined;
}

/** A name from outside as a log may show it. */
export function shownName(name: string): string {
  const characters = [...name.replace(UNSAFE, '\uFFFD')];
  return characters.length > SHOWN_LENGTH ? `${characters.slice(0, SHOWN_LENGTH).join('')}...` : characters.join('');
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
  return stamped(name, stamp, suffix, LONGEST_NAME);
}

/** As `stampedName`, and short enough to be claimed again. */
export function returnedName(name: string, stamp: string): string {
  return stamped(name, stamp, undefined, LONGEST_INBOX_NAME);
}

function stamped(name: string, stamp: string, suffix: string | undefined, longest: number): string {
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const ending = `.${stamp}${suffix ?? name.slice(stem.length)}`;
  return shortenedTo(stem, longest - Buffer.byteLength(ending)) + ending;
}

function shortenedTo(text: string, bytes: number): string {
  const characters = [...text];
  while (Buffer.byteLength(characters.join('')) > bytes) characters.pop();
  return characters.join('');
}
