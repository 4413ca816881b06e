import type { Causes, SkipReason } from '@cloudtalk-sync/store';
import { plain } from './output.js';

/** Why rows failed, grouped, the biggest groups first; those behind the first `shown` are summed up. */
export function causesText({ top, others }: Causes, shown: number): string {
  const named = top.slice(0, shown);
  const width = String(named[0]?.rows ?? 0).length;
  const lines = named.map((cause) => {
    const { code, field, fix, message, rows } = cause;
    const what = `${plain(field)}, ${code}, ${firstOf(cause)}`;
    return `${String(rows).padStart(width)} × ${what}: ${plain(message)} ${plain(fix)}\n`;
  });
  const hidden = top.length - named.length + others.reduce((sum, { causes }) => sum + causes, 0);
  if (hidden === 0) return lines.join('');
  if (named.length < top.length) return `${lines.join('')}... and ${hidden} more causes\n`;
  return lines.join('') + others.map(otherText).join('');
}

function otherText({ causes, code, field, rows }: Causes['others'][number]): string {
  return `... and ${causes} more causes of ${plain(field)}, ${code}, in ${rows} rows\n`;
}

/** Why rows were skipped, the most frequent reasons first; `all` is how many rows were. */
export function skippedText({ skipped }: Causes, all: number, shown: number): string {
  const named = skipped.slice(0, shown);
  const width = String(named[0]?.rows ?? 0).length;
  const lines = named.map((skip) => `${String(skip.rows).padStart(width)} × ${firstOf(skip)}: ${plain(skip.reason)}\n`);
  const rest = all - named.reduce((sum, { rows }) => sum + rows, 0);
  return lines.join('') + (rest > 0 ? `... and ${rest} more skipped rows\n` : '');
}

/** Where the rows of one cause begin. */
function firstOf({ firstRecord, firstRow, rows }: Pick<SkipReason, 'firstRecord' | 'firstRow' | 'rows'>): string {
  const place = firstRecord === null ? `row ${firstRow}` : `record ${plain(firstRecord)}`;
  return rows > 1 ? `first ${place}` : place;
}
