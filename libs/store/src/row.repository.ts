import type { Issue, ValidContact, Warning } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';
import type { StoredGone } from './entities/link.entity.js';
import { RowEntity } from './entities/row.entity.js';
import { toJson } from './json.js';
import { hasItsTags, IS_FREED } from './left-out-tags.js';
import { membersOf } from './members.js';
import { assertMove, OPEN_ROW_STATES, type OpenRowState, ROW_MOVES, ROW_STATES, type RowState } from './states.js';

/** A row about to be stored. */
export interface NewRow {
  readonly number: number;
  readonly state: 'ready' | 'unchanged' | 'skipped' | 'failed' | 'not processed';
  readonly recordId?: string | undefined;
  readonly linkKey?: string | undefined;
  readonly line?: number | undefined;
  readonly originRow?: number | undefined;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly contact?: ValidContact | undefined;
  readonly fingerprint?: string | undefined;
  readonly issues?: readonly Issue[] | undefined;
  /** The failure was reported before. */
  readonly isKnown?: boolean | undefined;
  readonly warnings?: readonly Warning[] | undefined;
  readonly reason?: string | undefined;
  readonly gone?: StoredGone | undefined;
}

export interface RowQuery {
  /** Rows with a higher number; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
  readonly states?: readonly RowState[];
}

/**
 * Inserts the rows of a run; the parameters are the run's id, the rows as JSON, and the connection with whose links they
 * are compared: a ready row whose record was accepted just so before is stored as `unchanged`; one without a record's id
 * only when nothing else of the connection was accepted into its contact since.
 */
export function insertRows(runId: string, rows: string, connectionId = 'NULL'): string {
  return `INSERT INTO rows
      (run_id, number, state, record_id, link_key, line, origin_row, raw, contact, fingerprint, issues, warnings, reason,
       gone, tags_left_out, is_known, contact_id)
    SELECT ${runId}, r.number, CASE WHEN l.key IS NULL THEN r.state ELSE 'unchanged' END, r."recordId", r."linkKey",
      r.line, r."originRow", r.raw, r.contact, r.fingerprint, coalesce(r.issues, '[]'), coalesce(r.warnings, '[]'),
      r.reason, r.gone, r.contact->'withoutTags',
      coalesce(r."isKnown", false), l.contact_id
    FROM jsonb_to_recordset(${rows}::jsonb) AS r (number int, state text, "recordId" text, "linkKey" text, line int,
      "originRow" int, raw jsonb, contact jsonb, fingerprint text, issues jsonb, warnings jsonb, reason text,
      gone jsonb, "isKnown" boolean)
    LEFT JOIN links l ON r.state = 'ready' AND l.connection_id = ${connectionId} AND l.key = r."linkKey"
      AND l.accepted_fingerprint = r.fingerprint AND l.gone IS NULL AND ${hasItsTags(runId)}
      AND (r."recordId" IS NOT NULL OR l.accepted = r.contact)`;
}

/** A row that has gone in, or in a preview would; without a contact, into the one that it makes. */
export interface GoneIn {
  readonly number: number;
  readonly contactId: number | null;
}

const SOME_ROW = 'EXISTS (SELECT FROM rows WHERE run_id = $1';

/** The rows of runs. Whole pages go in and come out; nothing here reads a run into memory. */
export class RowRepository {
  constructor(private readonly manager: EntityManager) {}

  private get select(): string {
    return `SELECT ${membersOf(this.manager, RowEntity)} FROM rows`;
  }

  /** Stores a page of rows; rows that are stored already are left as they are. */
  async insert(runId: string, rows: readonly NewRow[]): Promise<void> {
    await this.manager.query(`${insertRows('$1', '$2')} ON CONFLICT DO NOTHING`, [runId, toJson(rows)]);
  }

  /** A page of a run's rows in their order. */
  async page(runId: string, { after, limit, states }: RowQuery): Promise<readonly RowEntity[]> {
    return this.manager.query(
      `${this.select} WHERE run_id = $1 AND number > $2 ${states ? 'AND state = ANY($4::text[])' : ''}
       ORDER BY number LIMIT $3`,
      [runId, after, limit, ...(states ? [states] : [])],
    );
  }

  /** These rows of a run, in their order. */
  async some(runId: string, numbers: readonly number[]): Promise<readonly RowEntity[]> {
    return this.manager.query(`${this.select} WHERE run_id = $1 AND number = ANY($2::int[]) ORDER BY number`, [
      runId,
      numbers,
    ]);
  }

  /** The keys of the records that a run has more than once, each with the first row of it that has gone in, where one has. */
  async repeatedRecords(runId: string): Promise<Map<string, GoneIn | undefined>> {
    const found: { key: string; first: GoneIn | null }[] = await this.manager.query(
      `SELECT link_key AS key, (array_agg(jsonb_build_object('number', number, 'contactId', contact_id) ORDER BY number)
           FILTER (WHERE state IN ('created', 'updated', 'unchanged')))[1] AS first
       FROM rows WHERE run_id = $1 AND record_id IS NOT NULL AND link_key IS NOT NULL
       GROUP BY link_key HAVING count(*) > 1`,
      [runId],
    );
    return new Map(found.map(({ first, key }) => [key, first ?? undefined]));
  }

