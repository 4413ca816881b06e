import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { SampleFile } from './sample-file.js';
import type { Stage } from './stage.js';

/** A receipt, as far as the demo looks at it. */
export interface Receipt {
  readonly runId: string;
  readonly input: { readonly name: string };
  readonly status: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly rows: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly balanced: boolean;
  readonly operations: number;
  /** Names of the other reports. */
  readonly reports: readonly string[];
}

/** A line of result.csv. */
export interface ResultRow {
  readonly row: string;
  readonly outcome: string;
  readonly code: string;
  readonly message: string;
}

/** What became of one file. */
export interface Result {
  readonly file: SampleFile;
  readonly receipt: Receipt;
  readonly rows: readonly ResultRow[];
}

/** The results of these files; undefined while one of them has no receipt. */
export async function resultsOf(stage: Stage, files: readonly SampleFile[]): Promise<readonly Result[] | undefined> {
  const results: Result[] = [];
  for (const file of files) {
    const receipt = (await receiptsOf(stage, file.connection)).find(({ input }) => input.name === file.name);
    if (!receipt) return undefined;
    results.push({ file, receipt, rows: await rowsOf(stage, file, receipt) });
  }
  return results;
}

async function receiptsOf(stage: Stage, connection: string): Promise<readonly Receipt[]> {
  const reports = join(stage.drop(connection), 'reports');
  const names = await readdir(reports).catch(() => []);
  const receipts = names.filter((name) => name.endsWith('.receipt.json'));
  return Promise.all(receipts.map(async (name) => JSON.parse(await readFile(join(reports, name), 'utf8')) as Receipt));
}

async function rowsOf(stage: Stage, file: SampleFile, receipt: Receipt): Promise<readonly ResultRow[]> {
  const name = receipt.reports.find((report) => report.endsWith('.result.csv'));
  if (name === undefined) return [];
  const text = await readFile(join(stage.drop(file.connection), 'reports', name));
  return parse(text, { columns: true });
}

/** How often each code stands in the results; a row may carry several. */
export function codesOf(results: readonly Result[]): ReadonlyMap<string, number> {
  const codes = results.flatMap(({ rows }) => rows.flatMap(({ code }) => code.split(' | ')));
  const counts = new Map<string, number>();
  for (const code of codes) if (code !== '') counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
