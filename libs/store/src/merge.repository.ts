import type { EntityManager } from 'typeorm';
import { toJson } from './json.js';

/** A record that was merged into another one, each by the key of its link. */
export interface Merge {
  readonly key: string;
  readonly survivor: string;
}

/** The connections that read the same records as the connection $1. */
const READERS = `SELECT c.id FROM connections own JOIN connections c
  ON c.account_id = own.account_id AND c.connector = own.connector AND c.org IS NOT DISTINCT FROM own.org
  WHERE own.id = $1`;

/** The merges that the sources have told of, those of records that were never read too. */
export class MergeRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Notes merges, and has the survivors of those that are new told their outcomes again in all connections which told them
   * any: whoever merges may keep the fields of either record. One that is no more is told when it is back.
   */
  async note(connectionId: string, merges: readonly Merge[]): Promise<void> {
    if (merges.length === 0) return;
    await this.manager.query(
      `WITH news AS (
         INSERT INTO merges (connection_id, key, survivor)
         SELECT c.id, e.key, e.survivor
         FROM jsonb_to_recordset($2::jsonb) AS e (key text, survivor text), (${READERS}) AS c
         WHERE (SELECT survivor FROM merges WHERE connection_id = c.id AND key = e.key) IS DISTINCT FROM e.survivor
         ORDER BY c.id, e.key
         ON CONFLICT (connection_id, key) DO UPDATE SET survivor = excluded.survivor
         RETURNING connection_id, survivor)
       UPDATE links s SET reported = NULL,
         to_report = CASE WHEN s.gone IS NULL THEN coalesce(s.to_report, s.reported) ELSE s.to_report END
       FROM news WHERE s.connection_id = news.connection_id AND s.key = news.survivor AND s.reported IS NOT NULL`,
      [connectionId, toJson(merges)],
    );
  }

  /**
   * Forgets the merges of records that live again: they may be merged anew. (Those that count as deleted meanwhile, as with
   * an archived survivor, were merged once.)
   */
  async forget(connectionId: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.manager.query('DELETE FROM merges WHERE connection_id = $1 AND key = ANY($2::text[])', [
      connectionId,
      keys,
    ]);
  }
}
