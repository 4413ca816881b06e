import type { EntityManager } from 'typeorm';

/** How far the schedules of connections are dealt with: every tick up to a connection's `ticked_at`. */
export class ScheduleRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Up to when the ticks of a connection's schedule are dealt with. For a connection without that, and for one that had
   * another schedule, up to `now` from now on: what was never planned was not missed.
   */
  async begin(connectionId: string, schedule: string, now: Date): Promise<Date> {
    const [[begun]]: [{ ticked_at: Date }[], number] = await this.manager.query(
      `UPDATE connections SET ticked_schedule = $2,
         ticked_at = CASE WHEN ticked_schedule IS NULL OR ticked_schedule = $2 THEN COALESCE(ticked_at, $3) ELSE $3 END
       WHERE id = $1 RETURNING ticked_at`,
      [connectionId, schedule, now],
    );
    if (begun) return begun.ticked_at;
    throw new Error(`The connection ${connectionId} is not registered.`);
  }

  /** Takes the ticks after `seen` and until `until` as dealt with. Returns false when somebody else already has. */
  async advance(connectionId: string, seen: Date, until: Date): Promise<boolean> {
    const [, changed]: [unknown, number] = await this.manager.query(
      'UPDATE connections SET ticked_at = $3 WHERE id = $1 AND ticked_at = $2',
      [connectionId, seen, until],
    );
    return changed === 1;
  }

  /** Forgets how far connections were dealt with that have no times to keep: nothing is caught up for them later. */
  async forget(connectionIds: readonly string[]): Promise<void> {
    await this.manager.query(
      'UPDATE connections SET ticked_at = NULL WHERE id = ANY($1::text[]) AND ticked_at IS NOT NULL',
      [connectionIds],
    );
  }
}
