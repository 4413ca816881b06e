import { EXIT_CODES } from '@cloudtalk-sync/errors';
import type { FailedRowView, RunView } from '@cloudtalk-sync/sync';
import { plain, table } from './output.js';

/** The exit code that the worst of these runs asks for. */
export function exitCodeOfRuns(runs: readonly RunView[]): number {
  if (runs.some((run) => run.status === 'waiting')) return EXIT_CODES.noConnection;
  return runs.every((run) => run.status === 'completed') ? EXIT_CODES.ok : EXIT_CODES.rowsFailed;
}

/** Runs as a table, one line each. */
export function runsTable(runs: readonly RunView[]): string {
  const header = ['import', 'connection', 'input', 'status', 'rows', 'in', 'unchanged', 'failed', 'requested'];
  return table(
    header,
    runs.map((run) => [
      run.id.slice(0, 8),
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

/** One run in full, with its first failed rows. */
export function runText(run: RunView, failed: readonly FailedRowView[]): string {
  const outcomes = Object.entries(run.totals).filter(([, count]) => count > 0);
  const facts: (readonly [string, string])[] = [
    ['import', run.id],
    ['connection', run.connection],
    ['input', plain(run.input ?? '-')],
    ['status', run.status],
    ...(run.waiting ? [['waits because', `${run.waiting.message} ${run.waiting.fix}`] as const] : []),
    ...(run.error ? [['reason', `${run.error.message} ${run.error.fix}`] as const] : []),
    ['requested', run.requestedAt],
    ['ended', run.endedAt ?? '-'],
    ['rows', String(run.rows)],
    ['outcomes', outcomes.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || '-'],
    ['operations', String(run.operations)],
    ...run.warnings.map((warning) => ['warning', plain(warning.message)] as const),
    ...run.reports.map((place) => ['report', plain(place)] as const),
  ];
  const lines = facts.map(([name, value]) => `${name.padEnd(14)}${value}\n`).join('');
  return failed.length === 0 ? lines : `${lines}\n${failedText(run, failed)}`;
}

function failedText(run: RunView, failed: readonly FailedRowView[]): string {
  const lines = failed.flatMap(({ row, line, issues }) =>
    issues.map(
      (issue) => `row ${row}${line === null ? '' : ` (line ${line})`}: ${plain(issue.message)} ${plain(issue.fix)}\n`,
    ),
  );
  const rest = run.totals.failed - failed.length;
  return lines.join('') + (rest > 0 ? `... and ${rest} more failed rows; all of them are in the errors file.\n` : '');
}
