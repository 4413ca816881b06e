import type { EntityManager } from 'typeorm';
import { RowEntity } from './entities/row.entity.js';
import { RunEntity } from './entities/run.entity.js';
import { toJson } from './json.js';
import { assertMove, ROW_MOVES } from './states.js';

/** How many rows of a later run one statement looks at, so that it stays well under a second. */
const CHUNK = 10_000;

/** A run that holds rows which may come after those of a retry. */
export interface LaterRun {
  readonly id: string;
  readonly rowsRead: number;
  /** True when its records were read by the same run as those of the retry: only its higher rows come after. */
  readonly isSameOrigin: boolean;
}

/** What a retry needs to know of the run whose rows it tries again, and of those that came after it. */
export class RetryRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The rows of a run that can be tried again: failed or not processed, with an issue of `code` where it is given. */
  async rows(
    runId: string,
    query: { readonly after: number; readonly limit: number; readonly code: string | null },
  ): Promise<readonly RowEntity[]> {
    const select = this.manager
      .createQueryBuilder(RowEntity, 'row')
      .where('row.run_id = :runId AND row.number > :after', { runId, after: query.after })
      .andWhere(`row.state IN ('failed', 'not processed')`)
      .orderBy('row.number')
      .limit(query.limit);
    if (query.code !== null) select.andWhere('row.issues @> :issue', { issue: toJson([{ code: query.code }]) });
    return select.getMany();
  }

  /** A retry of the run that has not ended. */
  async openRetryOf(runId: string): Promise<RunEntity | null> {
    return this.manager
      .createQueryBuilder(RunEntity, 'run')
      .where('run.retry_of = :runId AND run.ended_at IS NULL', { runId })
      .getOne();
  }

  /**
   * The other runs of the connection whose records were read when those of this retry were, or later; the latest first.
   * Where a retry stands follows from the run that read its records from the source.
   */
  async laterRuns(retry: Pick<RunEntity, 'id' | 'connectionId'>): Promise<readonly LaterRun[]> {
    return this.manager.query(
      `WITH RECURSIVE ancestry AS (
         SELECT id, retry_of, sequence FROM runs WHERE id = $1
         UNION ALL SELECT r.id, r.retry_of, r.sequence FROM runs r JOIN ancestry a ON r.id = a.retry_of
       ), origin AS (SELECT id, sequence FROM ancestry WHERE retry_of IS NULL
       ), descent AS (
         SELECT r.id, r.sequence, r.rows_read, r.id AS root, r.sequence AS root_sequence FROM runs r, origin o
         WHERE r.connection_id = $2 AND r.retry_of IS NULL AND r.kind <> 'preview' AND r.sequence >= o.sequence
         UNION ALL SELECT r.id, r.sequence, r.rows_read, d.root, d.root_sequence FROM runs r JOIN descent d ON r.retry_of = d.id
       )
       SELECT d.id, d.rows_read AS "rowsRead", d.root = o.id AS "isSameOrigin" FROM descent d, origin o
       WHERE d.id <> $1 AND d.rows_read > 0 ORDER BY d.root_sequence DESC, d.sequence DESC`,
      [retry.id, retry.connectionId],
    );
  }

  /**
   * Ends the ready rows of a retry whose record went in with a later row of `later`, or is on its way with one, as
   * `skipped` for `reason`. Yields how many rows each chunk ended, until all of `later` was seen.
   */
  async *leaveOutOlder(retryId: string, later: LaterRun, reason: string): AsyncGenerator<number> {
    assertMove(ROW_MOVES, 'ready', 'skipped');
    for (let from = 1; from <= later.rowsRead; from += CHUNK) {
      const [, ended]: [unknown, number] = await this.manager.query(
        `UPDATE rows r SET state = 'skipped', reason = $6 FROM rows later
         WHERE r.run_id = $1 AND r.state = 'ready' AND later.run_id = $2 AND later.number BETWEEN $3 AND $4
           AND later.link_key = r.link_key AND later.state NOT IN ('failed', 'not processed', 'skipped')
           AND (NOT $5 OR coalesce(later.origin_row, later.number) > r.origin_row)`,
        [retryId, later.id, from, from + CHUNK - 1, later.isSameOrigin, reason],
      );
      yield ended;
    }
  }
}
