import type { Reach } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';
import type { RowEntity } from './entities/row.entity.js';
import { OVERTAKEN, type RunPlace } from './gone.repository.js';
import { identitiesIn, reachOf } from './left-out-tags.js';
import { toJson } from './json.js';
import type { LinkKey } from './link.repository.js';
import { withoutNestedLoops } from './without-nested-loops.js';

/** A record that would be given the contact of others that went into it. */
export interface Heir {
  readonly how: 'merged' | 'converted';
  readonly key: string;
  readonly contactId: number;
}

/** A record into which others were merged, with its numbers and e-mails. */
export interface Survivor {
  readonly key: string;
  readonly contact: Reach;
}

/** A survivor as a run has read it last; without a contact where that was not valid, or is not to go in. */
export interface ReadSurvivor {
  readonly key: string;
  readonly contact: Reach | null;
  readonly fields: RowEntity['raw'];
}

/** Of the rows `r`: they say of a record of the run $1 into which other one it went, as far as that is followed. */
const WENT_INTO = `r.run_id = $1 AND r.gone->>'into' IS NOT NULL AND r.state <> 'not processed'
  AND r.reason IS DISTINCT FROM '${OVERTAKEN}'`;

/** The survivors $3, as JSON. */
const SURVIVORS = `survivors AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS s (key text, contact jsonb))`;

/**
 * Which of the numbers and e-mails of the contact of `survivors` is the first that was accepted for the link `l`, too; null:
 * none. Where two records are merged into a new one, as HubSpot does, this says whose contact is to go on.
 */
const KINSHIP = `(SELECT min(i.place) FROM jsonb_array_elements_text(${identitiesIn('survivors.contact')})
    WITH ORDINALITY AS i (identity, place) WHERE ${reachOf('l')} ? i.identity)`;

