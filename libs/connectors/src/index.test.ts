import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONNECTORS, readCsvFile } from './index.js';

describe('the registry', () => {
  it('has each type once', () => {
    const types = CONNECTORS.map(({ type }) => type);
    expect(types).toContain('folder');
    expect(new Set(types).size).toBe(types.length);
  });
});

describe('the reading of one file', () => {
  it.each([
    ['/nowhere/contacts.csv', 'There is no file /nowhere/contacts.csv.'],
    ['/etc/passwd/contacts.csv', 'There is no file /etc/passwd/contacts.csv.'],
    ['/', '/ is a folder where a file is expected.'],
    ['/dev/null', '/dev/null is no regular file'],
  ])('says what is wrong with the path %s', async (path, message) => {
    await expect(readCsvFile(path, { defaultCountry: 'SK', maxFileSize: 100_000 })).rejects.toThrow(message);
  });

  it('does not wait for a pipe that nobody writes to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
    const path = join(folder, 'pipe.csv');
    execFileSync('mkfifo', [path]);
    const reading = readCsvFile(path, { defaultCountry: 'SK', maxFileSize: 100_000 });
    await expect(reading).rejects.toMatchObject({ code: 'not_a_file', message: expect.stringMatching(/save it to a/) });
    rmSync(folder, { recursive: true });
  });
});
