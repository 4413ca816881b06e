import { ConfigError, FatalError, RetryableError } from '@cloudtalk-sync/errors';

type Recovery = 'config' | 'retry' | 'fatal';
type Row = readonly [recovery: Recovery, code: string, message: string, fix: string];

const ACCESS = 'Give the user that runs cloudtalk-sync the right to read, write and rename there.';
const REACH = 'Check the disk or the network share; it is tried again.';

/** The errors of the operating system (errno(3)) in our words; `%` stands for the path. */
const TABLE: Readonly<Record<string, Row>> = {
  EACCES: ['fatal', 'access_denied', 'Access to % is denied.', ACCESS],
  EPERM: ['fatal', 'access_denied', 'Access to % is denied.', ACCESS],
  EROFS: ['fatal', 'read_only', '% is on a disk that is mounted read-only.', 'Mount the disk of the drop for writing.'],
  ENAMETOOLONG: ['fatal', 'name_too_long', 'The name % is too long for this disk.', 'Give the file a shorter name.'],
  EISDIR: ['fatal', 'not_a_file', '% is a folder where a file is expected.', 'Move that folder away.'],
  ELOOP: ['fatal', 'not_a_file', '% is a symbolic link, which is not followed.', 'Put the file itself there.'],
  ENOTDIR: ['config', 'not_a_folder', '% leads through a file.', 'It should be the path of a folder.'],
  EEXIST: ['config', 'not_a_folder', '% is a file.', 'It should be the path of a folder.'],
  EXDEV: [
    'config',
    'other_disk',
    '% cannot be moved because the folders of the drop are on different disks.',
    'inbox/, processing/, done/, done_with_errors/, failed/ and reports/ should be on one disk.',
  ],
  ENOENT: ['retry', 'not_found', '% is not there.', 'Check that the folder exists and its disk is mounted.'],
  ENOSPC: ['retry', 'disk_full', 'The disk is full: % cannot be written.', 'Free some space; it is tried again.'],
  EDQUOT: ['retry', 'disk_full', 'The disk quota is used up: % cannot be written.', 'Raise it; it is tried again.'],
  EMFILE: [
    'retry',
    'too_many_files',
    'Too many files are open to open %.',
    'Raise the limit of open files (ulimit -n).',
  ],
  ENFILE: [
    'retry',
    'too_many_files',
    'Too many files are open to open %.',
    'Raise the limit of open files (fs.file-max).',
  ],
  EBUSY: ['retry', 'in_use', '% is in use by another program.', 'Close it there; it is tried again.'],
  EIO: ['retry', 'disk_error', 'The disk reported an error at %.', REACH],
  ESTALE: ['retry', 'disk_error', 'The network share of % is no longer mounted.', REACH],
};

/** Runs file-system work on `path`; whatever the operating system refuses comes out as one of our three errors. */
export async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(error, path);
  }
}

/** An error of the operating system as ConfigError, RetryableError or FatalError; any other one as it is. */
export function translate(error: unknown, path: string): unknown {
  if (!isSystemError(error)) return error;
  const [recovery, code, message, fix] = TABLE[error.code] ?? unknownRow(error);
  const text = message.replace('%', () => path);
  if (recovery === 'config') {
    return new ConfigError([{ file: 'configuration', path: 'options.path', message: text, expected: fix }]);
  }
  const reason = { code, message: text, fix };
  return recovery === 'retry' ? new RetryableError(reason, { cause: error }) : new FatalError(reason, { cause: error });
}

function unknownRow(error: SystemError): Row {
  return ['retry', 'disk_error', `Working on % failed (${error.code}: ${error.message}).`, REACH];
}

export interface SystemError extends Error {
  readonly code: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'errno' in error && 'code' in error && typeof error.code === 'string';
}

/** True when the operating system says that a file is not there. */
export function isMissing(error: unknown): boolean {
  return isSystemError(error) && error.code === 'ENOENT';
}
