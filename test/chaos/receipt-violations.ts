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

/** When each file of a drop was asked to be imported, in ms since 1970. */
export async function requestTimes(drop: string): Promise<ReadonlyMap<string, number>> {
  const reports = join(drop, 'reports');
  const names = await readdir(reports).catch((): readonly string[] => []);
  const texts = names
    .filter((name) => name.endsWith('.receipt.json'))
    .map((name) => readFile(join(reports, name), 'utf8'));
  const receipts = (await Promise.all(texts)).map((text) => JSON.parse(text) as Receipt);
  return new Map(receipts.map(({ input, requestedAt }) => [input.name, Date.parse(requestedAt)]));
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
  readonly input: { readonly name: string };
  readonly requestedAt: string;
  readonly rows: number;
  readonly balanced: boolean;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}
