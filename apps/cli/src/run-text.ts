import { EXIT_CODES } from '@cloudtalk-sync/errors';
import type { Causes } from '@cloudtalk-sync/store';
import type { FailedRowView, Operator, RunView } from '@cloudtalk-sync/sync';
import { causesText, skippedText } from './causes-text.js';
import { plain, table } from './output.js';
import { previewTotals } from './preview-text.js';

/** The exit code that the worst of these runs asks for. */
export function exitCodeOfRuns(runs: readonly RunView[]): number {
  if (runs.some((run) => run.status === 'waiting')) return EXIT_CODES.noConnection;
  return runs.every((run) => run.status === 'completed') ? EXIT_CODES.ok : EXIT_CODES.rowsFailed;
}

/** Runs as a table, one line each. */
export function runsTable(runs: readonly RunView[]): string {
  const header = ['id', 'kind', 'connection', 'input', 'status', 'rows', 'in', 'unchanged', 'failed', 'requested'];
  return table(
    header,
    runs.map((run) => [
      run.id.slice(0, 8),
      kindOf(run),
      run.connection,
      plain(run.input ?? '-'),
      run.status,
      run.rows,
      run.totals.created + run.totals.updated + run.totals.merged,
      run.totals.unchanged,
      run.totals.failed,
      run.requestedAt.replace('T', ' ').slice(0, 19),
    ]),
  );
}

function kindOf({ kind, retryOf }: RunView): string {
  if (retryOf !== null) return `retry of ${retryOf.slice(0, 8)}`;
  return kind === 'preview' ? 'preview' : 'import';
}

/** How many causes of failures, and reasons of skipped rows, are named for each import behind a table of imports. */
const CAUSES_SHOWN = 5;

/**
 * Imports that were asked for: as a table, with what each waits for or failed of, why rows failed or were skipped, and
 * the reports.
 */
export async function endedText(operator: Pick<Operator, 'causes'>, runs: readonly RunView[]): Promise<string> {
  const parts = [runsTable(runs)];
  for (const run of runs) {
    const id = run.id.slice(0, 8);
    const reason = run.waiting ?? run.error;
    if (reason) parts.push(`${id}: ${reason.message} ${reason.fix}\n`);
    const { failed, skipped } = run.totals;
    if (run.endedAt === null || failed + skipped === 0) continue;
    const causes = await operator.causes(run.id);
    const more = `('show ${id}' says more)`;
    if (failed > 0) parts.push(`${id}, why rows failed ${more}:\n${causesText(causes, CAUSES_SHOWN)}`);
    if (skipped > 0) parts.push(`${id}, why rows were skipped ${more}:\n${skippedText(causes, skipped, CAUSES_SHOWN)}`);
  }
  for (const { id, writeBack } of runs) {
    if (!writeBack?.failed) continue;
    const [cause] = writeBack.causes;
    const why = cause ? `: ${plain(`${cause.message} ${cause.fix}`)}` : '.';
    parts.push(`${id.slice(0, 8)}: ${writeBack.failed} records did not take their outcome${why}\n`);
  }
  return parts.join('') + runs.flatMap((run) => run.reports.map((place) => `${place}\n`)).join('');
}

/** One run in full, with why rows failed or were skipped and its first failed rows. */
export function runText(run: RunView, failed: readonly FailedRowView[], causes: Causes): string {
  const facts: (readonly [string, string])[] = [
    [run.kind === 'preview' ? 'preview' : 'import', run.id],
    ...(run.retryOf === null ? [] : [['retry of', run.retryOf] as const]),
    ['connection', run.connection],
    ['input', plain(run.input ?? '-')],
    ['status', run.status],
    ...(run.waiting
      ? [
          ['waits because', `${run.waiting.message} ${run.waiting.fix}`] as const,
          ...(Date.parse(run.waiting.checkAt) > Date.now() ? [['next check', run.waiting.checkAt] as const] : []),
        ]
      : []),
    ...(run.error ? [['reason', `${run.error.message} ${run.error.fix}`] as const] : []),
    ['requested', run.requestedAt],
    ['ended', run.endedAt ?? '-'],
    ['rows', String(run.rows)],
    ['outcomes', outcomesOf(run)],
    ['operations', String(run.operations)],
    ...run.warnings.map((warning) => ['warning', plain(warning.message)] as const),
    ...run.reports.map((place) => ['report', plain(place)] as const),
    ...writeBackFacts(run),
  ];
  const lines = facts.map(([name, value]) => `${name.padEnd(14)}${value}\n`).join('');
  return lines + skippedPart(run, causes) + failedPart(run, failed, causes);
}

function outcomesOf(run: RunView): string {
  if (run.kind === 'preview') return `${previewTotals(run)}; nothing was sent`;
  const outcomes = Object.entries(run.totals).filter(([, count]) => count > 0);
  return outcomes.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || '-';
}

function skippedPart({ totals }: RunView, causes: Causes): string {
  if (totals.skipped === 0) return '';
  return `\nwhy rows were skipped\n${skippedText(causes, totals.skipped, causes.skipped.length)}`;
}

function failedPart(run: RunView, failed: readonly FailedRowView[], causes: Causes): string {
  if (failed.length === 0) return '';
  return `\nwhy rows failed\n${causesText(causes, causes.top.length)}\nfailed rows\n${failedText(run, failed)}`;
}

function place({ line, record, row }: FailedRowView): string {
  if (line !== null) return `row ${row} (line ${line})`;
  return record === null ? `row ${row}` : `record ${plain(record)}`;
}

function writeBackFacts({ writeBack }: RunView): readonly (readonly [string, string])[] {
  if (writeBack === null) return [];
  const { written, failed, causes } = writeBack;
  const left = failed === 0 ? '' : `, ${failed} not; the next import tries those again`;
  return [
    ['written back', `${written} ${written === 1 ? 'record' : 'records'}${left}`],
    ...causes.map(
      ({ code, message, fix, count, example }) =>
        ['', plain(`${count} ${code}: ${message} ${fix} (such as ${example})`)] as const,
    ),
  ];
}

function failedText(run: RunView, failed: readonly FailedRowView[]): string {
  const lines = failed.flatMap((row) =>
    row.issues.map((issue) => `${place(row)}: ${plain(issue.message)} ${plain(issue.fix)}\n`),
  );
  const rest = run.totals.failed - failed.length;
  const all = run.reports.length === 0 ? '' : '; all of them are in the errors file';
  return lines.join('') + (rest > 0 ? `... and ${rest} more failed rows${all}.\n` : '');
}
