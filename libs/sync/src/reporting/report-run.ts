import {
  type ChangeReporter,
  type FieldValue,
  type Outcome,
  type OutcomeKind,
  OUTCOMES,
  type RunEnd,
  type RunSummary,
} from '@cloudtalk-sync/connector-kit';
import type { RowEntity, RunEntity, RunNotes } from '@cloudtalk-sync/store';
import { withSession } from '../connection-session.js';
import type { RunSettings } from '../settings.js';
import { isStopped } from '../stopping.js';
import { stopIfAsked, type SyncConnection, type World } from '../world.js';
import { noteToReport } from './to-report.js';
import { writeBack } from './write-back.js';

/** Rows read from the database together. */
const PAGE = 1000;

/**
 * Writes a run's outcomes back to its source, moves its input, and ends it, in this order: killed anywhere in between,
 * the same is done again and comes out the same. Throws when the source is out of reach.
 */
export async function reportRun(
  world: World,
  run: RunEntity,
  connection: SyncConnection,
  signal: AbortSignal,
): Promise<void> {
  const summary = await summarise(world, run);
  const reported = run.kind === 'preview' ? NOTHING : await report(world, run, connection, summary, signal);
  await world.store.transaction(async (tx) => {
    const { endedAt, error, status } = summary;
    await tx.runs.move(run, status, { endedAt, ...reported, ...(error ? { error } : {}) });
    const isCompleted = status === 'completed' || status === 'completed with failures';
    if (isCompleted && run.kind !== 'preview') await tx.accounts.complete(run, endedAt);
  });
  const noun = run.kind === 'preview' ? 'preview' : 'import';
  const { error, status, totals } = summary;
  const level = error ? 'warn' : 'info';
  const place = { run: run.id, connection: run.connectionId, file: run.input?.name, reason: error?.message };
  world.log[level]({ ...place, ...totals }, `${noun} ${status}`);
}

type Reported = Pick<RunNotes, 'places' | 'writeBack'>;
const NOTHING: Reported = { places: [] };

/** Writes the reports and moves the input; returns what is to be noted of it. */
function report(
  world: World,
  run: RunEntity,
  connection: SyncConnection,
  summary: RunSummary,
  signal: AbortSignal,
): Promise<Reported> {
  return withSession(world, connection, run.settings as RunSettings, async ({ source, reporter }) => {
    if (reporter.wants === 'changes') return reportChanges(world, run, reporter, summary, signal);
    const outcomes = outcomesOf(world, run, summary.error?.message, signal);
    const { places } = await reporter.report(summary, run.input ?? undefined, outcomes);
    if (source.kind === 'drop' && run.kind === 'file') {
      const file = { runId: run.id, name: run.input?.name ?? '' };
      const { status } = summary;
      const end = await source.finish(file, { status, requestedAt: run.requestedAt, size: run.input?.size });
      const facts = { run: run.id, connection: run.connectionId };
      if (end === 'returned') world.log.warn(facts, 'the file grew after it was read; it is imported again');
    }
    return { places };
  });
}

/** Writes onto records what changed; a source whose connection names no field for it is told nothing. */
async function reportChanges(
  world: World,
  run: RunEntity,
  reporter: ChangeReporter,
  { endedAt }: RunSummary,
  signal: AbortSignal,
): Promise<Reported> {
  const { contactUrl = null, report = {} } = run.settings as RunSettings;
  if (Object.keys(report).length === 0) return NOTHING;
  await noteToReport(world, run, signal);
  const result = await writeBack(world, run, reporter, { time: endedAt, contactUrl }, signal);
  const { failed, written, causes } = result;
  if (failed === 0) return { ...NOTHING, writeBack: result };
  const place = { run: run.id, connection: run.connectionId, written, failed, code: causes[0]?.code };
  world.log.warn(place, `outcomes could not be written back to ${failed} records; the next import tries them again`);
  return { ...NOTHING, writeBack: result };
}

/** The run as it is going to end. A run whose rows do not add up has failed. */
async function summarise(world: World, run: RunEntity): Promise<RunSummary> {
  const states = await world.store.rows.totals(run.id);
  const totals = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, states[outcome]])) as Record<
    OutcomeKind,
    number
  >;
  const balanced = Object.values(totals).reduce((sum, count) => sum + count, 0) === run.rowsRead;
  const error = run.error ?? (balanced ? undefined : UNBALANCED);
  const sha256 = run.kind === 'retry' ? undefined : run.input?.sha256;
  const first = sha256 === undefined ? undefined : await world.store.runs.firstWithContent(run, sha256);
  return {
    runId: run.id,
    connectionId: run.connectionId,
    kind: run.kind,
    status: endOf(run, error !== undefined, totals.failed),
    ...(error ? { error } : {}),
    requestedAt: run.requestedAt,
    startedAt: run.startedAt ?? run.requestedAt,
    endedAt: world.clock.now(),
    totals,
    rows: run.rowsRead,
    operations: await world.store.accounts.operationsOf(run.id),
    warnings: run.input?.warnings ?? [],
    ...(run.retryOf === null ? {} : { retryOf: run.retryOf }),
    ...(first === undefined ? {} : { sameContentAs: first }),
  };
}

const UNBALANCED = {
  code: 'unbalanced',
  message: 'The outcomes of this import do not add up to the rows that were read.',
  fix: 'Keep the file and the database as they are and report this; it is an error in cloudtalk-sync.',
};

function endOf(run: RunEntity, hasError: boolean, failed: number): RunEnd {
  if (isStopped(run)) return 'stopped';
  if (hasError) return 'failed';
  return failed > 0 ? 'completed with failures' : 'completed';
}

async function* outcomesOf(
  world: World,
  run: RunEntity,
  reason: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  let after = 0;
  for (;;) {
    stopIfAsked(signal);
    const rows = await world.store.rows.page(run.id, { after, limit: PAGE });
    for (const row of rows) yield outcomeOf(row, run.input?.name, reason);
    after += PAGE;
    if (rows.length < PAGE) return;
  }
}

function outcomeOf(row: RowEntity, file: string | undefined, reason: string | undefined): Outcome {
  const why = row.reason ?? (row.state === 'not processed' ? reason : undefined);
  return {
    outcome: row.state as OutcomeKind,
    ...(row.recordId === null ? {} : { recordId: row.recordId }),
    origin: {
      ...(file === undefined ? {} : { file }),
      row: row.originRow ?? row.number,
      ...(row.line === null ? {} : { line: row.line }),
    },
    fields: row.raw as Readonly<Record<string, FieldValue>>,
    ...(row.contactId === null ? {} : { contactId: row.contactId }),
    issues: row.state === 'failed' ? row.issues : [],
    warnings: row.warnings,
    ...(why === undefined ? {} : { reason: why }),
  };
}
