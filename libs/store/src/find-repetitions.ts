/**
 * Points each ready row at the earliest row of the run that has one of its numbers, else one of its e-mails. All are
 * found by one sort, so that its time does not depend on what the planner believes of them. The hash comes first because
 * numbers sort faster than texts; the text decides. (No number is an e-mail.)
 */
export const POINT_AT_EARLIEST = `
  WITH identities AS (
    SELECT number, 'phone' AS kind, value
    FROM rows, jsonb_array_elements_text(contact->'phones') AS value WHERE run_id = $1 AND state = 'ready'
    UNION ALL
    SELECT number, 'email', lower(value)
    FROM rows, jsonb_array_elements_text(contact->'emails') AS value WHERE run_id = $1 AND state = 'ready'
  ), occurrences AS (
    SELECT number, kind, min(number) OVER (PARTITION BY hashtextextended(value, 0), value COLLATE "C") AS earliest
    FROM identities
  ), targets AS (
    SELECT number, coalesce(min(earliest) FILTER (WHERE kind = 'phone'), min(earliest)) AS target
    FROM occurrences WHERE earliest < number GROUP BY number
  )
  UPDATE rows r SET folded_into = t.target FROM targets t WHERE r.run_id = $1 AND r.number = t.number`;

/**
 * A row that points at a row that itself points further takes the further target. The sum keeps the planner from finding
 * targets by the index of pointing rows, which takes for ever before the table is analysed.
 */
export const FOLLOW_ONE_STEP = `
  UPDATE rows r SET folded_into = target.folded_into FROM rows target
  WHERE r.run_id = $1 AND r.folded_into IS NOT NULL AND target.run_id = $1 AND target.number = r.folded_into
    AND target.folded_into + 0 IS NOT NULL`;