/** The records into which others went, and the contacts of these that are theirs from then on. */
export class HeirRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The records that a run has read as living, and into which it says that several were merged. */
  async survivors(run: RunPlace): Promise<readonly ReadSurvivor[]> {
    return withoutNestedLoops(
      this.manager,
      `SELECT DISTINCT ON (s.link_key) s.link_key AS key, s.contact, s.raw AS fields FROM rows s
       WHERE s.run_id = $1 AND s.gone IS NULL AND s.link_key IN (
         SELECT 'id:' || (r.gone->>'into') FROM rows r WHERE ${WENT_INTO} AND r.gone->>'how' = 'merged'
         GROUP BY 1 HAVING count(*) > 1)
       ORDER BY s.link_key, s.number DESC`,
      [run.id],
    );
  }

  /**
   * Gives the contact of each record that went into another one to that one, where it has none: of the same connection when
   * it was merged, of another of the same connector and account when it was converted. Of several contacts one of the
   * `survivors` gets that which has its first number, else e-mail. One that was told anything, or still is to be, is told
   * the contact. Yields how many were given, until none is left, however long the chain. Not to be called in a transaction:
   * runs of other connections change the same links in orders of their own, so that none is held while another is waited for.
   */
  async *handDown(run: RunPlace, survivors: readonly Survivor[]): AsyncGenerator<number> {
    for (let given = 1; given > 0;) {
      const heirs: (LinkKey & Pick<Heir, 'contactId'>)[] = await this.manager.query(
        `WITH ${SURVIVORS}
         SELECT DISTINCT ON (c.id, r.gone->>'into') l.account_id AS "accountId", c.id AS "connectionId",
           'id:' || (r.gone->>'into') AS key, l.contact_id AS "contactId"
         FROM rows r
         JOIN links l ON l.connection_id = $2 AND l.key = r.link_key AND l.contact_id IS NOT NULL
         JOIN connections own ON own.id = $2
         JOIN connections c ON CASE WHEN r.gone->>'how' = 'merged' THEN c.id = own.id
           ELSE c.id <> own.id AND c.account_id = own.account_id AND c.connector = own.connector END
         LEFT JOIN survivors ON c.id = own.id AND survivors.key = 'id:' || (r.gone->>'into')
         WHERE ${WENT_INTO} AND r.state = 'ready' AND NOT EXISTS (SELECT FROM links heir
           WHERE heir.connection_id = c.id AND heir.key = 'id:' || (r.gone->>'into') AND heir.contact_id IS NOT NULL)
         ORDER BY c.id, r.gone->>'into', ${KINSHIP}, r.number`,
        [run.id, run.connectionId, toJson(survivors)],
      );
      for (const heir of heirs) await this.inherit(heir);
      given = heirs.length;
      yield given;
    }
  }

  /** What the heir had brought to a contact that CloudTalk has lost since is not in this one. */
  private async inherit({ accountId, connectionId, key, contactId }: LinkKey & Pick<Heir, 'contactId'>): Promise<void> {
    await this.manager.query(
      `INSERT INTO links AS heir (account_id, connection_id, key, contact_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT (connection_id, key) DO UPDATE SET contact_id = excluded.contact_id, accepted = NULL, brought = NULL,
         to_report = jsonb_set(coalesce(heir.to_report, CASE WHEN heir.gone IS NULL
           AND heir.reported->>'contactId' <> excluded.contact_id::text THEN heir.reported END),
           '{contactId}', to_jsonb(excluded.contact_id::text))
       WHERE heir.contact_id IS NULL`,
      [accountId, connectionId, key, contactId],
    );
  }

  /**
   * Lets records that had ended live again, whatever becomes of their rows; each is sent again. One that was merged or
   * converted stands for its contact as before, also where another one has gone into that since, but not for that of the
   * record which it went into. From those to which its contact was handed down, and which have never gone in, it is taken
   * back, with the tag that it got at the end of one.
   */
  async takeBack({ connectionId }: Pick<RunPlace, 'connectionId'>, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.manager.query(
      `WITH RECURSIVE line (key, contact_id, heir) AS (
         SELECT key, contact_id, 'id:' || (gone->>'into') FROM links
         WHERE connection_id = $1 AND key = ANY ($2::text[]) AND gone->>'how' = 'merged'
           AND contact_id IS NOT NULL AND accepted IS NOT NULL
         UNION SELECT line.key, line.contact_id, 'id:' || (h.gone->>'into') FROM line
         JOIN links h ON h.connection_id = $1 AND h.key = line.heir AND h.contact_id = line.contact_id
           AND h.gone->>'how' = 'merged'
       ), heirs AS (
         SELECT line.key AS record, h.key, h.end_tag, h.accepted_at IS NOT NULL AS went_in
         FROM line JOIN links h ON h.connection_id = $1 AND h.key = line.heir AND h.contact_id = line.contact_id
       ), taken AS (
         UPDATE links h SET contact_id = NULL, end_tag = NULL, to_report = CASE WHEN h.gone IS NULL
           THEN jsonb_set(coalesce(h.to_report, h.reported), '{contactId}', '""') ELSE h.to_report END
         WHERE h.connection_id = $1 AND h.key IN (SELECT key FROM heirs WHERE NOT went_in) AND h.key <> ALL ($2::text[])
       ), back AS (
         SELECT l.key, l.gone->>'how' <> 'deleted' AND l.accepted IS NULL
             OR l.key IN (SELECT key FROM heirs WHERE NOT went_in) AS is_of_other,
           l.key IN (SELECT record FROM heirs WHERE went_in) AS has_changed,
           (SELECT max(end_tag) FROM heirs WHERE record = l.key AND NOT went_in) AS end_tag
         FROM links l WHERE l.connection_id = $1 AND l.key = ANY ($2::text[])
       )
       UPDATE links l SET gone = NULL, contact_id = CASE WHEN NOT back.is_of_other THEN l.contact_id END,
         accepted_at = CASE WHEN NOT back.has_changed THEN l.accepted_at END,
         accepted_fingerprint = CASE WHEN l.accepted_fingerprint IS NOT NULL THEN '' END,
         end_tag = CASE WHEN NOT back.is_of_other THEN coalesce(back.end_tag, l.end_tag) END
       FROM back WHERE l.connection_id = $1 AND l.key = back.key`,
      [connectionId, keys],
    );
  }

  /**
   * What `handDown` would give, which stores nothing of it here: for each record without a contact that others went into,
   * how they did, its key, and the contact that it would have.
   */
  async of(run: RunPlace, survivors: readonly Survivor[]): Promise<readonly Heir[]> {
    return this.manager.query(
      `WITH RECURSIVE ${SURVIVORS},
       lost AS (
         SELECT r.number, r.link_key, r.gone->>'how' AS how, 'id:' || (r.gone->>'into') AS heir, l.contact_id,
           ${KINSHIP} AS kinship
         FROM rows r LEFT JOIN links l ON l.connection_id = $2 AND l.key = r.link_key
         LEFT JOIN survivors ON r.gone->>'how' = 'merged' AND survivors.key = 'id:' || (r.gone->>'into')
         WHERE ${WENT_INTO}),
       given (how, heir, contact_id, kinship, path) AS (
         SELECT how, heir, contact_id, kinship, ARRAY[number] FROM lost WHERE contact_id IS NOT NULL
         UNION ALL
         SELECT l.how, l.heir, g.contact_id, NULL, l.number || g.path FROM given g
         JOIN lost l ON g.how = 'merged' AND l.link_key = g.heir AND l.contact_id IS NULL AND l.number <> ALL (g.path))
       SELECT DISTINCT ON (g.how, g.heir) g.how, g.heir AS key, g.contact_id AS "contactId"
       FROM given g JOIN connections own ON own.id = $2
       JOIN connections c ON CASE WHEN g.how = 'merged' THEN c.id = own.id
         ELSE c.id <> own.id AND c.account_id = own.account_id AND c.connector = own.connector END
       WHERE NOT EXISTS (SELECT FROM links h WHERE h.connection_id = c.id AND h.key = g.heir AND h.contact_id IS NOT NULL)
       ORDER BY g.how, g.heir, cardinality(g.path), g.kinship, g.path`,
      [run.id, run.connectionId, toJson(survivors)],
    );
  }
}
