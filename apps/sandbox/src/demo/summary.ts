import { codesOf, type Result } from './results.js';

const OUTCOMES = ['created', 'updated', 'unchanged', 'merged', 'failed'] as const;
const HEADER = ['file', 'shows', 'status', 'rows', ...OUTCOMES, 'seconds'];

/** One line for each file. */
export function filesTable(results: readonly Result[]): string {
  return table(HEADER, results.map(line));
}

/** How often each failure code was seen, and why files were refused as a whole. */
export function codesTable(results: readonly Result[]): string {
  const codes = [...codesOf(results)].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = codes.map(([code, count]) => `  ${code.padEnd(20)}${String(count).padStart(4)}\n`);
  const refused = results.flatMap(({ file, receipt: { error } }) =>
    error ? [`  ${error.code.padEnd(20)}   1  ${file.name}: ${error.message}\n`] : [],
  );
  return [...rows, ...refused].join('');
}

function line({ file, receipt }: Result): readonly string[] {
  const seconds = (Date.parse(receipt.endedAt) - Date.parse(receipt.startedAt)) / 1000;
  const totals = OUTCOMES.map((kind) => String(receipt.totals[kind] ?? 0));
  return [file.name, file.shows, receipt.status, String(receipt.rows), ...totals, seconds.toFixed(1)];
}

/** Aligns columns; those that hold only numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)));
  const isNumber = header.map((_, column) => rows.every((row) => /^[\d.]*$/.test(row[column] ?? '')));
  const aligned = (cell: string, column: number): string =>
    isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  const lines = [header, widths.map((width) => '-'.repeat(width)), ...rows];
  return lines.map((row) => `${row.map(aligned).join('  ').trimEnd()}\n`).join('');
}
