/**
 * Tags that a record brings, and that are not on its contact because another record leaves them out. What was accepted for
 * such a record says so in `withoutTags`, as that of one which leaves out its own, and so does its fingerprint once it has to
 * bring them again.
 */
import type { LinkEntity } from './entities/link.entity.js';

/** How the fingerprint of a link begins whose record is as it was accepted, but has to bring its tags again. */
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
  return identitiesIn(`${link}.accepted`);
}

/** The numbers of a contact, then its e-mails in lower case, as a JSON array. */
export function identitiesIn(contact: string): string {
  return `lower(((${contact}->'phones') || (${contact}->'emails'))::text)::jsonb`;
}

/** Whether two links have a number or an e-mail in common; `one` is found by that. */
function meets(one: string, other: string): string {
  return `${reachOf(one)} ?| ARRAY(SELECT jsonb_array_elements_text(${reachOf(other)}))`;
}

/** Of a link: not all of its tags are on its contact. */
function lacksTags(link: string): string {
  return `${link}.accepted ? 'withoutTags'`;
}

/** Those of `tags`, a JSON array, which none of `names` means: patterns, or `ours` for all. */
function tagsWithout(tags: string, names: string): string {
  return `CASE jsonb_typeof(${names}) WHEN 'string' THEN '[]' ELSE (SELECT coalesce(jsonb_agg(DISTINCT tag), '[]')
    FROM jsonb_array_elements_text(${tags}) AS tag WHERE NOT EXISTS (SELECT
      FROM jsonb_array_elements_text(CASE jsonb_typeof(${names}) WHEN 'array' THEN ${names} ELSE '[]' END) AS name
      WHERE tag = name OR right(name, 1) = '*' AND starts_with(tag, left(name, -1)))) END`;
}

/**
 * What a link of `links` has brought to its contact once the `excluded` one is accepted: before too, since tags are but added
 * by most policies, and not what its record leaves out by itself. (A contact that an agent merged into another may have left
 * them there.)
 */
export const BROUGHT = `CASE WHEN links.contact_id <> excluded.contact_id OR links.brought IS NULL
      OR links.brought = excluded.brought THEN excluded.brought
    ELSE ${tagsWithout('links.brought || excluded.brought', "excluded.accepted->'withoutTags'")} END`;

/** Of a run: it leaves tags out, of records that say so and for the sake of these. */
const LEAVES_OUT = `settings->'doNotCall'->>'then' = 'untag'`;

/**
 * Of a link `l`: its own tags are as a run wants them: on its contact, unless that leaves them out for the sake of another
 * record, or of one that has lost its contact. (A record for whose sake they are left out is recalled when tags come all the
 * same: see `MARK_LEFT_OUT`.)
 */
export function hasItsTags(runId: string): string {
  const untags = `(SELECT ${LEAVES_OUT} FROM runs WHERE id = ${runId})`;
  return `CASE WHEN ${untags} IS NOT TRUE THEN (${lacksTags('l')}) IS NOT TRUE
    ELSE l.tags_left_out IS NOT NULL OR (${lacksTags('l')}) IS TRUE = EXISTS (SELECT FROM links o
        WHERE ${isOfSameContact('o', 'l')} AND ${isOtherRecord('o.key', 'l.key')} AND o.tags_left_out IS NOT NULL)
      OR ${lacksTags('l')} AND EXISTS (SELECT FROM links o WHERE o.connection_id = l.connection_id AND o.contact_id IS NULL
        AND o.tags_left_out IS NOT NULL AND ${meets('o', 'l')}) END`;
}

/** Sets of a link `l` whose record has ended: it leaves out nothing, and would have to take it off again. */
export const LEAVES_OUT_NOTHING = `tags_left_out = NULL,
  accepted = CASE WHEN l.tags_left_out IS NULL THEN l.accepted ELSE l.accepted - 'withoutTags' END`;

function isOfSameContact(one: string, other: string): string {
  return `${one}.account_id = ${other}.account_id AND ${one}.contact_id = ${other}.contact_id
    AND ${one}.connection_id = ${other}.connection_id`;
}

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

/**
 * Frees the other records of the contacts of the links which the `entries` name, or, where CloudTalk has lost that contact,
 * those who lack tags and have one of their numbers or e-mails, where the entries have left out tags and do not any more, or
 * not for the same numbers and e-mails: their fingerprints are marked, so that they bring the tags when they are read again.
 * Not those of the entries themselves, whose keys stand in the columns `own`: they are accepted together. (Contacts, which
 * may have thousands of records, are looked at once each, and NOT IN is answered by a hash, whatever the planner expects.)
 */
