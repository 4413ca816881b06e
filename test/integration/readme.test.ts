import { readFile } from 'node:fs/promises';
import { FILE_CODES } from '@cloudtalk-sync/connectors';
import { ISSUE_TABLE, WARNING_TABLE } from '@cloudtalk-sync/validation';
import { describe, expect, it } from 'vitest';
import { README, withCodes } from '../../tools/write-codes.mjs';

describe('the reference in the README', () => {
  it('has every issue and warning code as the tables say them (`npm run codes` writes it)', async () => {
    const readme = await readFile(README, 'utf8');
    expect(await withCodes(readme, ISSUE_TABLE, WARNING_TABLE, FILE_CODES)).toBe(readme);
  });

  it('is refused where its two comments are missing', async () => {
    await expect(withCodes('# No table', ISSUE_TABLE, WARNING_TABLE, FILE_CODES)).rejects.toThrow(
      'README.md needs the lines <!--',
    );
  });
});
