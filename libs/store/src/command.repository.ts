import type { EntityManager } from 'typeorm';
import { CommandEntity } from './entities/command.entity.js';
import { membersOf } from './members.js';

/** The commands that were sent, and what was answered to them. */
export class CommandRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The commands of a batch. */
  async ofBatch(batchId: string): Promise<readonly CommandEntity[]> {
    return this.manager.findBy(CommandEntity, { batchId });
  }

  /** Commands in doubt whose look-up is due, the oldest first. */
  async dueLookUps(accountId: string, now: Date, limit: number): Promise<readonly CommandEntity[]> {
    return this.manager.query(
      `SELECT ${membersOf(this.manager, CommandEntity)}
       FROM commands JOIN batches ON batches.id = commands.batch_id AND batches.account_id = $1
       WHERE commands.state = 'in doubt' AND commands.look_up_at <= $2
       ORDER BY commands.look_up_at, commands.id LIMIT $3`,
      [accountId, now, limit],
    );
  }

  /** Those of these commands whose row was answered before that CloudTalk no longer had its contact. */
  async answeredNotFoundBefore(commandIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (commandIds.length === 0) return new Set();
    const found: { id: string }[] = await this.manager.query(
      `SELECT c.id FROM commands c WHERE c.id = ANY($1::text[]) AND EXISTS
         (SELECT FROM commands earlier WHERE earlier.run_id = c.run_id AND earlier.row_number = c.row_number
            AND earlier.id <> c.id AND earlier.answer->>'kind' = 'not found')`,
      [commandIds],
    );
    return new Set(found.map(({ id }) => id));
  }

  /** Whether CloudTalk has told the end of any command of the account since the row was first in doubt. */
  async anyAnswerSince(accountId: string, runId: string, rowNumber: number): Promise<boolean> {
    const found: unknown[] = await this.manager.query(
      `SELECT 1 FROM batches b JOIN commands c ON c.batch_id = b.id
       WHERE b.account_id = $1 AND c.answer->>'kind' IN ('added', 'edited', 'deleted', 'not found', 'rejected')
         AND b.sent_at >= (SELECT min(d.sent_at) FROM commands d
                           WHERE d.run_id = $2 AND d.row_number = $3 AND d.look_up_at IS NOT NULL)
       LIMIT 1`,
      [accountId, runId, rowNumber],
    );
    return found.length > 0;
  }

  /** How many commands of the row were ever in doubt. */
  async doubts(runId: string, rowNumber: number): Promise<number> {
    return this.manager
      .createQueryBuilder(CommandEntity, 'command')
      .where('command.run_id = :runId AND command.row_number = :rowNumber', { runId, rowNumber })
      .andWhere('command.look_up_at IS NOT NULL')
      .getCount();
  }
}
