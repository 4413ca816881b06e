import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSuppressed, suppressionHash, type Suppressed } from './suppression-file.js';

describe('a suppression file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'suppression-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function read(...lines: readonly string[]): Promise<Suppressed> {
    const file = join(folder, 'suppressed.csv');
    await writeFile(file, lines.join('\n'));
    return readSuppressed(file, 'SK');
  }

  it.each([
    ['+421901000001 (home)', ['+421901000001']],
    ['Ann: +421901000001', ['+421901000001']],
    ['+421901000001 / +421901000002', ['+421901000001', '+421901000002']],
    ['+421901000002:0901 000 001', ['+421901000002', '+421901000001']],
    ['0901000001 - 0901000002', ['+421901000001', '+421901000002']],
    ['Ann <Ann@example.com>', ['ann@example.com']],
    ['x@example.com:ann@example.com', ['x@example.com', 'ann@example.com']],
    ['x@example.com|ann@example.com', ['x@example.com', 'ann@example.com']],
    ['="0901000001"', ['+421901000001']],
    ['0901 000 001|ann@example.com', ['ann@example.com', '+421901000001']],
    ['Ann <ann@example.com> +421901000001', ['ann@example.com', '+421901000001']],
    ['ann@example.com/0901000001', ['ann@example.com', '+421901000001']],
    ['0901000001/ann@example.com', ['0901000001/ann@example.com', 'ann@example.com', '+421901000001']],
    ['\u201cann@example.com\u201d', ['\u201cann@example.com\u201d', 'ann@example.com']],
    ['0901 000 001 -ann@example.com', ['-ann@example.com', 'ann@example.com', '+421901000001']],
    ["o'neil@example.com", ["o'neil@example.com"]],
    ["Sean O'Neil <o'neil@example.com>", ["o'neil@example.com"]],
    ["'o'neil@example.com'", ["o'neil@example.com"]],
    ['o\u2019neil@example.com', ['o\u2019neil@example.com', "o'neil@example.com"]],
    ['\u2018ann@example.com\u2019', ['\u2018ann@example.com\u2019', 'ann@example.com']],
    ['\u2022ann@example.com', ['\u2022ann@example.com', 'ann@example.com']],
    ['\u2039ann@example.com\u203a', ['\u2039ann@example.com\u203a', 'ann@example.com']],
    ['ann@example.com\u2026', ['ann@example.com\u2026', 'ann@example.com']],
    ['ann@exam\u00adple.com', ['ann@example.com']],
    ['\u2022 0901 000 001', ['+421901000001']],
    ['+421901000001 +421901000002', ['+421901000001', '+421901000002']],
    ['+421901000001+421901000002', ['+421901000001', '+421901000002']],
    ['0901000001 and 0901000002', ['+421901000001', '+421901000002']],
    ['Ann 0901/000 001', ['+421901000001']],
  ])('keeps out whoever is meant by %s', async (cell, reach) => {
    const suppressed = await read(cell);
    expect([...suppressed.reach]).toEqual(reach);
    expect(suppressed.unread).toEqual({ lines: [], more: 0 });
  });

  it('tells the lines of which nothing can be read, and no header, comment or date beside a number', async () => {
    const wrong = Array.from({ length: 12 }, () => '0901 000 00');
    const { unread } = await read('Phone,Since', '+421901000001,2026-11-28', 'left the company', 'ann@', ...wrong);
    expect(unread).toEqual({ lines: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13], more: 3 });
  });

  it('tells an e-mail that cannot be read, also beside a number that can', async () => {
    const { reach, unread } = await read('+421901000001,ann@', '+421901000002,ben@example.com');
    expect([...reach]).toEqual(['+421901000001', '+421901000002', 'ben@example.com']);
    expect(unread).toEqual({ lines: [1], more: 0 });
  });

  it.each(['0901000001 0901000002', '+421 901 000 00', '(0901) 000 00'])(
    'tells a number that cannot be read, also beside an address that can: %s',
    async (cell) => {
      const { reach, unread } = await read(`${cell},ann@example.com,0031t00000AbCdEQAV,01.02.2026 10:00`);
      expect([...reach]).toEqual(['ann@example.com']);
      expect(unread).toEqual({ lines: [1], more: 0 });
    },
  );

  it('takes no date, time or id beside an address for a number', async () => {
    const { unread } = await read(
      'ann@example.com,01.02.2026,01.02.2026 10:00,2026-02-01T10:00:00Z,0031t00000AbCdEQAV,12345678901',
    );
    expect(unread).toEqual({ lines: [], more: 0 });
  });

  it('is named by its whole path when it cannot be read', async () => {
    const path = join(folder, 'missing.csv');
    const file = relative(process.cwd(), path);
    const message = `The suppression file ${path} cannot be used: ENOENT: no such file or directory, open '${path}'.`;
    const refusal = { code: 'suppression_unreadable', message };
    await expect(readSuppressed(file, 'SK')).rejects.toMatchObject(refusal);
    await expect(suppressionHash({ doNotCall: { file, then: 'skip' } })).rejects.toMatchObject(refusal);
  });

  it('reads a cell of a million characters in no time', async () => {
    const { reach } = await read(
      `${'a'.repeat(1_000_000)} ${'<'.repeat(1_000_000)} @ (${')'.repeat(1_000_000)}`,
      '0901000001',
    );
    expect([...reach]).toEqual(['+421901000001']);
  });
});
