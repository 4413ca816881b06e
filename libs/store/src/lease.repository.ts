import type { EntityManager } from 'typeorm';

/** Leases: which process may do what only one may do at a time. */
export class LeaseRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Takes or renews a lease. False: another owner holds it and it has not run out. */
  async take(resource: string, owner: string, now: Date, expiresAt: Date): Promise<boolean> {
    const taken: unknown[] = await this.manager.query(
      `INSERT INTO leases AS held (resource, owner, expires_at) VALUES ($1, $2, $3)
       ON CONFLICT (resource) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
         WHERE held.owner = excluded.owner OR held.expires_at <= $4 RETURNING resource`,
      [resource, owner, expiresAt, now],
    );
    return taken.length === 1;
  }

  /** True while some process holds the lease. */
  async isHeld(resource: string, now: Date): Promise<boolean> {
    const held: unknown[] = await this.manager.query('SELECT 1 FROM leases WHERE resource = $1 AND expires_at > $2', [
      resource,
      now,
    ]);
    return held.length > 0;
  }

  /** Takes the lease from whoever holds it: only when that process is known to be dead. */
  async free(resource: string): Promise<void> {
    await this.manager.query('DELETE FROM leases WHERE resource = $1', [resource]);
  }

  async release(resource: string, owner: string): Promise<void> {
    await this.manager.query('DELETE FROM leases WHERE resource = $1 AND owner = $2', [resource, owner]);
  }
}
