import { earlierRuns } from './compare-with-links.js';
import { NAMES_CONTACT } from './link.repository.js';
import { IS_UNDER_WAY } from './states.js';

/** Of the run $1, which has the connection $2 and the sequence $3. */
const EARLIER_RUNS = earlierRuns('$2', '$3');

/**
 * Rows that may fold: ready ones, and those without a record's id that are unchanged by themselves. A stopped run sends
 * nothing, so there only what is ready, which is nothing. Rows of one record only when all have the same numbers and
 * e-mails: then they go into the same row; else one that folds would come before or after another in the wrong place. And
 * only with the same tags, unless tags are but added: of one record the last version's count, those of several are united.
 * None of a record that an earlier run has, or may have, still to send: which contact it will have is known only then.
 */
const MAY_FOLD = `
  SELECT number, contact FROM rows WHERE run_id = $1 AND record_id IS NULL
    AND (state = 'ready' OR state = 'unchanged' AND (SELECT error IS NULL FROM runs WHERE id = $1))
  UNION ALL
  SELECT number, contact FROM (
    SELECT number, contact, bool_and(number IS NOT NULL) OVER record AND min(lists) OVER record = max(lists) OVER record
      AND NOT EXISTS (SELECT FROM ${EARLIER_RUNS} AND earlier.intake <> 'done') AS is_one
    FROM (SELECT number, contact, link_key,
      concat(contact->'phones', contact->'emails', contact->'withoutTags', CASE
        WHEN (SELECT settings->'lists'->>'tags' = 'add' FROM runs WHERE id = $1) IS NOT TRUE THEN contact->'tags' END) AS lists
      FROM rows WHERE run_id = $1 AND record_id IS NOT NULL AND state = 'ready'
      UNION ALL SELECT NULL, NULL, link_key, NULL FROM rows
      WHERE run_id IN (SELECT earlier.id FROM ${EARLIER_RUNS}) AND record_id IS NOT NULL AND ${IS_UNDER_WAY}) AS versions
    WINDOW record AS (PARTITION BY hashtextextended(link_key, 0), link_key COLLATE "C")) AS records
  WHERE is_one AND number IS NOT NULL`;

/**
 * Points each row that may fold at the earliest row of the run that has one of its numbers, else one of its e-mails, and
 * makes both ends ready: without ids the record is what all of them hold together, so only that can be unchanged. (Until
 * here nobody took a row's `unchanged` for its end: the run is still at its intake.)
 * All are found by one sort, so that its time does not depend on what the planner believes of them. The hash comes first
 * because numbers sort faster than texts; the text decides. (No number is an e-mail.)
 * The subselect around the run's id hides it: of a run newer than its statistics the planner expects a single row.
 */
export const POINT_AT_EARLIEST = `
  WITH identities AS (
    SELECT number, kind, value FROM (${MAY_FOLD}) AS parts, LATERAL (
      SELECT 'phone' AS kind, value FROM jsonb_array_elements_text(contact->'phones') AS value
      UNION ALL SELECT 'email', lower(value) FROM jsonb_array_elements_text(contact->'emails') AS value) AS named
  ), occurrences AS (
    SELECT number, kind, min(number) OVER (PARTITION BY hashtextextended(value, 0), value COLLATE "C") AS earliest
    FROM identities
  ), targets AS (
    SELECT number, coalesce(min(earliest) FILTER (WHERE kind = 'phone'), min(earliest)) AS target
    FROM occurrences WHERE earliest < number GROUP BY number
  ), concerned AS (
    SELECT number, max(target) AS target
    FROM (SELECT number, target FROM targets UNION ALL SELECT target, NULL FROM targets) AS ends GROUP BY number
  )
  UPDATE rows r SET folded_into = c.target, state = 'ready', contact_id = NULL FROM concerned c
  WHERE r.run_id = (SELECT $1::uuid) AND r.number = c.number AND (c.target IS NOT NULL OR r.state = 'unchanged')`;

/**
 * A row that points at a row that itself points further takes the further target. Each target is looked up by its key
 * in a subquery: as a join this took from milliseconds to minutes, by the age of the table's statistics.
 */
export const FOLLOW_ONE_STEP = `
  UPDATE rows r SET folded_into = ${folderOf('r.folded_into')}
  WHERE r.run_id = $1 AND r.folded_into IS NOT NULL AND ${folderOf('r.folded_into')} IS NOT NULL`;

/**
 * Takes apart the groups of the run $1 that would lead a row away from the contact which its link names, or hide that its
 * record is back: those with links to several contacts, and those whose first row has no contact yet while a record with
 * an id has one. There a row with a contact points only at the earliest row of that contact, and all others at the earliest
 * row as before. Links are looked up by key, since the groups are few; a group holds one contact then, for a row with one
 * points at no other.
 */
export const KEEP_LINKED_APART = `
  WITH members AS (
    SELECT coalesce(r.folded_into, r.number) AS first, r.number, r.record_id, r.contact, ${linkedContact('r')} AS owner
    FROM rows r WHERE r.run_id = $1 AND (r.folded_into IS NOT NULL
      OR r.number IN (SELECT folded_into FROM rows WHERE run_id = $1 AND folded_into IS NOT NULL))
  ), mixed AS (
    SELECT first FROM members GROUP BY first
    HAVING count(DISTINCT owner) > 1 OR bool_or(owner IS NOT NULL AND record_id IS NOT NULL)
      AND bool_or(number = first AND owner IS NULL)
  ), concerned AS (
    SELECT number, contact, owner FROM members WHERE first IN (SELECT first FROM mixed)
  ), identities AS (
    SELECT number, owner, 'phone' AS kind, value FROM concerned, jsonb_array_elements_text(contact->'phones') AS value
    UNION ALL
    SELECT number, owner, 'email', lower(value) FROM concerned, jsonb_array_elements_text(contact->'emails') AS value
  ), occurrences AS (
    SELECT number, kind, CASE WHEN owner IS NULL THEN min(number) OVER (PARTITION BY hashtextextended(value, 0), value COLLATE "C")
      ELSE min(number) OVER (PARTITION BY hashtextextended(value, 0), value COLLATE "C", owner) END AS earliest
    FROM identities
  ), targets AS (
    SELECT number, coalesce(min(earliest) FILTER (WHERE kind = 'phone'), min(earliest)) AS target
    FROM occurrences WHERE earliest < number GROUP BY number
  ), placed AS (
    SELECT c.number, t.target FROM concerned c LEFT JOIN targets t ON t.number = c.number
  )
  UPDATE rows r SET folded_into = p.target FROM placed p
  WHERE r.run_id = (SELECT $1::uuid) AND r.number = p.number`;

/** Notes of each first row the last that points at it: a row between them may turn out to be of the same contact. */
export const NOTE_LAST = `
  WITH folds AS (
    SELECT folded_into AS first, max(number) AS last FROM rows
    WHERE run_id = $1 AND folded_into IS NOT NULL GROUP BY folded_into
  )
  UPDATE rows r SET last_folded = f.last FROM folds f WHERE r.run_id = (SELECT $1::uuid) AND r.number = f.first`;

/** The contact that the link of a row names. */
function linkedContact(row: string): string {
  return `(SELECT l.contact_id FROM links l
    WHERE l.connection_id = (SELECT connection_id FROM runs WHERE id = $1) AND l.key = ${row}.link_key AND ${NAMES_CONTACT})`;
}

function folderOf(number: string): string {
  return `(SELECT t.folded_into FROM rows t WHERE t.run_id = $1 AND t.number = ${number})`;
}