export function freeTags(stillLeavesOut: string, own: readonly string[] = ['key']): string {
  const entries = own.map((key) => `SELECT "connectionId", "${key}" FROM entries WHERE "${key}" IS NOT NULL`);
  return `WITH freeing AS MATERIALIZED (
      SELECT l.account_id, l.connection_id, l.contact_id, ${reachOf('l')} AS reach
      FROM entries n JOIN links l ON l.connection_id = n."connectionId" AND l.key = n.key AND ${stillLeavesOut} IS NOT TRUE
      WHERE l.tags_left_out IS NOT NULL
    ), lost AS MATERIALIZED (
      SELECT connection_id, array_agg(DISTINCT identity) AS identities
      FROM freeing, jsonb_array_elements_text(reach) AS identity WHERE contact_id IS NULL GROUP BY connection_id
    ), others AS MATERIALIZED (
      SELECT s.connection_id, s.key
      FROM (SELECT DISTINCT account_id, connection_id, contact_id FROM freeing) AS f JOIN links s ON ${isOfSameContact('s', 'f')}
      UNION SELECT s.connection_id, s.key
      FROM lost JOIN links s ON s.connection_id = lost.connection_id AND ${lacksTags('s')} AND ${reachOf('s')} ?| lost.identities
    )
    UPDATE links o SET accepted_fingerprint = '${FREED}' || o.accepted_fingerprint FROM others
    WHERE o.connection_id = others.connection_id AND o.key = others.key AND o.tags_left_out IS NULL AND ${lacksTags('o')}
      AND NOT o.${IS_FREED} AND (o.connection_id, o.key) NOT IN (${entries.join(' UNION ALL ')})`;
}

/** Of a link `l`, where `c` leaves out `names` for its contact: not all of these are known to be off. */
const IS_TO_MARK = `(l.tags_left_out IS NULL AND l.accepted IS NOT NULL AND (c.by_id OR l.key LIKE 'id:%')
      AND (l.accepted->'withoutTags' = '"ours"'
        OR jsonb_typeof(c.names) = 'array' AND l.accepted->'withoutTags' @> c.names) IS NOT TRUE)`;

/**
 * Of the entries $1, which name links by "connectionId" and key: where their run "runId" leaves tags out, notes for all
 * records of their contacts which of the tags they say are not on the contact, as other records of the connection leave them
 * out for the contact, or, when CloudTalk has lost their own, for a number or e-mail of the named link. Where the run leaves
 * out nothing, the records that do are recalled: a run for which they count takes off again what has come. Who leaves out is
 * looked for once for each contact, which may have thousands of records. (Of an array the planner expects that all of it is
 * wanted: else it would look through all links.)
 */
export const MARK_LEFT_OUT = `WITH named AS MATERIALIZED (
    SELECT e.*, (runs.${LEAVES_OUT}) IS TRUE AS untags
    FROM jsonb_to_recordset($1::jsonb) AS n ("connectionId" text, key text, "runId" uuid)
      JOIN runs ON runs.id = n."runId"
      JOIN links e ON e.connection_id = n."connectionId" AND e.key = n.key WHERE e.contact_id IS NOT NULL
  ), contacts AS MATERIALIZED (
    SELECT DISTINCT account_id, contact_id, connection_id, untags FROM named
  ), recalled AS (
    UPDATE links o SET accepted_fingerprint = '' FROM contacts c
    WHERE NOT c.untags AND ${isOfSameContact('o', 'c')} AND o.tags_left_out IS NOT NULL AND o.accepted_fingerprint <> ''
  ), leaving_out AS MATERIALIZED (
    SELECT c.account_id, c.contact_id, c.connection_id, o.key, o.tags_left_out
    FROM contacts c JOIN links o ON ${isOfSameContact('o', 'c')} WHERE c.untags AND o.tags_left_out IS NOT NULL
    UNION SELECT e.account_id, e.contact_id, e.connection_id, lost.link->>0, lost.link->1
    FROM named e, unnest(ARRAY(SELECT jsonb_build_array(o.key, o.tags_left_out) FROM links o
      WHERE o.connection_id = e.connection_id AND o.contact_id IS NULL AND o.tags_left_out IS NOT NULL
        AND ${meets('o', 'e')})) AS lost (link) WHERE e.untags
  ), left_out AS (
    SELECT account_id, contact_id, connection_id, bool_or(key LIKE 'id:%') AS by_id,
      CASE WHEN bool_or(jsonb_typeof(tags_left_out) = 'string') THEN '"ours"' ELSE jsonb_agg(DISTINCT name) END AS names
    FROM leaving_out LEFT JOIN LATERAL jsonb_array_elements(
      CASE jsonb_typeof(tags_left_out) WHEN 'array' THEN tags_left_out END) AS name ON true
    GROUP BY 1, 2, 3
  )
  UPDATE links l SET accepted = CASE WHEN ${IS_TO_MARK} THEN jsonb_set(l.accepted, '{withoutTags}',
      CASE jsonb_typeof(c.names) WHEN 'array' THEN coalesce(l.accepted->'withoutTags', '[]') || c.names ELSE c.names END)
    ELSE l.accepted END, brought = ${tagsWithout('l.brought', 'c.names')}
  FROM left_out c WHERE ${isOfSameContact('l', 'c')}
    AND (${IS_TO_MARK} OR l.brought <> '[]' AND l.brought <> ${tagsWithout('l.brought', 'c.names')})`;
