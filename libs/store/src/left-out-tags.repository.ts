import type { TagsLeftOut } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';
import type { RowEntity } from './entities/row.entity.js';
import type { AcceptedRow } from './folded-links.js';
import { toJson } from './json.js';
import { isOtherRecord, MARK_LEFT_OUT, reachOf } from './left-out-tags.js';
import type { LinkKey } from './link.repository.js';

/** What a contact's tags owe to the records of a connection. */
export interface TagsOfContact {
  /** What other living records leave out; those that were folded in this run, as it says. */
  readonly leftOut: readonly TagsLeftOut[];
  /** What all of them brought that was not taken off again. */
  readonly brought: readonly string[];
}

/** What the tags of a contact owe to one of its records. */
interface KnownTags {
  readonly isOther: boolean;
  readonly leftOut: TagsLeftOut | null;
  readonly brought: readonly string[] | null;
}

/** Tags that records of a contact leave out, and what that means to the others. */
export class LeftOutTagsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Notes for all records of the contacts into which these rows went which of their tags are not there; see `MARK_LEFT_OUT`. */
  async mark(rows: readonly Pick<AcceptedRow, 'connectionId' | 'key' | 'runId'>[]): Promise<void> {
    if (rows.length > 0) await this.manager.query(MARK_LEFT_OUT, [toJson(rows)]);
  }

  /**
   * Nothing of what the records of these rows brought before to a contact that CloudTalk has lost is on the ones that were
   * made for them now. (On one that was there an agent may have merged the lost one.)
   */
  async beginAnew(rows: readonly AcceptedRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.manager.query(
      `WITH made AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS n ("connectionId" text, key text, "runId" uuid, "rowNumber" int)
       )
       UPDATE links l SET brought = NULL FROM (
         SELECT "connectionId", key FROM made
         UNION SELECT made."connectionId", f.link_key FROM made
           JOIN rows f ON f.run_id = made."runId" AND f.folded_into = made."rowNumber" AND f.record_id IS NOT NULL
       ) AS m
       WHERE l.connection_id = m."connectionId" AND l.key = m.key AND l.contact_id IS NULL AND l.brought IS NOT NULL`,
      [toJson(rows)],
    );
  }

  /**
   * What a contact's tags owe to the records of a connection, when a row of one of them is about to be sent; without a
   * contact, those of one that is to be made. Of a record whose contact CloudTalk has lost, as it has those of `lost`, what
   * it leaves out counts wherever one of its numbers or e-mails goes.
   */
  async of(
    { accountId, connectionId, key }: LinkKey,
    contactId: number | undefined,
    { runId, number }: Pick<RowEntity, 'runId' | 'number'>,
    identities: readonly string[],
    lost: readonly number[],
  ): Promise<TagsOfContact> {
    const links: KnownTags[] = await this.manager.query(
      `WITH firsts AS (
           SELECT $6::int AS number UNION SELECT number FROM rows WHERE run_id = $5 AND contact_id = $4
             AND last_folded IS NOT NULL AND state IN ('created', 'updated', 'unchanged')
         ), folded AS (
           SELECT DISTINCT ON (f.link_key) f.link_key AS key, f.tags_left_out, f.folded_into = $6 AS is_own
           FROM firsts JOIN rows f ON f.run_id = $5 AND f.folded_into = firsts.number AND f.record_id IS NOT NULL
           ORDER BY f.link_key, f.number DESC
         ), present AS (
           SELECT key, brought, tags_left_out FROM links
           WHERE account_id = $1 AND contact_id = $4 AND connection_id = $2
           UNION ALL SELECT l.key, NULL, l.tags_left_out FROM links l
           WHERE l.connection_id = $2 AND (l.contact_id IS NULL OR l.contact_id = ANY ($8::bigint[])) AND l.tags_left_out IS NOT NULL
             AND ${reachOf('l')} ?| $7::text[]
         )
         SELECT ${isOtherRecord('coalesce(p.key, f.key)', '$3')} AND f.is_own IS NOT TRUE AS "isOther",
           CASE WHEN f.key IS NULL THEN p.tags_left_out ELSE f.tags_left_out END AS "leftOut",
           p.brought
         FROM present p FULL JOIN folded f ON f.key = p.key`,
      [accountId, connectionId, key, contactId ?? null, runId, number, identities, lost],
    );
    return {
      leftOut: links.flatMap(({ isOther, leftOut }) => (isOther && leftOut !== null ? [leftOut] : [])),
      brought: [...new Set(links.flatMap(({ brought }) => brought ?? []))],
    };
  }

  /** Other contacts of records that leave out tags and have one of these numbers or e-mails. */
  async leavingOut(
    connectionId: string,
    contactId: number | undefined,
    identities: readonly string[],
  ): Promise<readonly number[]> {
    const found: { id: number }[] = await this.manager.query(
      `SELECT DISTINCT l.contact_id AS id FROM links l
       WHERE l.connection_id = $1 AND l.contact_id IS DISTINCT FROM $2 AND l.contact_id IS NOT NULL
         AND l.tags_left_out IS NOT NULL AND ${reachOf('l')} ?| $3::text[]`,
      [connectionId, contactId ?? null, identities],
    );
    return found.map(({ id }) => id);
  }
}
