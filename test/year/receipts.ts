import type pg from 'pg';

interface Receipt {
  readonly id: string;
  readonly connection: string;
  readonly state: string;
  readonly rows: number;
  readonly ended: number;
  readonly hasEnd: boolean;
}

const ENDS = ['completed', 'completed with failures', 'skipped'];
const OPEN_ROWS = `'ready', 'folded', 'sending', 'in doubt'`;

/** Runs that have not ended as runs of a CRM must, or whose rows do not add up to what was read; in sentences. */
export async function receiptViolations(database: pg.Client): Promise<string[]> {
  const { rows } = await database.query<Receipt>(
    `SELECT u.id, u.connection_id AS connection, u.state, u.rows_read AS rows, u.ended_at IS NOT NULL AS "hasEnd",
       (SELECT count(*)::int FROM rows r WHERE r.run_id = u.id AND r.state NOT IN (${OPEN_ROWS})) AS ended
     FROM runs u ORDER BY u.sequence`,
  );
  return rows.flatMap(({ connection, ended, hasEnd, id, rows: read, state }) => {
    if (!hasEnd || !ENDS.includes(state)) return [`run ${id} of ${connection} is ${state} in the end`];
    return ended === read ? [] : [`run ${id} of ${connection} has read ${read} rows, of which ${ended} have ended`];
  });
}
