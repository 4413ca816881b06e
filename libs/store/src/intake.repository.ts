import type { Reason } from '@cloudtalk-sync/errors';
import type { ValidContact } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';
import {
  END_KNOWN,
  END_OVERRULED,
  END_SURPASSED,
  IS_CONCERNED,
  KEYS_UNDER_WAY,
  REOPEN_REPEATED,
  SETTLED_CONNECTION,
} from './compare-with-links.js';
import { FOLLOW_ONE_STEP, KEEP_LINKED_APART, NOTE_LAST, POINT_AT_EARLIEST } from './find-repetitions.js';
import type { RowEntity } from './entities/row.entity.js';
import type { RunEntity } from './entities/run.entity.js';
import { acceptFolded, rowsWithUnlinked } from './folded-links.js';
import { toJson } from './json.js';
import { MARK_LEFT_OUT } from './left-out-tags.js';
import { type Refusal, upsertRefusals } from './link.repository.js';
import type { RowPage } from './row-page.js';
import { insertRows } from './row.repository.js';
import { assertMove, IS_UNDER_WAY, ROW_MOVES } from './states.js';

/** How many rows one statement of the intake touches, so that a transaction stays well under a second. */
const CHUNK = 10_000;
/** With so many records still to be sent by earlier runs nothing is compared; each row is when it is its turn. */
const MOST_UNDER_WAY = 100_000;
/** So few rows are compared with each other in well under a second, whatever the plan. */
const FEW_ROWS = 1000;

/** Drops the rows behind $3 of the run $2 of the connection $1, and with $4 what was refused for the first time in them. */
const DROP_ROWS = `
  WITH dropped AS (
    DELETE FROM rows WHERE run_id = $2 AND number > $3 RETURNING link_key, fingerprint, state, is_known
  ), forgotten AS (
    UPDATE links l SET refused_fingerprint = NULL, refused_issues = NULL FROM dropped d
    WHERE $4 AND d.state = 'failed' AND NOT d.is_known
      AND l.connection_id = $1 AND l.key = d.link_key AND l.refused_fingerprint = d.fingerprint
  )
  UPDATE runs SET rows_read = $3, cursor = NULL, failures = 0, error = NULL WHERE id = $2`;

/** A page of rows as it is read and checked, and what goes with it. */
export interface IntakePage {
  readonly rows: RowPage;
  /** Where to resume behind these rows. */
  readonly cursor: unknown;
  /** Failed rows that count towards the run's limit. */
  readonly failures: number;
  readonly refusals: readonly Refusal[];
  /** Why nothing more of the run is checked. */
  readonly stop?: Reason;
}

