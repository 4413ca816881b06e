import type { EntityManager } from 'typeorm';
import { toJson } from './json.js';

/** A number or an e-mail as an identity: E.164 with `+`, or an e-mail in lower case. */
export interface Identity {
  readonly kind: 'phone' | 'email';
  readonly value: string;
}

export interface DirectoryEntry extends Identity {
  readonly contactId: number;
}

/** Our identity map of a CloudTalk account. */
export class DirectoryRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The contact of each identity that is known: the linked one, else the lowest, when several share it. */
  async find(accountId: string, identities: readonly Identity[]): Promise<ReadonlyMap<string, number>> {
    const found: (Identity & { contactId: number })[] = await this.manager.query(
      `SELECT DISTINCT ON (d.kind, d.value) d.kind, d.value, d.contact_id AS "contactId"
       FROM directory d
       JOIN jsonb_to_recordset($2::jsonb) AS i (kind text, value text) ON i.kind = d.kind AND i.value = d.value
       WHERE d.account_id = $1
       ORDER BY d.kind, d.value,
         EXISTS (SELECT 1 FROM links l WHERE l.account_id = $1 AND l.contact_id = d.contact_id) DESC, d.contact_id`,
      [accountId, toJson(identities)],
    );
    return new Map(found.map((entry) => [identityKey(entry), entry.contactId]));
  }

  /** Which of these contacts the directory knows. */
  async known(accountId: string, contactIds: readonly number[]): Promise<ReadonlySet<number>> {
    const found: { contactId: number }[] = await this.manager.query(
      'SELECT DISTINCT contact_id AS "contactId" FROM directory WHERE account_id = $1 AND contact_id = ANY($2::bigint[])',
      [accountId, contactIds],
    );
    return new Set(found.map((entry) => entry.contactId));
  }

  /** Adds or refreshes entries. */
  async see(accountId: string, entries: readonly DirectoryEntry[], now: Date): Promise<void> {
    await this.manager.query(
      `INSERT INTO directory (account_id, kind, value, contact_id, seen_at)
       SELECT DISTINCT $1, kind, value, "contactId", $3::timestamptz
       FROM jsonb_to_recordset($2::jsonb) AS e (kind text, value text, "contactId" bigint)
       ON CONFLICT (account_id, kind, value, contact_id) DO UPDATE SET seen_at = excluded.seen_at`,
      [accountId, toJson(entries), now],
    );
  }

  /** Keeps what a live search for one identity has shown: just these contacts have it, and no other. */
  async keepOnly(
    accountId: string,
    { kind, value }: Identity,
    contactIds: readonly number[],
    now: Date,
  ): Promise<void> {
    await this.manager.query(
      'DELETE FROM directory WHERE account_id = $1 AND kind = $2 AND value = $3 AND contact_id <> ALL($4::bigint[])',
      [accountId, kind, value, contactIds],
    );
    if (contactIds.length === 0) return;
    await this.see(
      accountId,
      contactIds.map((contactId) => ({ kind, value, contactId })),
      now,
    );
  }

  /**
   * Ends a complete reading that began at `begun`: contacts that it did not see are gone. Of a contact that it saw every
   * entry stays, since CloudTalk's list may name only the first number and e-mail of a contact; whether it still holds is
   * verified before anything is sent.
   */
  async endReading(accountId: string, begun: Date): Promise<void> {
    await this.manager.query(
      `DELETE FROM directory d WHERE account_id = $1 AND seen_at < $2 AND NOT EXISTS
         (SELECT 1 FROM directory s WHERE s.account_id = $1 AND s.contact_id = d.contact_id AND s.seen_at >= $2)`,
      [accountId, begun],
    );
    await this.manager.query('UPDATE accounts SET directory_read_at = $2 WHERE id = $1', [accountId, begun]);
  }
}

/** One text for an identity, to be used as a key. */
export function identityKey(identity: Identity): string {
  return `${identity.kind}:${identity.value}`;
}
