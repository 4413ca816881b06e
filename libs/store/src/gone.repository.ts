import type { EntityManager } from 'typeorm';
import type { RunEntity } from './entities/run.entity.js';
import { freeTags, LEAVES_OUT_NOTHING } from './left-out-tags.js';
import { WAS_READ } from './link.repository.js';
import { assertMove, ROW_MOVES } from './states.js';
import { withoutNestedLoops } from './without-nested-loops.js';

export type RunPlace = Pick<RunEntity, 'id' | 'accountId' | 'connectionId'>;

/** The living records of the connection $2 with an id that were read before, of which the run $1 has no row. */
const WITHOUT_ROW = `FROM links l
  WHERE l.connection_id = $2 AND l.gone IS NULL AND ${WAS_READ} AND l.key LIKE 'id:%'
    AND NOT EXISTS (SELECT FROM rows r WHERE r.run_id = $1 AND r.link_key = l.key)`;

/** Why the end of a record that lives again in the same run was not followed. */
export const OVERTAKEN = 'It was no more in the source, and was back before all of it was read.';

/** What the database does about records that are no more. */
export class GoneRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * How many living records that were read before a run has no row of; 0 when it has a row of any living record. To be
   * asked when all of its records are stored.
   */
  async missingFrom(run: RunPlace): Promise<number> {
    const [found]: { count: number }[] = await this.manager.query(
      `SELECT count(*)::int AS count FROM links l
       WHERE l.connection_id = $2 AND l.gone IS NULL AND ${WAS_READ}
         AND NOT EXISTS (SELECT FROM rows WHERE run_id = $1 AND gone IS NULL)
         AND l.key NOT IN (SELECT link_key FROM rows WHERE run_id = $1 AND link_key IS NOT NULL)`,
      [run.id, run.connectionId],
    );
    return found?.count ?? 0;
  }

  /** How many living records that were read there are. */
  async living({ connectionId }: Pick<RunPlace, 'connectionId'>): Promise<number> {
    const [found]: { count: number }[] = await this.manager.query(
      `SELECT count(*)::int AS count FROM links l WHERE l.connection_id = $1 AND l.gone IS NULL AND ${WAS_READ}`,
      [connectionId],
    );
    return found?.count ?? 0;
  }

  /**
   * The keys, in order and behind `after`, of living records with an id that were read before a run which has no row of
   * them. To be asked when all that the source gave is stored.
   */
  async withoutRow(run: RunPlace, after: string, limit: number): Promise<readonly string[]> {
    const query = `SELECT l.key ${WITHOUT_ROW} AND l.key > $3 ORDER BY l.key LIMIT $4`;
    const found: { key: string }[] = await withoutNestedLoops(this.manager, query, [
      run.id,
      run.connectionId,
      after,
      limit,
    ]);
    return found.map(({ key }) => key);
  }

  /** How many `withoutRow` names in all. */
  async countWithoutRow(run: RunPlace): Promise<number> {
    const query = `SELECT count(*)::int AS count ${WITHOUT_ROW}`;
    const [found]: { count: number }[] = await withoutNestedLoops(this.manager, query, [run.id, run.connectionId]);
    return found?.count ?? 0;
  }

  /** The ids of the first and the last living record that a run has read. */
  async firstAndLast(runId: string): Promise<readonly string[]> {
    const living = 'SELECT record_id AS id FROM rows WHERE run_id = $1 AND gone IS NULL AND record_id IS NOT NULL';
    const found: { id: string }[] = await this.manager.query(
      `(${living} ORDER BY number LIMIT 1) UNION (${living} ORDER BY number DESC LIMIT 1)`,
      [runId],
    );
    return found.map(({ id }) => id);
  }

  /** Whether any row of a run speaks of a record that is no more. */
  async isAny(runId: string): Promise<boolean> {
    const found: unknown[] = await this.manager.query(
      'SELECT 1 FROM rows WHERE run_id = $1 AND gone IS NOT NULL LIMIT 1',
      [runId],
    );
    return found.length > 0;
  }

  /** Which of these keys rows of the run have: of records that live, or into which one went. */
  async namedIn(runId: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const found: { key: string }[] = await this.manager.query(
      `SELECT DISTINCT key FROM rows, LATERAL (VALUES (CASE WHEN gone IS NULL THEN link_key END),
         ('id:' || (gone->>'into'))) AS named (key)
       WHERE run_id = $1 AND key = ANY($2::text[])`,
      [runId, keys],
    );
    return new Set(found.map(({ key }) => key));
  }

  /** Ends the rows of records that were no more, and of which the run has a later row as living; returns how many. */
  async endOvertaken(runId: string): Promise<number> {
    assertMove(ROW_MOVES, 'ready', 'skipped');
    const [, count]: [unknown, number] = await withoutNestedLoops(
      this.manager,
      `UPDATE rows r SET state = 'skipped', reason = $2
       WHERE r.run_id = $1 AND r.gone IS NOT NULL AND r.state = 'ready' AND EXISTS (SELECT FROM rows later
         WHERE later.run_id = $1 AND later.gone IS NULL AND later.link_key = r.link_key AND later.number > r.number)`,
      [runId, OVERTAKEN],
    );
    return count;
  }

  /**
   * The keys of records that had ended, and that live by what the run says of them last. All that live are gathered first,
   * so that no plan looks through the rows again for each link. Of a retry only those rows say so that can go in: it reads
   * nothing anew.
   */
  async back(run: RunPlace & Pick<RunEntity, 'kind'>): Promise<readonly string[]> {
    const found: { key: string }[] = await this.manager.query(
      `SELECT key FROM links WHERE connection_id = $2 AND gone IS NOT NULL AND key = ANY (ARRAY
         (SELECT link_key FROM rows WHERE run_id = $1 AND gone IS NULL AND record_id IS NOT NULL
            AND (state = 'ready' OR $3)
          EXCEPT SELECT link_key FROM rows WHERE run_id = $1 AND gone IS NOT NULL AND state = 'ready'))`,
      [run.id, run.connectionId, run.kind === 'pass'],
    );
    return found.map(({ key }) => key);
  }

  /**
   * Readies the rows of records that are no more: each gets the contact as last accepted, as an earlier row of the run is
   * about to send it, or as it was accepted for the record that handed it down; one without any ends as `skipped` for
   * `reason`, and its link with it, as a record's whose end was dealt with; a preview leaves links as they are.
   */
  async prepare(run: RunPlace & Pick<RunEntity, 'kind'>, reason: string): Promise<void> {
    assertMove(ROW_MOVES, 'ready', 'skipped');
    const ready = `r.run_id = $1 AND r.gone IS NOT NULL AND r.state = 'ready'`;
    await this.manager.query(
      `UPDATE rows r SET contact = l.accepted FROM links l
       WHERE ${ready} AND l.connection_id = $2 AND l.key = r.link_key AND l.contact_id IS NOT NULL
         AND l.accepted IS NOT NULL`,
      [run.id, run.connectionId],
    );
    await this.manager.query(
      `UPDATE rows r SET contact = living.contact
       FROM (SELECT DISTINCT ON (b.link_key) b.link_key, b.contact FROM rows b
             WHERE b.run_id = $1 AND b.gone IS NULL AND b.contact IS NOT NULL
               AND b.link_key IN (SELECT r.link_key FROM rows r WHERE ${ready})
             ORDER BY b.link_key, b.number DESC) living
       WHERE ${ready} AND r.contact IS NULL AND r.link_key = living.link_key`,
      [run.id],
    );
    await this.manager.query(
      `UPDATE rows r SET contact = other.accepted
       FROM links l, LATERAL (SELECT o.accepted FROM links o WHERE o.account_id = l.account_id
           AND o.contact_id = l.contact_id AND o.accepted IS NOT NULL ORDER BY o.accepted_at DESC LIMIT 1) other
       WHERE ${ready} AND r.contact IS NULL AND l.connection_id = $2 AND l.key = r.link_key`,
      [run.id, run.connectionId],
    );
    await this.manager.query(
      `WITH ended AS (UPDATE rows r SET state = 'skipped', reason = $3
         WHERE ${ready} AND r.contact IS NULL RETURNING r.link_key, r.gone),
       entries AS (SELECT $2::text AS "connectionId", link_key AS key FROM ended WHERE $4::boolean),
       freed AS (${freeTags('false')})
       UPDATE links l SET gone = ended.gone, to_report = NULL, ${LEAVES_OUT_NOTHING} FROM ended
       WHERE $4::boolean AND l.connection_id = $2 AND l.key = ended.link_key`,
      [run.id, run.connectionId, reason, run.kind !== 'preview'],
    );
  }
}
