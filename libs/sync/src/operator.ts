import { OUTCOMES, type OutcomeKind } from '@cloudtalk-sync/connector-kit';
import type { Reason } from '@cloudtalk-sync/errors';
import {
  type Causes,
  type Forecast,
  OPEN_ROW_STATES,
  type RowState,
  type RunEntity,
  type RunKind,
  type RunState,
  type Store,
  type WriteBack,
} from '@cloudtalk-sync/store';
import type { Issue, Warning } from '@cloudtalk-sync/validation';
import type { ConnectionCheck } from './check-connection.js';
import type { Engine } from './engine.js';

/** How many causes of failures, and reasons of skipped rows, are named one by one. */
const CAUSES = 20;

/** A run as people and programs get to see it; plain JSON, times in ISO 8601. */
export interface RunView {
  readonly id: string;
  readonly connection: string;
  readonly kind: RunKind;
  /** The run whose rows it tries again; null unless it is a retry. */
  readonly retryOf: string | null;
  /** The name of the file; null for a CRM. */
  readonly input: string | null;
  readonly status: RunState;
  /** Why it waits and when it is tried again; null unless it waits. */
  readonly waiting: (Reason & { readonly checkAt: string; readonly needsPerson: boolean }) | null;
  /** Why it failed or was stopped as a whole. */
  readonly error: Reason | null;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Rows read so far. */
  readonly rows: number;
  /** Rows that have not ended yet. */
  readonly open: number;
  readonly totals: Readonly<Record<OutcomeKind, number>>;
  /** Operations of the CloudTalk budget used so far. */
  readonly operations: number;
  /** What it was expected to cost before its first row was sent; null before that is known. */
  readonly forecast: Forecast | null;
  readonly warnings: readonly Warning[];
  /** Where its reports are. */
  readonly reports: readonly string[];
  /** How many records of a CRM took their outcome, and why others did not; null where nothing was written back. */
  readonly writeBack: Omit<WriteBack, 'attempts'> | null;
}

/** A row of a run as people and programs get to see it. */
export interface RowView extends FailedRowView {
  readonly outcome: RowState;
  readonly contactId: number | null;
  /** Why it was skipped, or what a preview says would become of it. */
  readonly reason: string | null;
}

/** A failed row as people and programs get to see it. */
export interface FailedRowView {
  /** The id of its record; null where the source gives none. */
  readonly record: string | null;
  /** As its source counts it, also in a retry. */
  readonly row: number;
  readonly line: number | null;
  readonly issues: readonly Issue[];
}

/** What a person or a program can ask of the engine; the same over HTTP and in one process. */
export interface Operator {
  /** Makes one pass over a connection; returns the ids of its runs. Throws ConfigError for an unknown connection. */
  pass(connection: string): Promise<readonly string[]>;
  /**
   * Asks what a pass over a connection, or an import of the file at `path` by it, would do; returns the ids of the
   * previews. Throws ConfigError for an unknown connection.
   */
  preview(connection: string, path?: string): Promise<readonly string[]>;
  /**
   * Tries the failed and not processed rows of an ended run again, those with an issue of `code` where it is given;
   * returns the id of the new run. Throws FatalError with the code RETRY_REFUSED when there is nothing to try again now.
   */
  retry(runId: string, code?: string): Promise<string>;
  /** Looks for everything that would go wrong in a run of a connection. Throws ConfigError for an unknown one. */
  check(connection: string): Promise<ConnectionCheck>;
  /** Makes in a connection's source what its report needs; says what it made. Throws as the engine's `setup`. */
  setup(connection: string): Promise<readonly string[]>;
  /** The first rows of a run, in their order. */
  rows(runId: string, limit: number): Promise<readonly RowView[]>;
  /** The newest runs first. */
  runs(query: { readonly limit: number; readonly connection?: string | undefined }): Promise<readonly RunView[]>;
  /** The one run whose id is, or begins with, `id`; undefined when there is none or more than one. */
  run(id: string): Promise<RunView | undefined>;
  /** The first failed rows of a run, in their order. */
  failedRows(runId: string, limit: number): Promise<readonly FailedRowView[]>;
  /** Why rows of a run failed or were skipped, grouped, the biggest groups first. */
  causes(runId: string): Promise<Causes>;
}

/** The operator of an engine in this process. */
export class LocalOperator implements Operator {
  constructor(
    private readonly engine: Engine,
    private readonly store: Store,
  ) {}

  pass(connection: string): Promise<readonly string[]> {
    return this.engine.requestPass(connection);
  }

  preview(connection: string, path?: string): Promise<readonly string[]> {
    return this.engine.requestPreview(connection, path);
  }

  retry(runId: string, code?: string): Promise<string> {
    return this.engine.requestRetry(runId, code);
  }

  check(connection: string): Promise<ConnectionCheck> {
    return this.engine.check(connection);
  }

  setup(connection: string): Promise<readonly string[]> {
    return this.engine.setup(connection);
  }

  async rows(runId: string, limit: number): Promise<readonly RowView[]> {
    const rows = await this.store.rows.page(runId, { after: 0, limit });
    return rows.map(({ number, originRow, recordId, line, state, contactId, reason, issues }) => ({
      record: recordId,
      row: originRow ?? number,
      line,
      outcome: state,
      contactId,
      reason,
      issues: state === 'failed' ? issues : [],
    }));
  }

  async runs(query: { readonly limit: number; readonly connection?: string | undefined }): Promise<readonly RunView[]> {
    const views: RunView[] = [];
    for (const run of await this.store.runs.list(query.limit, query.connection)) views.push(await this.view(run));
    return views;
  }

  async run(id: string): Promise<RunView | undefined> {
    const found = await this.store.runs.findByPrefix(id);
    return found.length === 1 && found[0] ? this.view(found[0]) : undefined;
  }

  async failedRows(runId: string, limit: number): Promise<readonly FailedRowView[]> {
    const rows = await this.store.rows.page(runId, { after: 0, limit, states: ['failed'] });
    return rows.map(({ number, originRow, recordId, line, issues }) => ({
      record: recordId,
      row: originRow ?? number,
      line,
      issues,
    }));
  }

  causes(runId: string): Promise<Causes> {
    return this.store.causes.of(runId, CAUSES);
  }

  private async view(run: RunEntity): Promise<RunView> {
    const states = await this.store.rows.totals(run.id);
    return {
      id: run.id,
      connection: run.connectionId,
      kind: run.kind,
      retryOf: run.retryOf,
      input: run.input?.name ?? null,
      status: run.state,
      waiting: run.waiting && {
        ...run.waiting.reason,
        checkAt: run.waiting.checkAt,
        needsPerson: run.waiting.needsPerson,
      },
      error: run.error,
      requestedAt: run.requestedAt.toISOString(),
      startedAt: run.startedAt?.toISOString() ?? null,
      endedAt: run.endedAt?.toISOString() ?? null,
      rows: run.rowsRead,
      open: OPEN_ROW_STATES.reduce((sum, state) => sum + states[state], 0),
      totals: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, states[outcome]])) as Record<OutcomeKind, number>,
      operations: await this.store.accounts.operationsOf(run.id),
      forecast: run.forecast,
      warnings: run.input?.warnings ?? [],
      reports: run.places,
      writeBack: run.writeBack && writeBackView(run.writeBack),
    };
  }
}

function writeBackView({ written, failed, causes }: WriteBack): NonNullable<RunView['writeBack']> {
  return { written, failed, causes };
}
