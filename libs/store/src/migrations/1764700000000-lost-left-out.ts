import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records that leave out tags, and whose contact CloudTalk has lost, are asked for with each row that is about to be sent. */
export class LostLeftOut1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX links_lost_left_out ON links (account_id, connection_id)
       WHERE contact_id IS NULL AND tags_left_out IS NOT NULL AND gone IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX links_lost_left_out');
  }
}
