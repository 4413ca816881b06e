import { OUTCOMES, type RunSummary } from '@cloudtalk-sync/connector-kit';

/** What is known of the file that a receipt is for. */
export interface ReceiptInput {
  readonly name: string;
  /** Bytes; null when the file was gone. */
  readonly size: number | null;
  /** Hex; null when the file was gone or too large to be read. */
  readonly sha256: string | null;
}

/** The text of receipt.json: what came, what became of it, and whether that adds up. */
export function receiptText(run: RunSummary, input: ReceiptInput, reports: readonly string[]): string {
  const receipt = {
    runId: run.runId,
    connection: run.connectionId,
    kind: run.kind,
    input,
    status: run.status,
    error: run.error ? { code: run.error.code, message: run.error.message, fix: run.error.fix } : null,
    requestedAt: run.requestedAt.toISOString(),
    startedAt: run.startedAt.toISOString(),
    endedAt: run.endedAt.toISOString(),
    rows: run.rows,
    totals: Object.fromEntries(OUTCOMES.map((kind) => [kind, run.totals[kind]])),
    balanced: OUTCOMES.reduce((sum, kind) => sum + run.totals[kind], 0) === run.rows,
    operations: run.operations,
    warnings: run.warnings,
    retryOf: run.retryOf ?? null,
    sameContentAs: run.sameContentAs ?? null,
    reports,
  };
  return `${JSON.stringify(receipt, undefined, 2)}\n`;
}
