import type { Issue, TagsLeftOut, ValidContact } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';
import type { RowEntity } from './entities/row.entity.js';
import { LinkEntity, type StoredGone } from './entities/link.entity.js';
import { acceptFolded, type AcceptedRow } from './folded-links.js';
import { toJson } from './json.js';
import { BROUGHT, freeTags, LEAVES_OUT_NOTHING, reachOf, stillLeavesOut } from './left-out-tags.js';
import { membersOf } from './members.js';

export interface LinkKey {
  readonly accountId: string;
  readonly connectionId: string;
  readonly key: string;
}

/** What CloudTalk accepted for a record. */
export interface Acceptance extends LinkKey {
  readonly contactId: number;
  readonly accepted: object;
  readonly fingerprint: string;
  /** What the record itself leaves out of the tags; absent or null: nothing. */
  readonly tagsLeftOut?: TagsLeftOut | null | undefined;
  /** The row that brought it, where rows may have been folded into that. */
  readonly runId?: string;
  readonly rowNumber?: number;
}

/** A record, and the contact that it has; null: CloudTalk has lost it. */
export interface Holder extends LinkKey {
  readonly contactId: number | null;
}

/** A record that is no more, and the contact that was changed for that, with the tag that it got; null when none was. */
export interface Ended extends LinkKey {
  readonly contactId: number | null;
  readonly gone: StoredGone;
  readonly endTag: string | null;
}

type FoldTarget = Pick<RowEntity, 'runId' | 'number'>;

/** What was refused for a record. */
export interface Refusal extends LinkKey {
  readonly fingerprint: string;
  readonly issues: readonly Issue[];
}

/** Of a link `l`: its record itself was read, and the link is not only what another record handed down to it. */
export const WAS_READ = `(l.accepted_fingerprint IS NOT NULL OR l.refused_fingerprint IS NOT NULL
  OR l.reported IS NOT NULL OR l.to_report IS NOT NULL)`;

/**
 * Of a link `l`: it was handed down to the record $3 of connection $2 as well, in a connection of the same connector that
 * never read it. (An id alone does not say so: two portals give the same ids to different people.)
 */
const IS_SAME_RECORD = `(l.key = $3 AND NOT ${WAS_READ} AND l.connection_id = ANY (ARRAY
  (SELECT c.id FROM connections own JOIN connections c ON c.account_id = own.account_id AND c.connector = own.connector
   WHERE own.id = $2 AND c.id <> own.id)))`;

/** Of a link `l`: its record is of the connection $2, and the run that the parameter names says that it is no more. */
function endsIn(run: string): string {
  return `(l.connection_id = $2 AND l.key IN
    (SELECT link_key FROM rows WHERE run_id = ${run} AND gone IS NOT NULL AND state = 'ready'))`;
}

/**
 * Of a row `r` and its link `l`: the link names the row's contact. That of a record which was merged or converted, and
 * is back, may name the contact of the record that it went into, of which nothing was accepted for it.
 */
export const NAMES_CONTACT = `(l.contact_id IS NOT NULL
  AND (r.gone IS NOT NULL OR l.gone IS NULL OR l.gone->>'how' = 'deleted' OR l.accepted IS NOT NULL))`;

/** Notes what was refused; the parameter is the refusals as JSON. */
export function upsertRefusals(refusals: string): string {
  return `INSERT INTO links (account_id, connection_id, key, refused_fingerprint, refused_issues)
    SELECT DISTINCT ON ("connectionId", key) "accountId", "connectionId", key, fingerprint, issues
    FROM jsonb_to_recordset(${refusals}::jsonb) AS l ("accountId" text, "connectionId" text, key text,
      fingerprint text, issues jsonb)
    ON CONFLICT (connection_id, key) DO UPDATE SET
      refused_fingerprint = excluded.refused_fingerprint, refused_issues = excluded.refused_issues`;
}

