import type { EntityManager } from 'typeorm';
import { RowEntity } from './entities/row.entity.js';
import { RunEntity } from './entities/run.entity.js';
import { toJson } from './json.js';
import { END_OLDER_OF_CONTACT, END_OLDER_OF_KEY, LAST_VERSIONS } from './older-rows.js';
import { assertMove, ROW_MOVES } from './states.js';
import { withoutNestedLoops } from './without-nested-loops.js';

/** How many rows of a later run one statement looks at, so that it stays well under a second. */
const CHUNK = 10_000;

/** Rows of later runs that one statement looks at: those of many small runs, or a part of a large one. */
interface LaterRows {
  readonly runIds: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly isSameOrigin: boolean;
}

/** What the last later row of its record means for a row of a run: it holds an older version, or was read again. */
interface LastVersion {
  readonly number: number;
  readonly runId: string;
  readonly isReadAgain: boolean;
}

/** A run that holds rows which may come after those of a retry. */
export interface LaterRun {
  readonly id: string;
  readonly rowsRead: number;
  /** True when its records were read by the same run as those of the retry: only its higher rows come after. */
  readonly isSameOrigin: boolean;
}

/** What a retry needs to know of the run whose rows it tries again, and any run of those that came after it. */
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
   * The other runs of the connection whose records were read when those of this one were, or later; the latest first.
   * Where a retry stands follows from the run that read its records from the source.
   */
  async laterRuns(run: Pick<RunEntity, 'id' | 'connectionId'>): Promise<readonly LaterRun[]> {
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
      [run.id, run.connectionId],
    );
  }

  /**
   * Ends the ready rows of a retry whose record or contact went in with a row of the runs `later`, the latest first, or
   * is on its way with one, and those of which a pass read a newer version, whatever became of that, as `skipped`; the
   * reasons go on with the run's id. Yields how many rows each statement found older, until all was seen.
   */
  async *leaveOutOlder(retry: RetryPlace, later: readonly LaterRun[], reasons: OlderReasons): AsyncGenerator<number> {
    assertMove(ROW_MOVES, 'ready', 'skipped');
    const { id, accountId, connectionId, rowsRead } = retry;
    const ofKey = [reasons.record, reasons.notGoneIn, reasons.inRetry];
    const again: LastVersion[] = [];
    for (const chunk of inChunks(later)) {
      yield (await this.older(END_OLDER_OF_KEY, id, chunk, again, ofKey)).length;
      const parameters = [...placeOf(id, chunk, again), reasons.contact];
      const runs = again.map(({ runId }) => runId);
      for (let own = 1; own <= rowsRead; own += CHUNK) {
        const rest = [own, own + CHUNK - 1, accountId, connectionId, runs];
        yield countOf(await this.manager.query(END_OLDER_OF_CONTACT, [...parameters, ...rest]));
      }
    }
  }

  /** Which rows of a run hold an older version than the runs `later` do; of a chunk of these at a time. */
  async *olderVersions({ id }: Pick<RunEntity, 'id'>, later: readonly LaterRun[]): AsyncGenerator<readonly number[]> {
    const again: LastVersion[] = [];
    for (const chunk of inChunks(later)) yield await this.older(LAST_VERSIONS, id, chunk, again, []);
  }

  /** The rows that are older than the last of their record in the chunk; adds those that are read again to `again`. */
  private async older(
    sql: string,
    id: string,
    chunk: LaterRows,
    again: LastVersion[],
    reasons: readonly string[],
  ): Promise<readonly number[]> {
    const parameters = [...placeOf(id, chunk, again), ...reasons];
    const last: LastVersion[] = await withoutNestedLoops(this.manager, sql, parameters);
    for (const version of last) if (version.isReadAgain) again.push(version);
    return last.filter(({ isReadAgain }) => !isReadAgain).map(({ number }) => number);
  }
}

function placeOf(id: string, { runIds, from, to, isSameOrigin }: LaterRows, again: readonly LastVersion[]): unknown[] {
  return [id, runIds, from, to, isSameOrigin, again.map(({ number }) => number)];
}

/** How many rows an UPDATE has changed. */
function countOf(answer: unknown): number {
  const [, count] = answer as [unknown, number];
  return count;
}

/**
 * The latest rows first. A source that is read often makes many small runs: together they cost what one large run of
 * their rows costs.
 */
function* inChunks(runs: readonly LaterRun[]): Generator<LaterRows> {
  let small: LaterRun[] = [];
  let rows = 0;
  const together = (): LaterRows => ({ runIds: small.map(({ id }) => id), from: 1, to: CHUNK, isSameOrigin: false });
  for (const run of runs) {
    const isSmall = !run.isSameOrigin && run.rowsRead < CHUNK;
    if (small.length > 0 && (!isSmall || rows + run.rowsRead > CHUNK)) {
      yield together();
      small = [];
      rows = 0;
    }
    if (isSmall) {
      small.push(run);
      rows += run.rowsRead;
      continue;
    }
    for (let from = run.rowsRead - ((run.rowsRead - 1) % CHUNK); from > 0; from -= CHUNK) {
      yield { runIds: [run.id], from, to: from + CHUNK - 1, isSameOrigin: run.isSameOrigin };
    }
  }
  if (small.length > 0) yield together();
}

/** Why a row of a retry is left out, in front of the run's id: for a later row of its record, or of its contact. */
export interface OlderReasons {
  readonly record: string;
  /** For one of its record that did not go in. */
  readonly notGoneIn: string;
  /** For one of its record that did not go in, but is in the retry, too; without the run's id. */
  readonly inRetry: string;
  readonly contact: string;
}

type RetryPlace = Pick<RunEntity, 'id' | 'accountId' | 'connectionId' | 'rowsRead'>;
