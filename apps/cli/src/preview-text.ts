import type { RowView, RunView } from '@cloudtalk-sync/sync';
import { plain } from './output.js';

/** What an import would do: the totals, then what would become of the first rows. */
export function previewText(run: RunView, rows: readonly RowView[]): string {
  const reason = run.waiting ?? run.error;
  const why = reason ? `${reason.message} ${reason.fix}\n` : '';
  const rest = run.rows - rows.length;
  const more = rest > 0 ? `... and ${rest} more rows; --json shows up to 1000.\n` : '';
  return `${plain(run.input ?? run.connection)}: ${run.rows} rows; ${previewTotals(run)}\n${why}${rows.map(rowText).join('')}${more}`;
}

/** `2 would be created, 1 updated, 0 merged into another row, 4 unchanged, 1 failed` */
export function previewTotals({ totals }: RunView): string {
  const { created, failed, merged, removed, skipped, unchanged, updated } = totals;
  return [
    `${created} would be created`,
    `${updated} updated`,
    `${merged} merged into another row`,
    `${unchanged} unchanged`,
    ...(removed > 0 ? [`${removed} deleted`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${failed} failed`,
  ].join(', ');
}

function rowText({ issues, line, outcome, reason, row }: RowView): string {
  const why = issues.length > 0 ? issues.map((issue) => `${issue.message} ${issue.fix}`).join(' ') : (reason ?? '');
  const place = line === null ? `row ${row}` : `row ${row} (line ${line})`;
  return `${place}: ${outcome}${why === '' ? '' : `: ${plain(why)}`}\n`;
}
