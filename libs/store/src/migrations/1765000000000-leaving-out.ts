import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of each row that is compared it is asked whether another record of its contact, which may have thousands, leaves out tags. */
export class LeavingOut1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX links_leaving_out ON links (account_id, contact_id) WHERE tags_left_out IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX links_leaving_out');
  }
}