/** The links: what is known of each source record beyond a single run. */
export class LinkRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The links of these keys, by key. */
  async ofKeys(connectionId: string, keys: readonly string[]): Promise<ReadonlyMap<string, LinkEntity>> {
    if (keys.length === 0) return new Map();
    const links: LinkEntity[] = await this.manager.query(
      `SELECT ${membersOf(this.manager, LinkEntity)} FROM links WHERE connection_id = $1 AND key = ANY($2::text[])`,
      [connectionId, keys],
    );
    return new Map(links.map((link) => [link.key, link]));
  }

  /**
   * Notes what was accepted, also for the records that were folded into its rows; what was refused before is forgotten. A
   * record that leaves out no tags any more frees them, and the contacts no longer have the tags that they got from their
   * connections at the end of records.
   */
  async accept(acceptances: readonly Acceptance[], now: Date): Promise<void> {
    await this.manager.query(
      `WITH entries AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS e ("accountId" text, "connectionId" text, key text,
           "contactId" bigint, accepted jsonb, fingerprint text, "tagsLeftOut" jsonb)
       ), freed AS (${freeTags(stillLeavesOut('n."tagsLeftOut"'))})
       INSERT INTO links
         (account_id, connection_id, key, contact_id, accepted, accepted_fingerprint, accepted_at, tags_left_out, brought)
       SELECT "accountId", "connectionId", key, "contactId", accepted, fingerprint, $2, "tagsLeftOut",
         accepted->'tags' FROM entries
       ON CONFLICT (connection_id, key) DO UPDATE SET contact_id = excluded.contact_id, accepted = excluded.accepted,
         accepted_fingerprint = excluded.accepted_fingerprint, accepted_at = excluded.accepted_at, brought = ${BROUGHT},
         tags_left_out = excluded.tags_left_out, refused_fingerprint = NULL, refused_issues = NULL, gone = NULL`,
      [toJson(acceptances), now],
    );
    const ofRows = acceptances.filter(
      (acceptance): acceptance is Acceptance & AcceptedRow => 'rowNumber' in acceptance,
    );
    await acceptFolded(this.manager, ofRows, now);
    await this.manager.query(
      `UPDATE links l SET end_tag = NULL
       FROM jsonb_to_recordset($1::jsonb) AS e ("accountId" text, "connectionId" text, "contactId" bigint)
       WHERE l.account_id = e."accountId" AND l.contact_id = e."contactId" AND l.connection_id = e."connectionId"
         AND l.end_tag IS NOT NULL`,
      [toJson(acceptances)],
    );
  }

  /**
   * Notes what became of records that are no more, once that was dealt with; what was handed down to the same records in
   * other connections ends with them, and tags that they left out are free.
   */
  async keepGone(entries: readonly Ended[]): Promise<void> {
    await this.manager.query(
      `WITH entries AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS e ("connectionId" text, key text, "contactId" bigint, gone jsonb,
           "endTag" text)
       ), freed AS (${freeTags('false')})
       UPDATE links l SET gone = e.gone, to_report = NULL, ${LEAVES_OUT_NOTHING},
         contact_id = coalesce(e."contactId", l.contact_id), end_tag = coalesce(e."endTag", l.end_tag) FROM entries e
       WHERE l.connection_id = e."connectionId" AND l.key = e.key`,
      [toJson(entries)],
    );
    for (const { accountId, connectionId, key } of entries) {
      const place = [accountId, connectionId, key];
      await this.manager.query(`DELETE FROM links l WHERE l.account_id = $1 AND ${IS_SAME_RECORD}`, place);
    }
  }

  /**
   * The tags that a contact, or that of a record, got from a connection at the end of records, and still has; not those that
   * a record of another connection brings meanwhile.
   */
  async endTags({ accountId, connectionId, key }: LinkKey, contactId: number): Promise<readonly string[]> {
    const found: { tag: string }[] = await this.manager.query(
      `SELECT DISTINCT end_tag AS tag FROM links l
       WHERE end_tag IS NOT NULL AND connection_id = $2 AND (account_id = $1 AND contact_id = $4 OR key = $3)
         AND NOT EXISTS (SELECT FROM links o WHERE o.account_id = $1 AND o.contact_id = $4 AND o.connection_id <> $2
           AND o.gone IS NULL AND o.accepted->'tags' ? l.end_tag)`,
      [accountId, connectionId, key, contactId],
    );
    return found.map(({ tag }) => tag);
  }

  /** What was accepted last into a contact from a connection, where rows of the run were folded into this one. */
  async acceptedOfFolded(
    { accountId, connectionId }: Omit<LinkKey, 'key'>,
    contactId: number,
    row: FoldTarget,
  ): Promise<ValidContact | undefined> {
    const [found]: { accepted: ValidContact }[] = await this.manager.query(
      `SELECT accepted FROM links WHERE account_id = $5 AND connection_id = $1 AND contact_id = $2
         AND accepted IS NOT NULL AND accepted_at IS NOT NULL
         AND EXISTS (SELECT FROM rows WHERE run_id = $3 AND folded_into = $4)
       ORDER BY accepted_at DESC LIMIT 1`,
      [connectionId, contactId, row.runId, row.number, accountId],
    );
    return found?.accepted;
  }

  /** Points a record's link at another contact, of which nothing is known to be accepted. */
  async relink({ connectionId, key }: LinkKey, contactId: number): Promise<void> {
    await this.manager.query(
      `UPDATE links SET contact_id = $3, accepted = NULL, accepted_fingerprint = NULL, accepted_at = NULL,
         brought = NULL
       WHERE connection_id = $1 AND key = $2`,
      [connectionId, key, contactId],
    );
  }

  /** Lets a record that has lost its contact stand for another one, into which it is sent when it is read again. */
  async moveTo({ connectionId, key }: LinkKey, contactId: number): Promise<void> {
    await this.manager.query(
      `UPDATE links SET contact_id = $3, accepted_at = NULL,
         accepted_fingerprint = CASE WHEN accepted_fingerprint IS NOT NULL THEN '' END
       WHERE connection_id = $1 AND key = $2`,
      [connectionId, key, contactId],
    );
  }

  /** A record of the account, of whatever connection, that has a contact. */
  async withContact(accountId: string, key: string): Promise<LinkEntity | null> {
    return this.manager
      .createQueryBuilder(LinkEntity, 'link')
      .where('link.account_id = :accountId AND link.key = :key AND link.contact_id IS NOT NULL', { accountId, key })
      .orderBy('link.connection_id')
      .getOne();
  }

  /** True when another record than this one stands for the contact, and does not end in the run `runId`. */
  async isShared({ accountId, connectionId, key }: LinkKey, contactId: number, runId?: string): Promise<boolean> {
    const found: unknown[] = await this.manager.query(
      `SELECT 1 FROM links l WHERE l.account_id = $1 AND l.contact_id = $4 AND l.gone IS NULL
         AND (l.connection_id <> $2 OR l.key <> $3) AND NOT ${IS_SAME_RECORD} AND NOT ${endsIn('$5')} LIMIT 1`,
      [accountId, connectionId, key, contactId, runId ?? null],
    );
    return found.length > 0;
  }

  /**
   * The other records of the account that live, also after the run `runId`, and whose contact is lost, or another one than
   * this, for which one of these numbers or e-mails was accepted from them, or from those that they have it from; of those that
   * have one contact together, one. Those that have none come first. Looks through all links of the account (100,000 take
   * about a second): to be asked where an operation is spent as well, of which there is one a second.
   */
  async otherHolders(
    { accountId, connectionId, key }: LinkKey,
    contactId: number,
    identities: readonly string[],
    runId: string,
  ): Promise<readonly Holder[]> {
    return this.manager.query(
      `SELECT DISTINCT ON (l.contact_id) l.account_id AS "accountId", l.connection_id AS "connectionId", l.key,
         l.contact_id AS "contactId" FROM links l
       WHERE l.account_id = $1 AND l.gone IS NULL AND (l.connection_id <> $2 OR l.key <> $3)
         AND l.contact_id IS DISTINCT FROM $4 AND NOT ${endsIn('$6')} AND (${reachOf('l')} ?| $5::text[]
           OR l.contact_id IN (SELECT o.contact_id FROM links o WHERE o.account_id = $1 AND ${reachOf('o')} ?| $5::text[]))
       ORDER BY l.contact_id NULLS FIRST, l.key`,
      [accountId, connectionId, key, contactId, identities, runId],
    );
  }

  /** Notes what was refused; what was accepted before stays, since CloudTalk still holds it. */
  async refuse(refusals: readonly Refusal[]): Promise<void> {
    await this.manager.query(upsertRefusals('$1'), [toJson(refusals)]);
  }

  /**
   * Forgets a contact that CloudTalk no longer has: its records are matched anew. What was accepted for them stays where
   * an agent may have merged the contact, so that it is found again by numbers that a record has no more; not where we
   * deleted it ourselves. There its directory entries go, too; of a lost one they stay until they are searched, and send
   * every row that has one of them on a search.
   */
  async forgetContact(accountId: string, contactId: number, how: 'lost' | 'deleted'): Promise<void> {
    await this.manager.query(
      `UPDATE links SET contact_id = NULL, accepted = CASE WHEN $3 THEN accepted END, accepted_fingerprint = NULL,
         accepted_at = NULL, brought = CASE WHEN $3 THEN brought END, end_tag = CASE WHEN $3 THEN end_tag END
       WHERE account_id = $1 AND contact_id = $2`,
      [accountId, contactId, how === 'lost'],
    );
    if (how === 'lost') return;
    await this.manager.query('DELETE FROM directory WHERE account_id = $1 AND contact_id = $2', [accountId, contactId]);
  }
}
