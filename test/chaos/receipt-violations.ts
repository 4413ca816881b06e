import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** Every file of a drop that has not exactly one balanced receipt, and one outcome for each row that adds up to it. */
export async function receiptViolations(drop: string, files: number): Promise<readonly string[]> {
  const reports = join(drop, 'reports');
  const all = await readdir(reports).catch((): readonly string[] => []);
  const names = all.filter((name) => name.endsWith('.receipt.json'));
  const found = names.length === files ? [] : [`${names.length} receipts for ${files} files`];
  for (const name of names) {
    const receipt = JSON.parse(await readFile(join(reports, name), 'utf8')) as Receipt;
    const result = await readFile(join(reports, name.replace('.receipt.json', '.result.csv')), 'utf8');
    const rows: readonly ResultRow[] = parse(result, { columns: true, bom: true });
    found.push(...[...faultsOf(receipt, rows), ...rowFaults(receipt, rows)].map((fault) => `${name} ${fault}`));
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

function faultsOf({ totals, rows, balanced, status }: Receipt, results: readonly ResultRow[]): readonly string[] {
  const failed = results.flatMap(({ outcome, row, message }) => (outcome === 'failed' ? [`${row}: ${message}`] : []));
  const sum = Object.values(totals).reduce((total, count) => total + count, 0);
  return [
    ...(balanced && sum === rows ? [] : ['does not balance']),
    ...(totals['failed'] === 1 ? [] : [`has ${totals['failed']} failed rows instead of 1 (${failed.join('; ')})`]),
    ...(status === 'completed with failures' ? [] : [`ended as ${status}`]),
  ];
}

/** Each row once and in its order, with an outcome that the receipt counts, and a contact unless it failed. */
function rowFaults({ totals, rows }: Receipt, results: readonly ResultRow[]): readonly string[] {
  const isInOrder = results.length === rows && results.every(({ row }, index) => Number(row) === index + 1);
  const outcomes = new Set([...Object.keys(totals), ...results.map(({ outcome }) => outcome)]);
  const counted = (name: string): number => results.filter(({ outcome }) => outcome === name).length;
  const wrong = [...outcomes].filter((name) => counted(name) !== (totals[name] ?? 0));
  const strange = results.filter((row) => (row.outcome === 'failed') !== (row.contact_id === ''));
  return [
    ...(isInOrder ? [] : [`counts ${rows} rows, its result file has ${results.map(({ row }) => row).join(' ')}`]),
    ...wrong.map((name) => `counts ${totals[name] ?? 0} rows as ${name}, its result file ${counted(name)}`),
    ...strange.map(({ row, outcome, contact_id }) => `has row ${row} as ${outcome} with the contact '${contact_id}'`),
  ];
}

interface ResultRow {
  readonly row: string;
  readonly outcome: string;
  readonly contact_id: string;
  readonly message: string;
}

interface Receipt {
  readonly input: { readonly name: string };
  readonly requestedAt: string;
  readonly rows: number;
  readonly balanced: boolean;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}
