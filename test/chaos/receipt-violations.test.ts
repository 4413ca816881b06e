import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receiptViolations } from './receipt-violations.js';

const RECEIPT = {
  input: { name: 'a.csv' },
  requestedAt: '2026-05-01T12:00:00Z',
  rows: 3,
  balanced: true,
  status: 'completed with failures',
  totals: { created: 2, updated: 0, failed: 1 },
};
const ROWS = ['1,created,7', '2,failed,', '3,created,8'];

describe('the look at the receipts', () => {
  let drop: string;

  beforeEach(async () => {
    drop = await mkdtemp(join(tmpdir(), 'receipts-'));
    await mkdir(join(drop, 'reports'));
  });

  afterEach(() => rm(drop, { recursive: true }));

  async function found(rows: readonly string[], receipt: object = RECEIPT): Promise<readonly string[]> {
    await writeFile(join(drop, 'reports', 'a.receipt.json'), JSON.stringify(receipt));
    await writeFile(join(drop, 'reports', 'a.result.csv'), ['row,outcome,contact_id', ...rows, ''].join('\n'));
    return receiptViolations(drop, 1);
  }

  it('finds nothing where each row has its outcome', async () => {
    expect(await found(ROWS)).toEqual([]);
  });

  it.each([
    ['a row that is missing', ROWS.slice(1)],
    ['a row that comes twice', [...ROWS, '3,created,8']],
    ['another row in the place of one', ['1,created,7', '2,failed,', '2,created,8']],
    ['an outcome that the receipt does not count', ['1,updated,7', '2,failed,', '3,created,8']],
    ['an outcome that there is not', ['1,nonsense,7', '2,failed,', '3,created,8']],
    ['a row that went in nowhere', ['1,created,', '2,failed,', '3,created,8']],
    ['a failed row with a contact', ['1,created,7', '2,failed,9', '3,created,8']],
  ])('finds %s', async (_what, rows) => {
    expect(await found(rows)).not.toEqual([]);
  });

  it('finds a receipt that does not balance, and a file without one', async () => {
    expect(await found(ROWS, { ...RECEIPT, rows: 4 })).toContain('a.receipt.json does not balance');
    expect(await receiptViolations(drop, 2)).toContain('1 receipts for 2 files');
  });
});
