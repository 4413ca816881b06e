/**
 * What the links of a connection say of its rows. It holds only for records that no earlier run of the connection has
 * still to send: of several versions the one of the latest run is the last, also when an earlier one is sent later.
 */
import { hasItsTags } from './left-out-tags.js';
import { IS_UNDER_WAY } from './states.js';

/** The runs of a connection before another one that have work left. */
export function earlierRuns(connectionId: string, sequence: string): string {
  return `runs earlier WHERE earlier.connection_id = ${connectionId} AND earlier.sequence < ${sequence}
    AND earlier.ended_at IS NULL AND earlier.state <> 'reporting' AND earlier.kind <> 'preview'`;
}

/** A run whose parts are $1 (connection) and $2 (sequence) in every statement here. */
const EARLIER_RUNS = earlierRuns('$1', '$2');

/** The connection's id, or nothing while an earlier run of it has work left: to be compared with those of links. */
export const SETTLED_CONNECTION = `(SELECT $1::text WHERE NOT EXISTS (SELECT FROM ${EARLIER_RUNS}))`;

/**
 * Whether there is anything to compare: links, and ready rows of the run $3 that have ids, or have none ($4). Not while
 * an earlier run is still being read: nobody knows what it holds.
 */
export const IS_CONCERNED = `
  SELECT 1 WHERE EXISTS (SELECT FROM links WHERE connection_id = $1)
    AND EXISTS (SELECT FROM rows WHERE run_id = $3 AND state = 'ready' AND (record_id IS NOT NULL) = $4)
    AND NOT EXISTS (SELECT FROM ${EARLIER_RUNS} AND earlier.intake <> 'done')`;

/** The keys of the records that earlier runs have still to send, at most $3. */
export const KEYS_UNDER_WAY = `
  SELECT DISTINCT link_key AS key FROM rows
  WHERE run_id IN (SELECT earlier.id FROM ${EARLIER_RUNS}) AND ${IS_UNDER_WAY} AND link_key IS NOT NULL
  LIMIT $3`;

/** The link knows the row just so, and, for a row without a record's id, nothing was accepted into its contact since. */
const IS_ACCEPTED = `l.accepted_fingerprint = r.fingerprint AND (r.record_id IS NOT NULL OR l.accepted = r.contact)
  AND ${hasItsTags('$2')}`;

/** Ends the rows $3 to $4 of the run $2 that the links know, but none with one of the keys $7; refused ones only with $6. */
export const END_KNOWN = `
  UPDATE rows r SET contact_id = l.contact_id,
    state = CASE WHEN ${IS_ACCEPTED} THEN 'unchanged' ELSE 'failed' END,
    issues = CASE WHEN ${IS_ACCEPTED} THEN r.issues ELSE l.refused_issues END,
    is_known = (${IS_ACCEPTED}) IS NOT TRUE
  FROM links l
  WHERE r.run_id = $2 AND r.number BETWEEN $3 AND $4 AND r.state = 'ready' AND (r.record_id IS NOT NULL) = $5
    AND l.connection_id = $1 AND l.key = r.link_key AND l.gone IS NULL
    AND (${IS_ACCEPTED} OR ($6 AND l.refused_fingerprint = r.fingerprint))
    AND r.link_key <> ALL ($7::text[])`;

/**
 * Ends the ready rows without a record's id of the run $2 that the links know just so, although another row was accepted
 * into their contact since, where a later row of the run goes into that contact again: then that one decides.
 */
export const END_SURPASSED = `
  WITH placed AS (
    SELECT number, state, CASE state WHEN 'unchanged' THEN contact_id ELSE ${ofLink('l.contact_id')} END AS contact_id
    FROM rows r WHERE run_id = $2 AND record_id IS NULL AND state IN ('ready', 'unchanged')
  ), ordered AS (
    SELECT number, state, contact_id, max(number) OVER (PARTITION BY contact_id) AS last
    FROM placed WHERE contact_id IS NOT NULL
  )
  UPDATE rows r SET state = 'unchanged', contact_id = o.contact_id FROM ordered o
  WHERE o.state = 'ready' AND o.number < o.last AND r.run_id = (SELECT $2::uuid) AND r.number = o.number
    AND ${ofLink('l.accepted_fingerprint')} = r.fingerprint AND ${ofLink(hasItsTags('$2'))}`;

/** Looked up by its key in a subquery: as a join it would depend on what the planner believes of a new run. */
function ofLink(value: string): string {
  return `(SELECT ${value} FROM links l WHERE l.connection_id = $1 AND l.key = r.link_key AND l.gone IS NULL)`;
}

/**
 * Readies again the unchanged rows of the records that the run $1 has more than once, where another of their rows is
 * ready. By one sort, as repetitions are found: joined by key it took minutes where statistics were older than the run.
 */
export const REOPEN_REPEATED = `
  WITH records AS (
    SELECT number, state,
      bool_or(state = 'ready') OVER (PARTITION BY hashtextextended(link_key, 0), link_key COLLATE "C") AS may_change
    FROM rows WHERE run_id = $1 AND record_id IS NOT NULL
  )
  UPDATE rows r SET state = 'ready', contact_id = NULL FROM records c
  WHERE c.state = 'unchanged' AND c.may_change AND r.run_id = (SELECT $1::uuid) AND r.number = c.number`;

/**
 * Ends the ready rows of records of which the run $1 has kept out or refused what it read last, for the reason $2. Only the
 * records that have such a row are sorted: most runs have none.
 */
export const END_OVERRULED = `
  WITH versions AS (
    SELECT number, state,
      first_value(state) OVER (PARTITION BY link_key COLLATE "C" ORDER BY number DESC) AS last
    FROM rows WHERE run_id = $1 AND gone IS NULL AND link_key IN
      (SELECT link_key FROM rows WHERE run_id = $1 AND record_id IS NOT NULL AND state IN ('failed', 'skipped'))
  )
  UPDATE rows r SET state = 'skipped', reason = $2 FROM versions v
  WHERE v.state = 'ready' AND v.last IN ('failed', 'skipped') AND r.run_id = (SELECT $1::uuid) AND r.number = v.number`;
