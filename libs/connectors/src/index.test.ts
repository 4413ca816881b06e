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
    ['/', '/ is a folder where a file is expected.'],
  ])('says what is wrong with the path %s', async (path, message) => {
    await expect(readCsvFile(path, { defaultCountry: 'SK', maxFileSize: 100_000 })).rejects.toThrow(message);
  });
});
