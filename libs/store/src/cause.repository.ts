import type { IssueCode } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';

/** One reason for which rows of a run failed. */
export interface Cause {
  readonly field: string;
  readonly code: IssueCode;
  /** The offending value; empty where CloudTalk named none, null where rows as a whole are damaged. */
  readonly value: string | null;
  readonly message: string;
  readonly fix: string;
  /** How many rows it failed. */
  readonly rows: number;
  /** The first of them, as its source counts it. */
  readonly firstRow: number;
  /** The id of its record; null where the source gives none, or its rows stand in lines. */
  readonly firstRecord: string | null;
}

/** Causes that are too many to be named one by one. */
export interface OtherCauses {
  readonly field: string;
  readonly code: IssueCode;
  /** How many different causes. */
  readonly causes: number;
  /** How many rows they failed, each row counted once for each of its causes. */
  readonly rows: number;
}

/** One reason for which rows of a run were skipped. */
export interface SkipReason {
  /** In the words of the first of them; those of the others may name other records and contacts. */
  readonly reason: string;
  /** How many rows were skipped for it. */
  readonly rows: number;
  /** The first of them, as its source counts it. */
  readonly firstRow: number;
  /** The id of its record; null where the source gives none, or its rows stand in lines. */
  readonly firstRecord: string | null;
}

export interface Causes {
  /** The biggest first. */
  readonly top: readonly Cause[];
  /** All others, the biggest first. */
  readonly others: readonly OtherCauses[];
  /** Why rows were skipped, the most frequent reasons first. */
  readonly skipped: readonly SkipReason[];
}

/** What tells the reasons of rows apart that were skipped for the same: the records and contacts that they name. */
const NAMED = "'(the record|contact is|contact) [^ ,;.]+'";

/** What a person finds a row by which has no line: its record's id. */
const RECORD = 'CASE WHEN r.line IS NULL THEN r.record_id END';

/** Why the rows of a run failed or were skipped, summed up. */
export class CauseRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * The failures of a run grouped by field, code and value (and by CloudTalk's words, which come without a value), and the
   * reasons of its skipped rows, at most `limit` of either.
   */
  async of(runId: string, limit: number): Promise<Causes> {
    const [found]: { top: Cause[] | null; others: OtherCauses[] | null }[] = await this.manager.query(
      `WITH issues AS (
         SELECT DISTINCT coalesce(r.origin_row, r.number) AS row, ${RECORD} AS record, i.field, i.code, i.message, i.fix,
           CASE WHEN i.field = 'row' THEN NULL ELSE i.value END AS value
         FROM rows r, jsonb_to_recordset(r.issues) AS i (field text, code text, value text, message text, fix text)
         WHERE r.run_id = $1 AND r.state = 'failed'
       ), causes AS (
         SELECT field, code, value, message, min(fix) AS fix, count(*)::int AS rows, min(row) AS "firstRow",
           (array_agg(record ORDER BY row))[1] AS "firstRecord",
           row_number() OVER (ORDER BY count(*) DESC, min(row), field, code, value, message) AS place
         FROM issues GROUP BY field, code, value, message
       ), others AS (
         SELECT field, code, count(*)::int AS causes, sum(rows)::int AS rows FROM causes WHERE place > $2
         GROUP BY field, code
       )
       SELECT (SELECT json_agg(to_jsonb(c) - 'place' ORDER BY place) FROM causes c WHERE place <= $2) AS top,
         (SELECT json_agg(o ORDER BY o.rows DESC, field, code) FROM others o) AS others`,
      [runId, limit],
    );
    return { top: found?.top ?? [], others: found?.others ?? [], skipped: await this.skipped(runId, limit) };
  }

  private async skipped(runId: string, limit: number): Promise<readonly SkipReason[]> {
    return this.manager.query(
      `WITH reasons AS (
         SELECT min(number) AS first, count(*)::int AS rows FROM rows
         WHERE run_id = $1 AND state = 'skipped' AND reason IS NOT NULL
         GROUP BY regexp_replace(reason, ${NAMED}, '\\1', 'g')
       )
       SELECT r.reason, s.rows, coalesce(r.origin_row, r.number) AS "firstRow", ${RECORD} AS "firstRecord"
       FROM reasons s JOIN rows r ON r.run_id = $1 AND r.number = s.first
       ORDER BY s.rows DESC, s.first LIMIT $2`,
      [runId, limit],
    );
  }
}