  /** The keys of the records with ids that were folded into these rows of a run, by the number of the row. */
  async foldedRecords(runId: string, numbers: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>> {
    if (numbers.length === 0) return new Map();
    const found: { number: number; keys: readonly string[] }[] = await this.manager.query(
      `SELECT folded_into AS number, array_agg(DISTINCT link_key) AS keys FROM rows
       WHERE run_id = $1 AND folded_into = ANY($2::int[]) AND state = 'folded' AND record_id IS NOT NULL
       GROUP BY folded_into`,
      [runId, numbers],
    );
    return new Map(found.map(({ keys, number }) => [number, keys]));
  }

  /** How many rows of the run stand in each state; states without rows are 0. */
  async totals(runId: string): Promise<Record<RowState, number>> {
    const counts: { state: RowState; count: number }[] = await this.manager.query(
      'SELECT state, count(*)::int AS count FROM rows WHERE run_id = $1 GROUP BY state',
      [runId],
    );
    const none = Object.fromEntries(Object.keys(ROW_STATES).map((state) => [state, 0])) as Record<RowState, number>;
    for (const { state, count } of counts) none[state] = count;
    return none;
  }

  /**
   * How many of the first `count` rows of a run have failed as none had before, a folded one as the row it went into; and
   * whether any row of the run is still to be sent.
   */
  async firstFailures(runId: string, count: number): Promise<{ readonly failed: number; readonly hasRest: boolean }> {
    const [ends]: { failed: number; hasRest: boolean }[] = await this.manager.query(
      `SELECT count(*)::int AS failed, EXISTS (SELECT FROM rows WHERE run_id = $1 AND state = 'ready') AS "hasRest"
       FROM rows r LEFT JOIN rows first ON r.state = 'folded' AND first.run_id = $1 AND first.number = r.folded_into
       WHERE r.run_id = $1 AND r.number <= $2 AND coalesce(first.state, r.state) = 'failed'
         AND NOT coalesce(first.is_known, r.is_known)`,
      [runId, count],
    );
    return ends ?? { failed: 0, hasRest: false };
  }

  /**
   * What rows behind this one said of a contact before it, in their order: those that were folded into an earlier one,
   * which has gone in, and between them those that were folded into this one. Empty where there are none of the former.
   */
  async foldedBehind(
    { runId, number }: Pick<RowEntity, 'runId' | 'number'>,
    contactId: number,
  ): Promise<readonly ValidContact[]> {
    const found: { contact: ValidContact }[] = await this.manager.query(
      `WITH earlier AS (
         SELECT number FROM rows WHERE run_id = $1 AND contact_id = $3 AND last_folded > $2 AND number < $2
           AND state IN ('created', 'updated', 'unchanged')
       )
       SELECT f.contact FROM (SELECT number FROM earlier UNION ALL SELECT $2 WHERE EXISTS (SELECT FROM earlier)) AS first
         JOIN rows f ON f.run_id = $1 AND f.folded_into = first.number AND f.number > $2
       ORDER BY f.number`,
      [runId, number, contactId],
    );
    return found.map(({ contact }) => contact);
  }

  /**
   * Readies again the unchanged rows of a run whose links were marked since, because their tags are no longer left out for
   * the sake of another record; returns how many.
   */
  async reopenFreed({ id, connectionId }: { readonly id: string; readonly connectionId: string }): Promise<number> {
    assertMove(ROW_MOVES, 'unchanged', 'ready');
    const [, count]: [unknown, number] = await this.manager.query(
      `UPDATE rows SET state = 'ready', contact_id = NULL
       WHERE run_id = $1 AND state = 'unchanged' AND gone IS NULL AND link_key = ANY (ARRAY
         (SELECT key FROM links WHERE connection_id = $2 AND ${IS_FREED} AND gone IS NULL))`,
      [id, connectionId],
    );
    return count;
  }

  /** Readies again the unchanged rows of a record in a run. */
  async reopen(runId: string, linkKey: string): Promise<void> {
    assertMove(ROW_MOVES, 'unchanged', 'ready');
    await this.manager.query(
      `UPDATE rows SET state = 'ready', contact_id = NULL
       WHERE run_id = $1 AND link_key = $2 AND state = 'unchanged' AND gone IS NULL`,
      [runId, linkKey],
    );
  }

  /** In which open states rows of the run stand. */
  async openStates(runId: string): Promise<Set<OpenRowState>> {
    const [found]: Record<string, boolean>[] = await this.manager.query(
      `SELECT ${OPEN_ROW_STATES.map((state) => `${SOME_ROW} AND state = '${state}') AS "${state}"`).join(', ')}`,
      [runId],
    );
    return new Set(OPEN_ROW_STATES.filter((state) => found?.[state]));
  }

  /** Moves up to `limit` rows of a run from one state to another; returns how many were moved. */
  async moveAll(runId: string, from: RowState, to: RowState, limit: number): Promise<number> {
    assertMove(ROW_MOVES, from, to);
    const [, moved]: [unknown, number] = await this.manager.query(
      `UPDATE rows SET state = $3 WHERE run_id = $1 AND state = $2 AND number IN
         (SELECT number FROM rows WHERE run_id = $1 AND state = $2 ORDER BY number LIMIT $4)`,
      [runId, from, to, limit],
    );
    return moved;
  }

  /** True when no row of the run is open any more: each has exactly one outcome. */
  async allEnded(runId: string): Promise<boolean> {
    const totals = await this.totals(runId);
    return OPEN_ROW_STATES.every((state) => totals[state] === 0);
  }
}