/** What the database does when all rows of a run are read: compares them with the links and folds repetitions. */
export class IntakeRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Stores a page of rows, with the run's cursor and counts and what was refused, in one statement: all or nothing, in
   * one round trip. A row that the connection's links know just so is stored as `unchanged`, except in a retry. Throws
   * when a row is stored already: then another process works on the run, from another cursor.
   */
  async storePage(run: RunEntity, { rows, cursor, failures, refusals, stop }: IntakePage): Promise<void> {
    assertMove(ROW_MOVES, 'new', 'unchanged');
    const notes = {
      cursor,
      rowsRead: run.rowsRead + rows.size,
      failures: run.failures + failures,
      error: run.error ?? stop ?? null,
    };
    const stored = insertRows('$3', '$4', SETTLED_CONNECTION);
    await this.manager.query(
      `WITH stored AS (${stored}), refused AS (${upsertRefusals('$5')})
       UPDATE runs SET cursor = $6, rows_read = $7, failures = failures + $8, error = coalesce(error, $9) WHERE id = $3`,
      [
        run.kind === 'retry' ? null : run.connectionId,
        run.sequence,
        run.id,
        rows.toJson(),
        toJson(refusals),
        toJson(cursor ?? null),
        notes.rowsRead,
        failures,
        stop ? toJson(stop) : null,
      ],
    );
    Object.assign(run, notes);
  }

  /**
   * Drops what a run has read, so that it is read anew; what it refused is forgotten, since that is counted anew, too.
   * Only of a run that is still being read: of no other it is certain that nothing was sent. A crash leaves rows without
   * a cursor, to be dropped.
   */
  async dropRows(run: RunEntity): Promise<void> {
    do {
      const rowsRead = Math.max(0, run.rowsRead - CHUNK);
      await this.manager.query(DROP_ROWS, [run.connectionId, run.id, rowsRead, run.kind !== 'preview']);
      Object.assign(run, { rowsRead, cursor: null, failures: 0, error: null });
    } while (run.rowsRead > 0);
  }

  /**
   * Ends the ready rows that the connection's links know: `unchanged` when the contact was accepted just so, `failed`
   * with the same issues when it was refused just so, except in a retry; of the rows whose record has an id
   * (`identified`) or of the others. Of the others none while an earlier run has something to send: into which contact
   * that goes is known only when it is sent. Yields how many rows each chunk changed, until all are seen.
   */
  async *compareWithLinks(run: RunToCompare, identified: boolean): AsyncGenerator<number> {
    assertMove(ROW_MOVES, 'ready', 'unchanged');
    assertMove(ROW_MOVES, 'ready', 'failed');
    const { id, connectionId, sequence, rowsRead } = run;
    const concerned: unknown[] = await this.manager.query(IS_CONCERNED, [connectionId, sequence, id, identified]);
    if (concerned.length === 0) return yield 0;
    const underWay: { key: string }[] = await this.manager.query(KEYS_UNDER_WAY, [
      connectionId,
      sequence,
      MOST_UNDER_WAY,
    ]);
    if (underWay.length >= (identified ? MOST_UNDER_WAY : 1)) return yield 0;
    const keys = underWay.map(({ key }) => key);
    for (let from = 1; from <= rowsRead; from += CHUNK) {
      const place = [connectionId, id, from, from + CHUNK - 1, identified];
      const [, changed]: [unknown, number] = await this.manager.query(END_KNOWN, [
        ...place,
        run.kind !== 'retry',
        keys,
      ]);
      yield changed;
    }
    if (!identified) yield await this.bySorting(run, END_SURPASSED, connectionId, id);
  }

  /**
   * Ends the ready rows of records with an id, of which the last living row of the run was kept out or refused, as
   * `skipped` for `reason`; returns how many.
   */
  async endOverruled(run: RunToSort, reason: string): Promise<number> {
    assertMove(ROW_MOVES, 'ready', 'skipped');
    return this.bySorting(run, END_OVERRULED, run.id, reason);
  }

  /**
   * Readies again the unchanged rows of records that the run has more than once: whether the last one changes anything
   * is known only when those before it have been sent.
   */
  async reopenRepeated(run: RunToSort): Promise<void> {
    assertMove(ROW_MOVES, 'unchanged', 'ready');
    await this.bySorting(run, REOPEN_REPEATED, run.id);
  }

  /**
   * Points each row without an end at the earliest row of the run that has one of its numbers, else one of its e-mails.
   * Those that are unchanged by themselves but belong to a record of several rows are ready again. May be done again as
   * long as no row was folded. Returns how many rows it touched.
   */
  async findRepetitions(run: RunToCompare): Promise<number> {
    assertMove(ROW_MOVES, 'unchanged', 'ready');
    const found = await this.bySorting(run, POINT_AT_EARLIEST, run.id, run.connectionId, `${run.sequence}`);
    if (found === 0) return 0;
    await this.followToTheFirst(run.id);
    if ((await this.bySorting(run, KEEP_LINKED_APART, run.id)) > 0) await this.followToTheFirst(run.id);
    await this.bySorting(run, NOTE_LAST, run.id);
    return found;
  }

  /**
   * Without nested loops, which a planner takes that expects a single row, and which take hours for a large run. Of few
   * rows any plan is good, and forbidding one takes longer than the statement.
   */
  private async bySorting({ rowsRead }: RunToSort, sql: string, ...parameters: readonly string[]): Promise<number> {
    if (rowsRead <= FEW_ROWS) return this.changedBy(this.manager, sql, parameters);
    return this.manager.transaction(async (tx) => {
      await tx.query('SET LOCAL jit = off');
      await tx.query('SET LOCAL enable_nestloop = off');
      return this.changedBy(tx, sql, parameters);
    });
  }

  private async changedBy(manager: EntityManager, sql: string, parameters: readonly string[]): Promise<number> {
    const [, count]: [unknown, number] = await manager.query(sql, [...parameters]);
    return count;
  }

  /** Until all point at a first row. */
  private async followToTheFirst(runId: string): Promise<void> {
    for (let moved = 1; moved > 0;) [, moved] = await this.manager.query<[unknown, number]>(FOLLOW_ONE_STEP, [runId]);
  }

  /** The next rows to be folded, those of one target together and in their order; empty when all are folded. */
  async nextRepetitions(runId: string, limit: number): Promise<readonly Pick<RowEntity, 'number' | 'foldedInto'>[]> {
    return this.manager.query(
      `SELECT number, folded_into AS "foldedInto" FROM rows
       WHERE run_id = $1 AND folded_into IS NOT NULL AND state = 'ready' ORDER BY folded_into, number LIMIT $2`,
      [runId, limit],
    );
  }

  /** What folding needs of these rows. */
  async rowsToFold(runId: string, numbers: readonly number[]): Promise<readonly RowToFold[]> {
    return this.manager.query(
      `SELECT number, record_id AS "recordId", link_key AS "linkKey", fingerprint, contact FROM rows
       WHERE run_id = $1 AND number = ANY($2::int[])`,
      [runId, numbers],
    );
  }

  /** Stores what folding made of the first rows, and ends the intake of those that went into them. */
  async fold(runId: string, firsts: readonly FoldedRow[], folded: readonly number[]): Promise<void> {
    assertMove(ROW_MOVES, 'ready', 'folded');
    await this.manager.query(
      `UPDATE rows r SET contact = f.contact, fingerprint = f.fingerprint, link_key = f."linkKey"
       FROM jsonb_to_recordset($2::jsonb) AS f (number int, contact jsonb, fingerprint text, "linkKey" text)
       WHERE r.run_id = $1 AND r.number = f.number AND r.state = 'ready'`,
      [runId, toJson(firsts)],
    );
    await this.manager.query(
      `UPDATE rows SET state = 'folded' WHERE run_id = $1 AND number = ANY($2::int[]) AND state = 'ready'`,
      [runId, folded],
    );
  }

  /**
   * Notes for the records with an id of their own what became of the rows they went into, where that was not noted with these;
   * to be done before they are settled. What was not held against a row, as a passing failure is not, is not held against them.
   * (Rows and links are looked up by key: joined, they took minutes where statistics were older than the run.)
   */
  async linkFolded(run: { id: string; accountId: string; connectionId: string }, now: Date): Promise<void> {
    const rows = await rowsWithUnlinked(this.manager, run);
    await acceptFolded(this.manager, rows, now);
    await this.manager.query(MARK_LEFT_OUT, [toJson(rows)]);
    await this.manager.query(
      `INSERT INTO links (account_id, connection_id, key, refused_fingerprint, refused_issues)
       SELECT DISTINCT ON (f.link_key) $2, $3, f.link_key, f.fingerprint, first.issues
       FROM rows f, LATERAL (
         SELECT s.link_key, s.fingerprint, s.issues FROM rows s
         WHERE s.run_id = $1 AND s.number = f.folded_into AND s.state = 'failed' OFFSET 0) first
       WHERE f.run_id = $1 AND f.state = 'folded' AND f.record_id IS NOT NULL AND first.fingerprint =
         (SELECT l.refused_fingerprint FROM links l WHERE l.connection_id = $3 AND l.key = first.link_key)
       ORDER BY f.link_key, f.number DESC
       ON CONFLICT (connection_id, key) DO UPDATE SET
         refused_fingerprint = excluded.refused_fingerprint, refused_issues = excluded.refused_issues`,
      [run.id, run.accountId, run.connectionId],
    );
  }

  /** Gives folded rows the end of the row they went into. */
  async settleFolded(run: { id: string }): Promise<void> {
    for (const to of ['merged', 'unchanged', 'failed', 'not processed', 'skipped']) assertMove(ROW_MOVES, 'folded', to);
    await this.manager.query(
      `UPDATE rows f SET contact_id = first.contact_id, issues = first.issues, reason = first.reason,
         state = CASE WHEN first.state IN ('created', 'updated', 'merged') THEN 'merged' ELSE first.state END
       FROM rows first
       WHERE f.run_id = $1 AND f.state = 'folded' AND first.run_id = $1 AND first.number = f.folded_into
         AND NOT first.${IS_UNDER_WAY}`,
      [run.id],
    );
  }
}

export type RunToCompare = Pick<RunEntity, 'id' | 'connectionId' | 'sequence' | 'kind' | 'rowsRead'>;

/** `rowsRead` says how many rows it has. */
export type RunToSort = Pick<RunEntity, 'id' | 'rowsRead'>;

export type RowToFold = Pick<RowEntity, 'number' | 'recordId' | 'linkKey' | 'fingerprint' | 'contact'>;

/** A first row after others went into it. */
export interface FoldedRow {
  readonly number: number;
  readonly contact: ValidContact;
  readonly fingerprint: string;
  readonly linkKey: string | null;
}
