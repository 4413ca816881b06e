/**
 * Which rows of a retry are older than what has come in since. Those of a record with an id are found by its key, the
 * others by their contact as well, since one contact may come under several keys.
 */

/** Rows that have gone in, or are on their way. */
const COUNTS = `later.state NOT IN ('failed', 'not processed', 'skipped')`;

/** Ends the ready rows of the retry $1 for whose key the rows $3 to $4 of the run $2 have come after. */
export const END_OLDER_OF_KEY = `
  UPDATE rows r SET state = 'skipped', reason = $6 FROM rows later
  WHERE r.run_id = $1 AND r.state = 'ready' AND later.run_id = $2 AND later.number BETWEEN $3 AND $4
    AND later.link_key = r.link_key AND ${COUNTS}
    AND (NOT $5 OR coalesce(later.origin_row, later.number) > r.origin_row)`;

/** Whether a retry has ready rows whose records have no id. */
export const HAS_WITHOUT_ID = `SELECT 1 FROM rows WHERE run_id = $1 AND state = 'ready' AND record_id IS NULL LIMIT 1`;

/**
 * Ends the ready rows $7 to $8 of the retry $1, of account $9 and connection $10, into whose contact the rows $3 to $4 of
 * the run $2 have come after, or with which one that is on its way shares a number or an e-mail. Both sides are brought
 * together by one sort, so that its time does not depend on what the planner believes of them.
 */
export const END_OLDER_OF_CONTACT = `
  WITH sides AS (
    SELECT true AS is_older, r.number, r.origin_row AS place, named.value
    FROM rows r, LATERAL (SELECT 'contact:' || ${contactOf('r')} AS value UNION ALL ${identitiesOf('r')}) AS named
    WHERE r.run_id = $1 AND r.number BETWEEN $7 AND $8 AND r.state = 'ready' AND r.record_id IS NULL
    UNION ALL
    SELECT false, later.number, coalesce(later.origin_row, later.number), named.value
    FROM rows later, LATERAL (SELECT 'contact:' || later.contact_id AS value
      UNION ALL SELECT i.value FROM (${identitiesOf('later')}) AS i WHERE later.contact_id IS NULL) AS named
    WHERE later.run_id = $2 AND later.number BETWEEN $3 AND $4 AND later.record_id IS NULL AND ${COUNTS}
  ), compared AS (
    SELECT is_older, number, place, max(place) FILTER (WHERE NOT is_older)
      OVER (PARTITION BY hashtextextended(value, 0), value COLLATE "C") AS latest
    FROM sides WHERE value IS NOT NULL
  ), older AS (
    SELECT DISTINCT number FROM compared WHERE is_older AND latest IS NOT NULL AND (NOT $5 OR latest > place)
  )
  UPDATE rows r SET state = 'skipped', reason = $6 FROM older o
  WHERE r.run_id = (SELECT $1::uuid) AND r.number = o.number AND r.state = 'ready'`;

function identitiesOf(row: string): string {
  return `SELECT 'phone:' || value AS value FROM jsonb_array_elements_text(${row}.contact->'phones') AS value
    UNION ALL SELECT 'email:' || lower(value) FROM jsonb_array_elements_text(${row}.contact->'emails') AS value`;
}

/** Found as at a row's turn: by its link, else by phone, else by e-mail. */
function contactOf(row: string): string {
  return `coalesce((SELECT l.contact_id FROM links l WHERE l.connection_id = $10 AND l.key = ${row}.link_key),
    ${matchOf(row, 'phone', 'phones')}, ${matchOf(row, 'email', 'emails')})`;
}

/** The linked contact, else the lowest, when several share a value. */
function matchOf(row: string, kind: string, list: string): string {
  return `(SELECT match.contact_id
    FROM jsonb_array_elements_text(${row}.contact->'${list}') WITH ORDINALITY AS entry (value, place),
      LATERAL (SELECT d.contact_id FROM directory d
        WHERE d.account_id = $9 AND d.kind = '${kind}' AND d.value = lower(entry.value)
        ORDER BY EXISTS (SELECT 1 FROM links l WHERE l.account_id = $9 AND l.contact_id = d.contact_id) DESC, d.contact_id
        LIMIT 1) AS match
    ORDER BY entry.place LIMIT 1)`;
}
