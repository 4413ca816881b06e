import type { Reason } from '@cloudtalk-sync/errors';
import type { CheckedRow } from './check-file.js';

/** Rows counted as they pass. */
export class Totals {
  rows = 0;
  valid = 0;
  failed = 0;

  count(row: CheckedRow): void {
    this.rows += 1;
    this[row.status] += 1;
  }
}

/** The status that an import of the file would end with. */
export function statusOf(totals: Totals, error: Reason | null): 'completed' | 'completed with failures' | 'failed' {
  if (error) return 'failed';
  return totals.failed > 0 ? 'completed with failures' : 'completed';
}
