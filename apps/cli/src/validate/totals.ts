import { EXIT_CODES, type Reason } from '@cloudtalk-sync/errors';
import type { CheckedRow } from './check-file.js';

/** What refuses a path and not what the file holds: then the command line is wrong. */
const WRONG_PATH: ReadonlySet<string> = new Set(['file_missing', 'not_a_file', 'access_denied', 'name_too_long']);

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

/** The exit code that the check of a file asks for. */
export function exitCodeOfCheck(totals: Totals, error: Reason | null): number {
  if (error && WRONG_PATH.has(error.code)) return EXIT_CODES.usage;
  return error || totals.failed > 0 ? EXIT_CODES.rowsFailed : EXIT_CODES.ok;
}
