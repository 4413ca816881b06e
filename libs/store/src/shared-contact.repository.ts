import type { TagsLeftOut, ValidContact } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';
import { toJson } from './json.js';
import type { LinkKey } from './link.repository.js';
import { assertMove, ROW_MOVES } from './states.js';

/** The keys of links whose records have no id: several of a connection may stand for one contact. */
const WITHOUT_ID = `key NOT LIKE 'id:%'`;

/** A row without a record's id, and the contact that it went into. */
export interface SharedAcceptance extends LinkKey {
  readonly contactId: number;
  readonly accepted: object;
  readonly tagsLeftOut?: TagsLeftOut | null | undefined;
  readonly runId: string;
  readonly rowNumber: number;
}

/** A link of the same contact under another key, and the row that has spoken of the contact since. */
interface Overtaken extends Pick<LinkKey, 'connectionId' | 'key'>, Pick<SharedAcceptance, 'runId' | 'rowNumber'> {
  readonly isKnown: boolean;
}

/**
 * Records without ids. A row of one is found again by its first number or e-mail, so that one contact may have come under
 * several keys of a connection: what was accepted last counts for the contact, whatever key it came under.
 */
export class SharedContactRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The contact as it was last accepted from records of the connection that have no id. */
  async accepted(connectionId: string, accountId: string, contactId: number): Promise<ValidContact | undefined> {
    const [last]: { accepted: ValidContact }[] = await this.manager.query(
      `SELECT accepted FROM links WHERE account_id = $1 AND contact_id = $2 AND connection_id = $3 AND ${WITHOUT_ID}
         AND accepted IS NOT NULL AND accepted_at IS NOT NULL ORDER BY accepted_at DESC LIMIT 1`,
      [accountId, contactId, connectionId],
    );
    return last?.accepted;
  }

  /**
   * Notes for the whole contact what rows have just said of it. Later rows of their run that were taken as unchanged are
   * ready again, since they come after; a key that the run does not bring is no longer known as unchanged.
   */
  async share(acceptances: readonly SharedAcceptance[]): Promise<void> {
    if (acceptances.length === 0) return;
    const last = new Map(
      acceptances.map((acceptance) => [`${acceptance.connectionId} ${acceptance.contactId}`, acceptance]),
    );
    const [overtaken]: [Overtaken[], number] = await this.manager.query(
      `UPDATE links o SET accepted = a.accepted, tags_left_out = a."tagsLeftOut"
       FROM jsonb_to_recordset($1::jsonb) AS a ("accountId" text, "connectionId" text, key text, "contactId" bigint,
         accepted jsonb, "tagsLeftOut" jsonb, "runId" uuid, "rowNumber" int)
       WHERE o.account_id = a."accountId" AND o.contact_id = a."contactId" AND o.connection_id = a."connectionId"
         AND o.key <> a.key AND o.${WITHOUT_ID}
       RETURNING o.connection_id AS "connectionId", o.key, o.accepted_fingerprint IS NOT NULL AS "isKnown", a."runId",
         a."rowNumber"`,
      [toJson([...last.values()])],
    );
    const known = overtaken.filter(({ isKnown }) => isKnown);
    for (const runId of new Set(known.map((link) => link.runId))) {
      await this.overtake(
        runId,
        known.filter((link) => link.runId === runId),
      );
    }
  }

  private async overtake(runId: string, links: readonly Overtaken[]): Promise<void> {
    assertMove(ROW_MOVES, 'unchanged', 'ready');
    const keys = links.map(({ key }) => key);
    const behind = Object.fromEntries(links.map(({ key, rowNumber }) => [key, rowNumber]));
    await this.manager.query(
      `UPDATE rows SET state = 'ready', contact_id = NULL
       WHERE run_id = $1 AND state = 'unchanged' AND record_id IS NULL AND link_key = ANY($2::text[])
         AND number > ($3::jsonb->>link_key)::int`,
      [runId, keys, toJson(behind)],
    );
    await this.manager.query(
      `UPDATE links SET accepted_fingerprint = NULL
       WHERE connection_id = $1 AND key = ANY($2::text[]) AND key <> ALL (ARRAY(
         SELECT link_key FROM rows WHERE run_id = $3 AND record_id IS NULL AND link_key = ANY($2::text[])
           AND state NOT IN ('folded', 'failed', 'skipped', 'not processed')))`,
      [links[0]?.connectionId, keys, runId],
    );
  }
}
