/**
 * Which rows of a retry are older than what has come in since: found by the key of their record, and by their contact,
 * which may come under several keys or with several records. Each of the runs $2, the latest first, is named in the
 * reason of what it left out.
 */

/** Rows that have gone in, or are on their way. */
const COUNTS = `later.state NOT IN ('failed', 'not processed', 'skipped')`;

/** The later row was kept out: the record has ended, or must not be called. What a retry leaves out says nothing new. */
const WAS_KEPT_OUT = `(later.state = 'skipped' AND (SELECT u.retry_of IS NULL FROM runs u WHERE u.id = later.run_id))`;

/** A pass has read the record, which did not go in; a file says nothing by a row that did not. */
const HAS_NOT_GONE_IN = `(later.state IN ('failed', 'not processed')
  AND (SELECT u.kind = 'pass' FROM runs u WHERE u.id = later.run_id))`;

/** The record was once more as the row has it. */
function isSame(row: string): string {
  return `later.raw IS NOT DISTINCT FROM ${row}.raw AND (later.gone IS NULL) = (${row}.gone IS NULL)`;
}

/**
 * Of each row of the run $1 the last of the rows $3 to $4 of the runs $2 that have its key; where $5 says that they are of
 * the same origin, only higher ones. It decides: what was read before must not come after it, least of all where it says
 * that the person must not be called. Where a pass has read the same as the row holds, and that has not gone in, the row is
 * read again, and not older; the rows $6, of which that is known, are not looked at. Rows that were left over when their run
 * was stopped have no key, but may have a record.
 */
function lastOfKey(reason: string, join = ''): string {
  return `
  WITH last AS (
    SELECT DISTINCT ON (r.number) r.number, later.run_id AS "runId",
      ${HAS_NOT_GONE_IN} AND ${isSame('r')} AS "isReadAgain", ${reason} AS reason
    FROM rows r JOIN rows later ON coalesce(later.link_key, 'id:' || later.record_id) = r.link_key ${join}
    WHERE r.run_id = $1 AND later.run_id = ANY ($2::uuid[]) AND later.number BETWEEN $3 AND $4
      AND (NOT $5 OR coalesce(later.origin_row, later.number) > r.origin_row) AND r.number <> ALL ($6::int[])
      AND (${COUNTS} OR ${WAS_KEPT_OUT} OR ${HAS_NOT_GONE_IN})
    ORDER BY r.number, array_position($2::uuid[], later.run_id), later.number DESC
  )`;
}

const LAST = 'SELECT number, "runId", "isReadAgain" FROM last';

/** The rows of the run $1 that hold an older version of their record, and those that are read again. */
export const LAST_VERSIONS = `${lastOfKey('NULL')} ${LAST}`;

/** The last version is in the retry, too. */
const TOO = `LEFT JOIN rows too ON too.run_id = $1 AND too.link_key = r.link_key AND ${isSame('too')}`;

const WHY = `CASE WHEN ${COUNTS} THEN ${namingRun('$7', 'later.run_id')} WHEN later.state = 'skipped' THEN later.reason
  WHEN too.number IS NULL THEN ${namingRun('$8', 'later.run_id')} ELSE $9 END`;

/**
 * Ends the ready rows of the retry $1 for whose key a row has come after, which says why: where it was kept out, for the
 * same reason; where it has not gone in, for the reason $8, or $9 where the retry has the same. Returns what LAST_VERSIONS does.
 */
export const END_OLDER_OF_KEY = `
  ${lastOfKey(WHY, TOO)}, ended AS (
    UPDATE rows r SET state = 'skipped', reason = l.reason FROM last l
    WHERE r.run_id = (SELECT $1::uuid) AND r.number = l.number AND r.state = 'ready' AND NOT l."isReadAgain"
  )
  ${LAST}`;

/**
 * Ends the ready rows $8 to $9 of the retry $1, of account $10 and connection $11, into whose contact the rows $3 to $4 of
 * the runs $2 have come after, or with which one that is on its way shares a number or an e-mail. Both sides are brought
 * together by one sort, so that its time does not depend on what the planner believes of them. What another record with
 * an id had brought before, or the end of one, is no later value of the contact; for the rows $6, which the runs $12 read
 * again, neither is anything before these.
 */
export const END_OLDER_OF_CONTACT = `
  WITH sides AS (
    SELECT true AS is_older, r.number, r.origin_row AS place, NULL::int AS run, named.value
    FROM rows r, LATERAL (SELECT 'contact:' || ${contactOf('r')} AS value UNION ALL ${identitiesOf('r')}) AS named
    WHERE r.run_id = $1 AND r.number BETWEEN $8 AND $9 AND r.state = 'ready' AND r.gone IS NULL
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
    SELECT number, min(run) AS run
    FROM compared LEFT JOIN unnest($6::int[], $12::uuid[]) AS again (number, run_id) USING (number)
    WHERE is_older AND latest IS NOT NULL AND (NOT $5 OR latest > place)
      AND (again.run_id IS NULL OR run <= array_position($2::uuid[], again.run_id)) GROUP BY number
  )
  UPDATE rows r SET state = 'skipped', reason = ${namingRun('$7', '($2::uuid[])[o.run]')} FROM older o
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
  return `coalesce((SELECT l.contact_id FROM links l WHERE l.connection_id = $11 AND l.key = ${row}.link_key),
    ${matchOf(row, 'phone', 'phones')}, ${matchOf(row, 'email', 'emails')})`;
}

/** The linked contact, else the lowest, when several share a value. */
function matchOf(row: string, kind: string, list: string): string {
  return `(SELECT match.contact_id
    FROM jsonb_array_elements_text(${row}.contact->'${list}') WITH ORDINALITY AS entry (value, place),
      LATERAL (SELECT d.contact_id FROM directory d
        WHERE d.account_id = $10 AND d.kind = '${kind}' AND d.value = lower(entry.value)
        ORDER BY EXISTS (SELECT 1 FROM links l WHERE l.account_id = $10 AND l.contact_id = d.contact_id) DESC, d.contact_id
        LIMIT 1) AS match
    ORDER BY entry.place LIMIT 1)`;
}
