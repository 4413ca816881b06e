import type { Issue } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';
import { BatchEntity } from './entities/batch.entity.js';
import { CommandEntity } from './entities/command.entity.js';
import { RowEntity } from './entities/row.entity.js';
import type { Identity } from './directory.repository.js';
import { toJson } from './json.js';
import { membersOf } from './members.js';
import { NAMES_CONTACT } from './link.repository.js';
import { assertMove, ROW_MOVES, type RowState } from './states.js';

/** Names one row of one run. */
export interface RowKey {
  readonly runId: string;
  readonly rowNumber: number;
}

/** What a row may hold so that no other command touches it: a contact, an identity of one, or the record itself. */
export interface Claim extends RowKey {
  readonly kind: 'contact' | 'record' | Identity['kind'];
  readonly value: string;
}

export interface NewCommand extends RowKey {
  readonly id: string;
  readonly attempt: number;
  readonly action: CommandEntity['action'];
  readonly contactId: number | null;
  readonly data: object;
}

export interface NewBatch {
  readonly id: string;
  readonly accountId: string;
  readonly owner: string;
  readonly leaseUntil: Date;
  readonly sentAt: Date;
  readonly commands: readonly NewCommand[];
  readonly claims: readonly Claim[];
}

/** What becomes of a row after an answer, a look-up or a plan. Members that are absent are left as they are. */
export interface RowChange extends RowKey {
  readonly from: 'ready' | 'sending' | 'in doubt';
  readonly to: RowState;
  readonly contactId?: number | null;
  readonly issues?: readonly Issue[];
  readonly reason?: string;
  /** The failure was reported before. */
  readonly isKnown?: boolean;
  /** Not sent again before this time; until then it keeps its claims although it is ready again. */
  readonly notBefore?: Date | null;
  readonly batchLimit?: number;
  readonly searchFirst?: boolean;
}

/** What becomes of a command. */
export interface CommandChange {
  readonly id: string;
  readonly state: CommandEntity['state'];
  readonly lookUpAt?: Date | null;
  readonly answer?: unknown;
}

/**
 * Of the row `r` of a claim: it holds the claim at the time `now`. A row that is ready and pauses no more keeps nothing
 * but its place in the order: of two ready rows that held what the other wants neither could go.
 */
function holds(now: string): string {
  return `(r.state IN ('sending', 'in doubt') OR r.state = 'ready' AND r.not_before > ${now})`;
}

