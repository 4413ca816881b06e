import type { Issue } from '@cloudtalk-sync/validation';
import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import { LinkEntity } from './entities/link.entity.js';
import { toJson } from './json.js';

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
}

/** What was refused for a record. */
export interface Refusal extends LinkKey {
  readonly fingerprint: string;
  readonly issues: readonly Issue[];
}

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
    const links = await this.manager.findBy(LinkEntity, { connectionId, key: In([...keys]) });
    return new Map(links.map((link) => [link.key, link]));
  }

  /** Notes what was accepted; what was refused before is forgotten. */
  async accept(acceptances: readonly Acceptance[], now: Date): Promise<void> {
    await this.manager.query(
      `INSERT INTO links (account_id, connection_id, key, contact_id, accepted, accepted_fingerprint, accepted_at)
       SELECT "accountId", "connectionId", key, "contactId", accepted, fingerprint, $2
       FROM jsonb_to_recordset($1::jsonb) AS l ("accountId" text, "connectionId" text, key text, "contactId" bigint,
         accepted jsonb, fingerprint text)
       ON CONFLICT (connection_id, key) DO UPDATE SET contact_id = excluded.contact_id, accepted = excluded.accepted,
         accepted_fingerprint = excluded.accepted_fingerprint, accepted_at = excluded.accepted_at,
         refused_fingerprint = NULL, refused_issues = NULL`,
      [toJson(acceptances), now],
    );
  }

  /** Notes what was refused; what was accepted before stays, since CloudTalk still holds it. */
  async refuse(refusals: readonly Refusal[]): Promise<void> {
    await this.manager.query(upsertRefusals('$1'), [toJson(refusals)]);
  }

  /** Forgets a contact that CloudTalk no longer has: its records are matched anew. */
  async forgetContact(accountId: string, contactId: number): Promise<void> {
    await this.manager.query(
      `UPDATE links SET contact_id = NULL, accepted = NULL, accepted_fingerprint = NULL, accepted_at = NULL
       WHERE account_id = $1 AND contact_id = $2`,
      [accountId, contactId],
    );
    await this.manager.query('DELETE FROM directory WHERE account_id = $1 AND contact_id = $2', [accountId, contactId]);
  }
}
