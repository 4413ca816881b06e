/**
 * Tags that a record brings, and that are not on its contact because another record leaves them out. Such a record is
 * marked in what was accepted for it, and in its fingerprint once it has to bring them again.
 */
import { isLeftOut, type TagsLeftOut } from '@cloudtalk-sync/validation';
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

/** Of a run: it leaves tags out, of records that say so and for the sake of these. */
const LEAVES_OUT = `settings->'doNotCall'->>'then' = 'untag'`;

/**
 * Of a link `l`: what is known of its contact's tags is as a run wants it. Where that leaves out tags for the sake of other
 * records, they are off the contact; else those of the link are on it. (Those of others, which may be thousands, are looked
 * at only where a run can have brought them since.)
 */
export function hasItsTags(runId: string): string {
  const untags = `(SELECT ${LEAVES_OUT} FROM runs WHERE id = ${runId})`;
  const others = `SELECT FROM links o WHERE ${isOfSameContact('o', 'l')} AND ${isOtherRecord('o.key', 'l.key')}`;
  const isOn = (link: string): string => `(${link}.accepted ? 'withoutTags') IS NOT TRUE`;
  return `CASE WHEN ${untags} IS NOT TRUE THEN ${isOn('l')}
    WHEN l.tags_left_out IS NULL THEN NOT (${isOn('l')} AND EXISTS (${others} AND o.tags_left_out IS NOT NULL))
    WHEN (l.accepted_at > ${lastWithTags(runId)}) IS NOT FALSE THEN true
    ELSE NOT EXISTS (${others} AND o.tags_left_out IS NULL AND o.accepted IS NOT NULL AND ${isOn('o')}) END`;
}

/** When a run of the same connection was last asked for which leaves out no tags. */
function lastWithTags(runId: string): string {
  return `(SELECT max(r.requested_at) FROM runs r JOIN runs own ON own.connection_id = r.connection_id
    WHERE own.id = ${runId} AND r.kind <> 'preview' AND r.${LEAVES_OUT} IS NOT TRUE)`;
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
        LATERAL (SELECT s.key FROM links s WHERE ${isOfSameContact('s', 'l')}
          UNION SELECT s.key FROM links s
          WHERE l.contact_id IS NULL AND s.connection_id = l.connection_id AND ${isMarked('s')} AND ${meets('s', 'l')}) AS same
      WHERE l.tags_left_out IS NOT NULL AND (l.connection_id, same.key) NOT IN (${entries.join(' UNION ALL ')})
    )
    UPDATE links o SET accepted = jsonb_set(o.accepted, '{withoutTags}', '[]'),
      accepted_fingerprint = CASE WHEN o.${IS_FREED} THEN '' ELSE '${FREED}' END || o.accepted_fingerprint
    FROM others WHERE o.connection_id = others.connection_id AND o.key = others.key
      AND o.tags_left_out IS NULL AND o.accepted ? 'withoutTags'`;
}

/**
 * Of the entries $1, which name links by "connectionId" and key, those whose run "runId" leaves tags out: notes for all
 * records of their contacts that the tags they say are not on the contact, where another record of the connection leaves
 * tags out for the contact, or, when CloudTalk has lost its own, for a number or e-mail of the named link. Those who leave
 * out are looked for once for each contact, which may have thousands of records. (Of an array the planner expects that all
 * of it is wanted: else it would look through all links.)
 */
export const MARK_LEFT_OUT = `WITH named AS MATERIALIZED (
    SELECT e.* FROM jsonb_to_recordset($1::jsonb) AS n ("connectionId" text, key text, "runId" uuid)
      JOIN runs ON runs.id = n."runId" AND runs.${LEAVES_OUT}
      JOIN links e ON e.connection_id = n."connectionId" AND e.key = n.key WHERE e.contact_id IS NOT NULL
  ), leaving_out AS MATERIALIZED (
    SELECT e.account_id, e.contact_id, e.connection_id, o.key
    FROM (SELECT DISTINCT account_id, contact_id, connection_id FROM named) AS e JOIN links o ON ${isOfSameContact('o', 'e')}
    WHERE o.tags_left_out IS NOT NULL
    UNION SELECT e.account_id, e.contact_id, e.connection_id, lost.key
    FROM named e, unnest(ARRAY(SELECT o.key FROM links o WHERE o.connection_id = e.connection_id AND o.contact_id IS NULL
      AND o.tags_left_out IS NOT NULL AND ${meets('o', 'e')})) AS lost (key)
  ), contacts AS (
    SELECT account_id, contact_id, connection_id, bool_or(key LIKE 'id:%') AS by_id FROM leaving_out GROUP BY 1, 2, 3
  )
  UPDATE links l SET accepted = jsonb_set(l.accepted, '{withoutTags}', '[]') FROM contacts c
  WHERE ${isOfSameContact('l', 'c')} AND l.tags_left_out IS NULL AND l.accepted IS NOT NULL
    AND NOT l.accepted ? 'withoutTags' AND (c.by_id OR l.key LIKE 'id:%')`;

/** What the tags of a contact owe to one of its records. */
export interface KnownTags {
  readonly isOther: boolean;
  readonly leftOut: TagsLeftOut | null;
  /** What it left out when it was accepted. */
  readonly leftOutBefore: TagsLeftOut | null;
  /** What it brought, of which some is not there where it is marked. */
  readonly tags: readonly string[] | null;
  readonly isMarked: boolean;
}

/** What records brought that is there, as far as is known: of marked ones what nobody left out. */
export function broughtBy(links: readonly KnownTags[]): readonly string[] {
  const before = links.flatMap(({ leftOutBefore }) => leftOutBefore ?? []);
  const isThere = (tag: string): boolean => before.length > 0 && !before.includes('ours') && !isLeftOut(tag, before);
  const brought = links.flatMap(({ isMarked, tags }) => (isMarked ? (tags ?? []).filter(isThere) : (tags ?? [])));
  return [...new Set(brought)];
}
