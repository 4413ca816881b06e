import { plain, print } from '../output.js';
import type { CheckedFile, CheckedRow } from './check-file.js';
import { exitCodeOfCheck, statusOf, Totals } from './totals.js';

/** Writes what a person reads: each failed row with its reasons, each repair, and the totals. Returns the exit code. */
export async function writeText(file: string, checked: CheckedFile): Promise<number> {
  const totals = new Totals();
  for (const warning of checked.warnings) await print(`warning: ${plain(warning.message)}\n`);
  let next = await checked.rows.next();
  for (; !next.done; next = await checked.rows.next()) {
    totals.count(next.value);
    await print(rowText(next.value));
  }
  const error = next.value ?? null;
  const status = statusOf(totals, error);
  if (error) await print(`${plain(error.message)} ${plain(error.fix)}\n`);
  await print(`${plain(file)}: ${status}; ${totals.rows} rows, ${totals.valid} valid, ${totals.failed} failed\n`);
  return exitCodeOfCheck(totals, error);
}

function rowText({ row, line, issues, warnings }: CheckedRow): string {
  const place = `row ${row} (line ${line})`;
  return [
    ...issues.map((issue) => `${place}: ${issue.code}: ${plain(issue.message)} ${plain(issue.fix)}\n`),
    ...warnings.map((warning) => `${place}: repaired: ${plain(warning.message)}\n`),
  ].join('');
}
