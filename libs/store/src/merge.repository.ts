import type { EntityManager } from 'typeorm';
import { toJson } from './json.js';
import type { LinkKey } from './link.repository.js';

/** A record that was merged into another one, each by the key of its link. */
export interface Merge {
  readonly key: string;
  readonly survivor: string;
}

/** The connections that read the same records as the connection $1. */
const READERS = `SELECT c.id FROM connections own JOIN connections c
  ON c.account_id = own.account_id AND c.connector = own.connector AND c.org IS NOT DISTINCT FROM own.org
  WHERE own.id = $1`;

/** Those of the merges $2, each with a connection `c` that reads its records, of which that one was never told. */
const NEWS = `jsonb_to_recordset($2::jsonb) AS e (key text, survivor text) CROSS JOIN (${READERS}) AS c
  WHERE (SELECT survivor FROM merges WHERE connection_id = c.id AND key = e.key) IS DISTINCT FROM e.survivor`;

/** Of a link: its record was told something, or is being told just now. */
const WAS_TOLD = '(reported IS NOT NULL OR to_report IS NOT NULL)';

/** The merges that the sources have told of, those of records that were never read too. */
export class MergeRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Notes merges, and has the survivors of those that are new told their outcomes again in all connections which told them
   * any: whoever merges may keep the fields of either record. One that is no more is told when it is back. Not to be called
   * in a transaction: runs of those connections change the same links in orders of their own, so that each link is changed
   * by itself, and none is held while another is waited for. After a crash in between, all are told again.
   */
  async note(connectionId: string, merges: readonly Merge[]): Promise<void> {
    if (merges.length === 0) return;
    const told = [connectionId, toJson(merges)];
    const survivors: Omit<LinkKey, 'accountId'>[] = await this.manager.query(
      `SELECT connection_id AS "connectionId", key FROM links WHERE ${WAS_TOLD}
         AND (connection_id, key) IN (SELECT c.id, e.survivor FROM ${NEWS})`,
      told,
    );
    for (const survivor of survivors) await this.tellAgain(survivor);
    await this.manager.query(
      `INSERT INTO merges (connection_id, key, survivor)
       SELECT c.id, e.key, e.survivor FROM ${NEWS}
       ORDER BY c.id, e.key
       ON CONFLICT (connection_id, key) DO UPDATE SET survivor = excluded.survivor`,
      told,
    );
  }

  private async tellAgain({ connectionId, key }: Omit<LinkKey, 'accountId'>): Promise<void> {
    await this.manager.query(
      `UPDATE links SET reported = NULL,
         to_report = CASE WHEN gone IS NULL
           THEN coalesce(to_report, reported) || jsonb_build_object('again', gen_random_uuid()) ELSE to_report END
       WHERE connection_id = $1 AND key = $2 AND ${WAS_TOLD}`,
      [connectionId, key],
    );
  }

  /**
   * Forgets the merges of records that live again, for all connections that read them: they may be merged anew. (Those that
   * count as deleted meanwhile, as with an archived survivor, were merged once.) They are locked in the order in which
   * `note` stores them.
   */
  async forget(connectionId: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.manager.query(
      `WITH again AS MATERIALIZED (
         SELECT connection_id, key FROM merges WHERE connection_id IN (${READERS}) AND key = ANY($2::text[])
         ORDER BY connection_id, key FOR UPDATE)
       DELETE FROM merges m USING again WHERE m.connection_id = again.connection_id AND m.key = again.key`,
      [connectionId, keys],
    );
  }
}
