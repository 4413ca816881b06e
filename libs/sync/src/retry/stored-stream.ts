import type { Damage, FieldValue, Gone, RecordStream } from '@cloudtalk-sync/connector-kit';
import type { RowEntity, RunEntity, Store } from '@cloudtalk-sync/store';
import { z } from 'zod';
import type { ReadRecord } from '../intake/read-record.js';
import { stopIfAsked } from '../world.js';

/** Rows read from the database together. */
const PAGE = 1000;

const cursorSchema = z.strictObject({ row: z.int().min(0) });

/** The records that a retry tries again, as the run before stored them, from the retry's cursor on. */
export function openStored(store: Store, run: RunEntity, signal: AbortSignal): RecordStream {
  const { retryOf, input } = run;
  if (retryOf === null) throw new Error(`The retry ${run.id} does not name the run whose rows it tries again.`);
  const after = run.cursor === null ? 0 : cursorSchema.parse(run.cursor).row;
  return { input: inputOfRetry(input), records: storedRecords(store, run, retryOf, after, signal) };
}

/** An input as it is described to a retry: what today's mapping says of its columns is found out anew. */
export function inputOfRetry(input: RunEntity['input']): NonNullable<RunEntity['input']> {
  return { ...input, warnings: (input?.warnings ?? []).filter((warning) => warning.code !== 'unknown_column') };
}

async function* storedRecords(
  store: Store,
  run: RunEntity,
  retryOf: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  for (let after = from; ;) {
    stopIfAsked(signal);
    const rows = await store.retries.rows(retryOf, { after, limit: PAGE, code: run.retryCode });
    for (const row of rows) yield recordOf(row, run.input?.name);
    const last = rows[rows.length - 1];
    if (last === undefined) return;
    after = last.number;
  }
}

function recordOf(row: RowEntity, file: string | undefined): ReadRecord {
  const originRow = row.originRow ?? row.number;
  const damage = damageOf(row);
  return {
    ...(row.recordId === null ? {} : { id: row.recordId }),
    fields: row.raw as Readonly<Record<string, FieldValue>>,
    cursor: { row: row.number },
    origin: {
      ...(file === undefined ? {} : { file }),
      row: originRow,
      ...(row.line === null ? {} : { line: row.line }),
    },
    ...(damage === undefined ? {} : { damage }),
    ...(row.gone === null ? {} : { gone: row.gone as Gone }),
    stored: { row: originRow, failedAs: row.state === 'failed' ? row.fingerprint : undefined },
  };
}

/** Only a record that could not even be mapped has issues without a fingerprint. */
function damageOf({ fingerprint, gone, issues }: RowEntity): Damage | undefined {
  const [issue] = issues;
  if (fingerprint !== null || gone !== null || issue === undefined) return undefined;
  return { value: issue.value, message: issue.message, fix: issue.fix };
}
