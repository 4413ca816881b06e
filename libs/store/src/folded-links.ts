import type { EntityManager } from 'typeorm';
import { toJson } from './json.js';
import { BROUGHT, freeTags, stillLeavesOut, wasAccepted } from './left-out-tags.js';

/** A row that was accepted, and into which others may have been folded. */
export interface AcceptedRow {
  readonly connectionId: string;
  /** Of its link. */
  readonly key: string;
  readonly runId: string;
  readonly rowNumber: number;
}

/** Gives the records with an id of their own that were folded into these rows what was accepted for the rows. */
export async function acceptFolded(manager: EntityManager, rows: readonly AcceptedRow[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await manager.query(
    `WITH entries AS (
       SELECT DISTINCT ON (l.connection_id, f.link_key) l.account_id, l.connection_id AS "connectionId", f.link_key AS key,
         l.contact_id, l.accepted, f.fingerprint, f.tags_left_out, l.key AS "firstKey"
       FROM jsonb_to_recordset($1::jsonb) AS n ("connectionId" text, key text, "runId" uuid, "rowNumber" int)
         JOIN rows f ON f.run_id = n."runId" AND f.folded_into = n."rowNumber"
         JOIN links l ON l.connection_id = n."connectionId" AND l.key = n.key
       WHERE f.state = 'folded' AND f.record_id IS NOT NULL
       ORDER BY l.connection_id, f.link_key, f.number DESC
     ), freed AS (${freeTags(stillLeavesOut('n.tags_left_out'), ['key', 'firstKey'])})
     INSERT INTO links
       (account_id, connection_id, key, contact_id, accepted, accepted_fingerprint, accepted_at, tags_left_out, brought)
     SELECT account_id, "connectionId", key, contact_id, accepted, fingerprint, $2, tags_left_out, accepted->'tags'
     FROM entries
     ON CONFLICT (connection_id, key) DO UPDATE SET contact_id = excluded.contact_id, accepted = excluded.accepted,
       accepted_fingerprint = excluded.accepted_fingerprint, accepted_at = excluded.accepted_at, brought = ${BROUGHT},
       tags_left_out = excluded.tags_left_out, refused_fingerprint = NULL, refused_issues = NULL, gone = NULL`,
    [toJson(rows), now],
  );
}

/**
 * The rows of a run that have ended well while nothing was accepted in the run for records that were folded into them: a row
 * that the links knew just so was never sent.
 */
export async function rowsWithUnlinked(
  manager: EntityManager,
  run: { readonly id: string; readonly connectionId: string },
): Promise<readonly AcceptedRow[]> {
  return manager.query(
    `SELECT DISTINCT $2::text AS "connectionId", first.link_key AS key, first.run_id AS "runId", first.number AS "rowNumber"
     FROM rows f JOIN rows first ON first.run_id = f.run_id AND first.number = f.folded_into
       JOIN links l ON l.connection_id = $2 AND l.key = first.link_key AND l.contact_id = first.contact_id
     WHERE f.run_id = $1 AND f.state = 'folded' AND f.record_id IS NOT NULL
       AND first.state IN ('created', 'updated', 'unchanged') AND NOT EXISTS (
         SELECT FROM links k WHERE k.connection_id = $2 AND k.key = f.link_key
           AND (k.gone IS NULL AND ${wasAccepted('k', 'f.fingerprint')}
             OR k.accepted_at >= (SELECT requested_at FROM runs WHERE id = $1)))`,
    [run.id, run.connectionId],
  );
}
