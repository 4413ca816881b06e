import type { FieldValue, Outcome, RunSummary } from '@cloudtalk-sync/connector-kit';

export const RESULT_COLUMNS = ['row', 'line', 'outcome', 'contact_id', 'code', 'message'] as const;

/** One line of result.csv. A row that went in shows what was repaired, one that did not shows why. */
export function resultRow(outcome: Outcome, run: RunSummary): readonly string[] {
  const { origin, contactId } = outcome;
  const { code, message } = causeOf(outcome, run);
  const repaired = outcome.warnings.map((warning) => warning.message).join(' | ');
  return [
    String(origin.row ?? ''),
    String(origin.line ?? ''),
    outcome.outcome,
    String(contactId ?? ''),
    harmless(code),
    harmless(message || repaired),
  ];
}

/** True for a row that a person has to look at again: a failed one, and in a stopped run what was not processed. */
export function isForErrors(outcome: Outcome, run: RunSummary): boolean {
  return outcome.outcome === 'failed' || (outcome.outcome === 'not processed' && run.status === 'stopped');
}

/**
 * One line of errors.csv: the cells of the customer's own file exactly as they were, so that the file can be mended and
 * dropped again, then our columns, in which a text that a spreadsheet would take for a formula gets a `'` in front.
 */
export function errorRow(outcome: Outcome, fields: readonly string[], run: RunSummary): readonly string[] {
  const { code, message, fix } = causeOf(outcome, run);
  const cells = fields.map((field) => textOf(outcome.fields[field]));
  return [...cells, String(outcome.origin.row ?? ''), harmless(code), harmless(message), harmless(fix)];
}

interface Cause {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

function causeOf({ outcome, issues, reason }: Outcome, run: RunSummary): Cause {
  if (outcome === 'not processed') {
    return {
      code: 'not_processed',
      message: reason ?? run.error?.message ?? 'The import ended before this row.',
      fix: 'Mend what stopped the import, then drop this row again; it needs no change of its own.',
    };
  }
  const joined = (texts: readonly string[]): string => texts.join(' | ');
  return {
    code: joined(issues.map((issue) => issue.code)),
    message: issues.length > 0 ? joined(issues.map((issue) => issue.message)) : (reason ?? ''),
    fix: joined(issues.map((issue) => issue.fix)),
  };
}

/** Spreadsheets run a cell that begins with one of these as a formula (OWASP, "CSV Injection"). */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function textOf(value: FieldValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