/** Batches, their commands, and the claims that keep two commands from touching one contact. */
export class DeliveryRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Ready rows of a run after `after`, in their order. */
  async readyRows(runId: string, after: number, limit: number): Promise<readonly RowEntity[]> {
    return this.manager.query(
      `SELECT ${membersOf(this.manager, RowEntity)} FROM rows
       WHERE run_id = $1 AND state = 'ready' AND number > $2 ORDER BY number LIMIT $3`,
      [runId, after, limit],
    );
  }

  /** Has the unlinked ready rows of a run looked up live, one by one, instead of in the directory. */
  async searchEach(runId: string): Promise<void> {
    await this.manager.query(
      `UPDATE rows r SET search_first = true FROM runs u
       WHERE r.run_id = $1 AND r.state = 'ready' AND u.id = r.run_id AND NOT EXISTS
         (SELECT 1 FROM links l WHERE l.connection_id = u.connection_id AND l.key = r.link_key
            AND ${NAMES_CONTACT})`,
      [runId],
    );
  }

  /** Who holds these identities and contacts now: rows on the way, in doubt, or in a pause. */
  async holders(
    accountId: string,
    wanted: readonly Pick<Claim, 'kind' | 'value'>[],
    now: Date,
  ): Promise<readonly Claim[]> {
    return this.manager.query(
      `SELECT c.kind, c.value, c.run_id AS "runId", c.row_number AS "rowNumber" FROM claims c
       JOIN jsonb_to_recordset($2::jsonb) AS w (kind text, value text) ON w.kind = c.kind AND w.value = c.value
       JOIN rows r ON r.run_id = c.run_id AND r.number = c.row_number AND ${holds('$3')}
       WHERE c.account_id = $1`,
      [accountId, toJson(wanted), now],
    );
  }

  /**
   * Notes that a batch is about to leave: its rows are `sending`, their contacts are claimed. To be committed together
   * with the operation before the request leaves. Throws when a row is not ready or a claim is held by another row.
   */
  async begin(batch: NewBatch): Promise<void> {
    assertMove(ROW_MOVES, 'ready', 'sending');
    const { id, accountId, claims, commands, owner, leaseUntil, sentAt } = batch;
    const [stored]: { sending: number; claimed: number }[] = await this.manager.query(
      `WITH begun AS (
         INSERT INTO batches (id, account_id, owner, lease_until, state, sent_at)
         VALUES ($2, $1, $3, $4, 'sending', $5)
       ), sending AS (
         UPDATE rows r SET state = 'sending', attempts = c.attempt, not_before = NULL
         FROM jsonb_to_recordset($6::jsonb) AS c ("runId" uuid, "rowNumber" int, attempt smallint)
         WHERE r.run_id = c."runId" AND r.number = c."rowNumber" AND r.state = 'ready' RETURNING 1
       ), claimed AS (
         INSERT INTO claims AS held (account_id, kind, value, run_id, row_number)
         SELECT $1, kind, value, "runId", "rowNumber"
         FROM jsonb_to_recordset($7::jsonb) AS c (kind text, value text, "runId" uuid, "rowNumber" int)
         ON CONFLICT (account_id, kind, value) DO UPDATE SET run_id = excluded.run_id, row_number = excluded.row_number
           WHERE held.run_id = excluded.run_id AND held.row_number = excluded.row_number OR NOT EXISTS
             (SELECT FROM rows r WHERE r.run_id = held.run_id AND r.number = held.row_number AND ${holds('$5')})
         RETURNING 1
       ), noted AS (
         INSERT INTO commands (id, batch_id, run_id, row_number, attempt, action, contact_id, data, sent_at, state)
         SELECT id, $2, "runId", "rowNumber", attempt, action, "contactId", data, $5, 'sending'
         FROM jsonb_to_recordset($6::jsonb) AS c (id text, "runId" uuid, "rowNumber" int, attempt smallint, action text,
           "contactId" bigint, data jsonb)
       )
       SELECT (SELECT count(*)::int FROM sending) AS sending, (SELECT count(*)::int FROM claimed) AS claimed`,
      [accountId, id, owner, leaseUntil, sentAt, toJson(commands), toJson(claims)],
    );
    if (stored?.sending !== commands.length) throw new Error(`A row of batch ${id} is no longer ready.`);
    // A row may claim again what it holds already, and what another kept but holds no more.
    if (stored.claimed !== claims.length) throw new Error('A contact of the batch is claimed by another row.');
  }

  /** Ends a batch's time on the way, for its owner only. False: another owner has taken it over, nothing may be stored. */
  async end(batchId: string, owner: string, now: Date): Promise<boolean> {
    const result = await this.manager.update(
      BatchEntity,
      { id: batchId, owner, state: 'sending' },
      { state: 'answered', answeredAt: now },
    );
    return result.affected === 1;
  }

  /**
   * Batches of the account that were on the way when their owner died or could not store the answer, taken over by
   * `owner`, which has none on the way. `exclusive`: no other process can be alive, so no lease has to run out first.
   */
  async takeOverOrphans(accountId: string, owner: string, now: Date, exclusive: boolean): Promise<readonly string[]> {
    const [orphans]: [{ id: string }[], number] = await this.manager.query(
      `UPDATE batches SET owner = $2, lease_until = $3::timestamptz + interval '1 minute'
       WHERE account_id = $1 AND state = 'sending' AND ($4 OR owner = $2 OR lease_until < $3) RETURNING id`,
      [accountId, owner, now, exclusive],
    );
    return orphans.map((batch) => batch.id);
  }

  /** Moves rows and commands, and releases the claims of rows that no longer need them. */
  async change(rows: readonly RowChange[], commands: readonly CommandChange[]): Promise<void> {
    for (const row of rows) assertMove(ROW_MOVES, row.from, row.to);
    const released = rows.filter((row) => row.to !== 'in doubt' && row.notBefore == null);
    const [stored]: { moved: number }[] = await this.manager.query(
      `WITH moved AS (
         UPDATE rows r SET state = c."to", contact_id = coalesce(c."contactId", r.contact_id),
           issues = coalesce(c.issues, r.issues), reason = coalesce(c.reason, r.reason),
           is_known = coalesce(c."isKnown", r.is_known), not_before = c."notBefore",
           batch_limit = coalesce(c."batchLimit", r.batch_limit),
           search_first = coalesce(c."searchFirst", r.search_first)
         FROM jsonb_to_recordset($1::jsonb) AS c ("runId" uuid, "rowNumber" int, "from" text, "to" text,
           "contactId" bigint, issues jsonb, reason text, "isKnown" boolean, "notBefore" timestamptz, "batchLimit" smallint,
           "searchFirst" boolean)
         WHERE r.run_id = c."runId" AND r.number = c."rowNumber" AND r.state = c."from" RETURNING 1
       ), noted AS (
         UPDATE commands o SET state = c.state, look_up_at = coalesce(c."lookUpAt", o.look_up_at),
           answer = coalesce(c.answer, o.answer)
         FROM jsonb_to_recordset($2::jsonb) AS c (id text, state text, "lookUpAt" timestamptz, answer jsonb)
         WHERE o.id = c.id
       ), released AS (
         DELETE FROM claims USING jsonb_to_recordset($3::jsonb) AS c ("runId" uuid, "rowNumber" int)
         WHERE claims.run_id = c."runId" AND claims.row_number = c."rowNumber"
       )
       SELECT count(*)::int AS moved FROM moved`,
      [toJson(rows), toJson(commands), toJson(released)],
    );
    if (stored?.moved !== rows.length) throw new Error('A row was no longer where its answer expected it.');
  }

  /** Releases what the ended rows of a run still hold. */
  async releaseClaims(runId: string): Promise<void> {
    await this.manager.query('DELETE FROM claims WHERE run_id = $1', [runId]);
  }
}
