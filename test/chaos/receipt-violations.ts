import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file of a drop that has not exactly one balanced receipt and a result for each row. */
export async function receiptViolations(drop: string, files: number): Promise<readonly string[]> {
  const reports = join(drop, 'reports');
  const all = await readdir(reports).catch((): readonly string[] => []);
  const names = all.filter((name) => name.endsWith('.receipt.json'));
  const found = names.length === files ? [] : [`${names.length} receipts for ${files} files`];
  for (const name of names) {
    const receipt = JSON.parse(await readFile(join(reports, name), 'utf8')) as Receipt;
    const result = await readFile(join(reports, name.replace('.receipt.json', '.result.csv')), 'utf8');
    found.push(...faultsOf(receipt, result.trimEnd().split('\n').length - 1).map((fault) => `${name} ${fault}`));
  }
  return found;
}

function faultsOf({ totals, rows, balanced, status }: Receipt, resultLines: number): readonly string[] {
  const sum = Object.values(totals).reduce((total, count) => total + count, 0);
  return [
    ...(balanced && sum === rows ? [] : ['does not balance']),
    ...(totals['failed'] === 1 ? [] : [`has ${totals['failed']} failed rows instead of 1`]),
    ...(status === 'completed with failures' ? [] : [`ended as ${status}`]),
    ...(resultLines === rows ? [] : [`counts ${rows} rows, its result file has ${resultLines}`]),
  ];
}

interface Receipt {
  readonly rows: number;
  readonly balanced: boolean;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}
