/**
 * Tags that a record brings, and that are not on its contact because another record leaves them out. Such a record is
 * marked in what was accepted for it, and in its fingerprint once it has to bring them again.
 */
import type { LinkEntity } from './entities/link.entity.js';

/** How the fingerprint of a link begins whose record is as it was accepted, but has to bring or take off its tags again. */
const FREED = 'freed ';
export const IS_FREED = `accepted_fingerprint LIKE '${FREED}%'`;

/** Whether a fingerprint is what was accepted for a link, though its record may have to bring its tags again. */
export function wasAccepted(link: string, fingerprint: string): string {
  return `${link}.accepted_fingerprint IN (${fingerprint}, '${FREED}' || ${fingerprint})`;
}

/** Whether the record of a link is as it was accepted, and only has to bring its tags again. */
export function bringsTagsAgain({ acceptedFingerprint }: LinkEntity, fingerprint: string | null): boolean {
  return fingerprint !== null && acceptedFingerprint === FREED + fingerprint;
}

/** The numbers and e-mails that were accepted for a link, the latter in lower case, as a JSON array: an index has them so. */
export function reachOf(link: string): string {
  return `lower(((${link}.accepted->'phones') || (${link}.accepted->'emails'))::text)::jsonb`;
}

/** Whether two links have a number or an e-mail in common; `one` is found by that. */
function meets(one: string, other: string): string {
  return `${reachOf(one)} ?| ARRAY(SELECT jsonb_array_elements_text(${reachOf(other)}))`;
}

/** Of a link: its tags are not known to be on its contact. */
export function isMarked(link: string): string {
  return `${link}.accepted->'withoutTags' = '[]'`;
}

/** Of a link: its tags are on its contact, unless a run leaves tags out as they were when it was accepted. */
export function hasItsTags(link: string, runId: string): string {
  const untags = `(SELECT settings->'doNotCall'->>'then' = 'untag' FROM runs WHERE id = ${runId})`;
  return `((${link}.accepted ? 'withoutTags') IS NOT TRUE OR ${untags})`;
}

/** Sets of a link `l` whose record has ended: it leaves out nothing, and would have to take it off again. */
export const LEAVES_OUT_NOTHING = `tags_left_out = NULL,
  accepted = CASE WHEN l.tags_left_out IS NULL THEN l.accepted ELSE l.accepted - 'withoutTags' END`;

/** Whether a key is that of another record: those without an id are one, as far as they go into one contact. */
export function isOtherRecord(key: string, own: string): string {
  return `(${key} <> ${own} AND (${key} LIKE 'id:%' OR ${own} LIKE 'id:%'))`;
}

/**
 * Of an entry `n`, which has this in its column `tagsLeftOut`, and its link `l`: the record leaves out the same tags for the
 * same numbers and e-mails as before.
 */
export function stillLeavesOut(tagsLeftOut: string): string {
  return `(${tagsLeftOut} = l.tags_left_out AND ${reachOf('n')} = ${reachOf('l')})`;
}

/** Other records than that of a link `l` that leave out tags. */
const LEAVING_OUT = `SELECT o.key FROM links o WHERE o.connection_id = l.connection_id AND ${isOtherRecord('o.key', 'l.key')}
  AND o.tags_left_out IS NOT NULL`;

/**
 * Marks the other records of the contacts of the links which the `entries` name, or, where CloudTalk has lost that contact,
 * those who left out tags for their numbers or e-mails, where the entries have left out tags and do not any more, or not for
 * the same numbers and e-mails: what the others say is no longer known to be on the contact, and their fingerprints are
 * marked, so that they bring the tags when they are read again. Not those of the entries themselves, whose keys stand in the
 * columns `own`: they are accepted together. (Which ones is found first, and NOT IN is answered by a hash, whatever the
 * planner expects.)
 */
export function freeTags(stillLeavesOut: string, own: readonly string[] = ['key']): string {
  const entries = own.map((key) => `SELECT "connectionId", "${key}" FROM entries WHERE "${key}" IS NOT NULL`);
  return `WITH others AS MATERIALIZED (
      SELECT DISTINCT l.connection_id, same.key
      FROM entries n JOIN links l ON l.connection_id = n."connectionId" AND l.key = n.key AND ${stillLeavesOut} IS NOT TRUE,
        LATERAL (SELECT s.key FROM links s WHERE s.account_id = l.account_id AND s.contact_id = l.contact_id
            AND s.connection_id = l.connection_id
          UNION SELECT s.key FROM links s
          WHERE l.contact_id IS NULL AND s.connection_id = l.connection_id AND ${isMarked('s')} AND ${meets('s', 'l')}) AS same
      WHERE l.tags_left_out IS NOT NULL AND (l.connection_id, same.key) NOT IN (${entries.join(' UNION ALL ')})
    )
    UPDATE links o SET accepted = jsonb_set(o.accepted, '{withoutTags}', '[]'),
      accepted_fingerprint = CASE WHEN o.${IS_FREED} THEN '' ELSE '${FREED}' END || o.accepted_fingerprint
    FROM others WHERE o.connection_id = others.connection_id AND o.key = others.key
      AND o.tags_left_out IS NULL AND o.accepted IS NOT NULL`;
}

/**
 * Notes for all records of the contacts of the links which the entries $1 name by "connectionId" and key that the tags they
 * say are not on the contact, where another record of the connection leaves tags out for the contact, or, when CloudTalk has
 * lost its own, for a number or e-mail of the named link. (Of an array the planner expects that all of it is wanted: for the
 * first one it would look through all links.)
 */
export const MARK_LEFT_OUT = `UPDATE links l SET accepted = jsonb_set(l.accepted, '{withoutTags}', '[]')
  FROM jsonb_to_recordset($1::jsonb) AS n ("connectionId" text, key text)
    JOIN links e ON e.connection_id = n."connectionId" AND e.key = n.key
  WHERE l.account_id = e.account_id AND l.contact_id = e.contact_id AND l.connection_id = e.connection_id
    AND l.tags_left_out IS NULL AND l.accepted IS NOT NULL AND NOT l.accepted ? 'withoutTags'
    AND (EXISTS (${LEAVING_OUT} AND o.account_id = l.account_id AND o.contact_id = l.contact_id)
      OR ARRAY(${LEAVING_OUT} AND o.contact_id IS NULL AND ${meets('o', 'e')}) <> '{}')`;

/**
 * Notes for the records that leave out tags for the contacts of the links which the entries $1 name by "connectionId" and
 * key that the tags came nevertheless, since the connection does not leave them out now: should it do so again, they have to
 * be taken off again.
 */
export const OVERRULE_LEFT_OUT = `UPDATE links l SET accepted_fingerprint = '${FREED}' || l.accepted_fingerprint
  FROM jsonb_to_recordset($1::jsonb) AS n ("connectionId" text, key text)
    JOIN links e ON e.connection_id = n."connectionId" AND e.key = n.key
  WHERE l.account_id = e.account_id AND l.contact_id = e.contact_id AND l.connection_id = e.connection_id
    AND l.key <> e.key AND l.tags_left_out IS NOT NULL AND l.${IS_FREED} IS NOT TRUE`;
