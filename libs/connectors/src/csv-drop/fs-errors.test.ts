import { ConfigError, FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { describe, expect, it } from 'vitest';
import { translate } from './fs-errors.js';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { errno: -1, code, syscall: 'open' });
}

describe('an error of the operating system', () => {
  it.each([
    ['EACCES', FatalError],
    ['EROFS', FatalError],
    ['ENOTDIR', ConfigError],
    ['EXDEV', ConfigError],
    ['ENOENT', RetryableError],
    ['ENOSPC', RetryableError],
    ['EMFILE', RetryableError],
    ['ESOMETHING', RetryableError],
  ])('%s says what to do next and names the path', (code, kind) => {
    const error = translate(systemError(code), '/drop/$&/a.csv');
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain('/drop/$&/a.csv');
  });

  it('is told from any other error, which stays as it is', () => {
    const other = new TypeError('a bug');
    expect(translate(other, '/drop')).toBe(other);
  });
});
