/**
 * Which rows of a retry are older than what has come in since: found by the key of their record, and by their contact,
 * which may come under several keys or with several records. Each of the runs $2, the latest first, is named in the
 * reason, $6 or $7, of what it left out.
 */

/** Rows that have gone in, or are on their way. */
const COUNTS = `later.state NOT IN ('failed', 'not processed', 'skipped')`;

/** The later row was kept out: the record has ended, or must not be called. What a retry leaves out says nothing new. */
const WAS_KEPT_OUT = `(later.state = 'skipped' AND (SELECT u.retry_of IS NULL FROM runs u WHERE u.id = later.run_id))`;

/**
 * A pass has read something else of the record, which did not go in: what was read before must not come after that, least of
 * all where it says that the person must not be called.
 */
const HAS_NOT_GONE_IN = `(later.state IN ('failed', 'not processed')
  AND (later.raw IS DISTINCT FROM r.raw OR (later.gone IS NULL) <> (r.gone IS NULL))
  AND (SELECT u.kind = 'pass' FROM runs u WHERE u.id = later.run_id))`;

/**
 * The rows $3 to $4 of the runs $2 that have the key of a row of the run $1; where $5 says that they are of the same
 * origin, only higher ones. Rows that were left over when their run was stopped have no key, but may have a record.
 */
const COMES_AFTER = `r.run_id = $1 AND later.run_id = ANY ($2::uuid[]) AND later.number BETWEEN $3 AND $4
    AND coalesce(later.link_key, 'id:' || later.record_id) = r.link_key
    AND (NOT $5 OR coalesce(later.origin_row, later.number) > r.origin_row)
    AND (${COUNTS} OR ${WAS_KEPT_OUT} OR ${HAS_NOT_GONE_IN})`;

/**
 * Ends the ready rows of the retry $1 for whose key the rows $3 to $4 of the runs $2 have come after, the last of which says
 * why: where it was kept out, for the same reason; where it has not gone in, for the reason $7.
 */
export const END_OLDER_OF_KEY = `
  WITH older AS (
    SELECT DISTINCT ON (r.number) r.number, CASE WHEN ${WAS_KEPT_OUT} THEN later.reason
      WHEN ${HAS_NOT_GONE_IN} THEN ${namingRun('$7', 'later.run_id')} ELSE ${namingRun('$6', 'later.run_id')} END AS reason
    FROM rows r, rows later WHERE r.state = 'ready' AND ${COMES_AFTER}
    ORDER BY r.number, array_position($2::uuid[], later.run_id), later.number DESC
  )
  UPDATE rows r SET state = 'skipped', reason = o.reason FROM older o
  WHERE r.run_id = (SELECT $1::uuid) AND r.number = o.number`;

/** Which rows of the run $1 hold an older version of their record. */
export const OLDER_VERSIONS = `SELECT DISTINCT r.number FROM rows r, rows later WHERE ${COMES_AFTER}`;

/**
 * Ends the ready rows $7 to $8 of the retry $1, of account $9 and connection $10, into whose contact the rows $3 to $4 of
 * the runs $2 have come after, or with which one that is on its way shares a number or an e-mail. Both sides are brought
 * together by one sort, so that its time does not depend on what the planner believes of them. What another record with
 * an id had brought before, or the end of one, is no later value of the contact.
 */
export const END_OLDER_OF_CONTACT = `
  WITH sides AS (
    SELECT true AS is_older, r.number, r.origin_row AS place, NULL::int AS run, named.value
    FROM rows r, LATERAL (SELECT 'contact:' || ${contactOf('r')} AS value UNION ALL ${identitiesOf('r')}) AS named
    WHERE r.run_id = $1 AND r.number BETWEEN $7 AND $8 AND r.state = 'ready' AND r.gone IS NULL
    UNION ALL
    SELECT false, later.number, coalesce(later.origin_row, later.number), array_position($2::uuid[], later.run_id),
      named.value
    FROM rows later, LATERAL (SELECT 'contact:' || later.contact_id AS value
      UNION ALL SELECT i.value FROM (${identitiesOf('later')}) AS i WHERE later.contact_id IS NULL) AS named
    WHERE later.run_id = ANY ($2::uuid[]) AND later.number BETWEEN $3 AND $4 AND ${COUNTS}
      AND later.gone IS NULL AND (later.record_id IS NULL OR later.state <> 'unchanged')
  ), compared AS (
    SELECT is_older, number, place, max(place) FILTER (WHERE NOT is_older) OVER same AS latest,
      min(run) FILTER (WHERE NOT is_older) OVER same AS run
    FROM sides WHERE value IS NOT NULL
    WINDOW same AS (PARTITION BY hashtextextended(value, 0), value COLLATE "C")
  ), older AS (
    SELECT number, min(run) AS run FROM compared
    WHERE is_older AND latest IS NOT NULL AND (NOT $5 OR latest > place) GROUP BY number
  )
  UPDATE rows r SET state = 'skipped', reason = ${namingRun('$6', '($2::uuid[])[o.run]')} FROM older o
  WHERE r.run_id = (SELECT $1::uuid) AND r.number = o.number AND r.state = 'ready'`;

function namingRun(reason: string, id: string): string {
  return `${reason} || ' ' || left(${id}::text, 8) || '.'`;
}

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
