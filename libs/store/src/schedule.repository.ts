import type { EntityManager } from 'typeorm';

/** How far the ticks of a connection are dealt with. */
export interface Ticked {
  /** The schedule that they are of, as it was written. */
  readonly schedule: string;
  readonly until: Date;
}

/** How far the schedules of connections are dealt with: every tick up to a connection's `ticked_at`. */
export class ScheduleRepository {
  constructor(private readonly manager: EntityManager) {}

  /** How far the ticks of a connection are dealt with; where that is not known, those of `given` from now on. */
  async begin(connectionId: string, given: Ticked): Promise<Ticked> {
    const [[begun]]: [Ticked[], number] = await this.manager.query(
      `UPDATE connections SET ticked_schedule = COALESCE(ticked_schedule, $2), ticked_at = COALESCE(ticked_at, $3)
       WHERE id = $1 RETURNING ticked_schedule AS schedule, ticked_at AS until`,
      [connectionId, given.schedule, given.until],
    );
    if (begun) return begun;
    throw new Error(`The connection ${connectionId} is not registered.`);
  }

  /** Takes the ticks after `seen` as dealt with up to `next`. Returns false when somebody else already has. */
  async advance(connectionId: string, seen: Date, next: Ticked): Promise<boolean> {
    const [, changed]: [unknown, number] = await this.manager.query(
      'UPDATE connections SET ticked_schedule = $3, ticked_at = $4 WHERE id = $1 AND ticked_at = $2',
      [connectionId, seen, next.schedule, next.until],
    );
    return changed === 1;
  }

  /** Forgets how far all other connections of these accounts were dealt with: nothing is caught up for them later. */
  async forgetOthers(accountIds: readonly string[], connectionIds: readonly string[]): Promise<void> {
    await this.manager.query(
      `UPDATE connections SET ticked_schedule = NULL, ticked_at = NULL
       WHERE account_id = ANY($1::text[]) AND id <> ALL($2::text[]) AND ticked_at IS NOT NULL`,
      [accountIds, connectionIds],
    );
  }
}
