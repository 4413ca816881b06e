import type { EntityManager } from 'typeorm';
import type { Reported } from './entities/link.entity.js';
import { toJson } from './json.js';
import type { LinkKey } from './link.repository.js';

/** What a record is still to be told, and what it was told last; null when nobody knows. */
export interface StillToReport {
  readonly key: string;
  readonly toReport: Reported;
  readonly reported: Reported | null;
}

/** What the sources are told of their records: what is still to be told, and what they hold. */
export class WriteBackRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Notes what the source is to be told of its records; null for those of which it knows. */
  async keepToReport(
    connection: Omit<LinkKey, 'key'>,
    entries: readonly { readonly key: string; readonly toReport: Reported | null }[],
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO links (account_id, connection_id, key, to_report)
       SELECT $1, $2, key, "toReport" FROM jsonb_to_recordset($3::jsonb) AS l (key text, "toReport" jsonb)
       ON CONFLICT (connection_id, key) DO UPDATE SET to_report = excluded.to_report`,
      [connection.accountId, connection.connectionId, toJson(entries)],
    );
  }

  /** What the source of a connection is still to be told, by key, after the key `after` and no further than `upTo`. */
  async toReport(
    connectionId: string,
    { after, upTo, limit }: { readonly after: string; readonly upTo?: string; readonly limit: number },
  ): Promise<readonly StillToReport[]> {
    return this.manager.query(
      `SELECT key, to_report AS "toReport", reported FROM links
       WHERE connection_id = $1 AND to_report IS NOT NULL AND key > $2 AND ($4::text IS NULL OR key <= $4)
       ORDER BY key LIMIT $3`,
      [connectionId, after, limit, upTo ?? null],
    );
  }

  /**
   * Notes that these records are about to be told: until there is an answer nobody knows what they hold, so that neither
   * what they were told before nor what they are told now counts as known.
   */
  async beginReport(connectionId: string, keys: readonly string[]): Promise<void> {
    await this.manager.query(
      'UPDATE links SET reported = NULL WHERE connection_id = $1 AND key = ANY($2::text[]) AND reported IS NOT NULL',
      [connectionId, keys],
    );
  }

  /**
   * Notes that these records hold what they held before, since they refused what they were told. One that is to be told
   * something else since is told that, whatever it held.
   */
  async keepAsBefore(connectionId: string, refused: readonly StillToReport[]): Promise<void> {
    await this.manager.query(
      `UPDATE links l SET reported = e.reported
       FROM jsonb_to_recordset($2::jsonb) AS e (key text, "toReport" jsonb, reported jsonb)
       WHERE l.connection_id = $1 AND l.key = e.key AND l.to_report = e."toReport"`,
      [connectionId, toJson(refused)],
    );
  }

  /** Notes what the source was told of these records; one that is to be told something else since is told that, too. */
  async keepReported(connectionId: string, told: readonly Pick<StillToReport, 'key' | 'toReport'>[]): Promise<void> {
    await this.manager.query(
      `UPDATE links l SET reported = l.to_report, to_report = NULL
       FROM jsonb_to_recordset($2::jsonb) AS e (key text, "toReport" jsonb)
       WHERE l.connection_id = $1 AND l.key = e.key AND l.to_report = e."toReport"`,
      [connectionId, toJson(told)],
    );
  }
}
