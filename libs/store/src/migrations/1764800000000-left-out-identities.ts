import type { MigrationInterface, QueryRunner } from 'typeorm';
import { LostLeftOut1764700000000 } from './1764700000000-lost-left-out.js';

/**
 * Records that leave out tags, and those whose tags are left out for them, are found by their numbers and e-mails, with
 * each row that is about to be sent. A record that has ended leaves out nothing. (What the index has not taken in yet is
 * looked through for each of them.)
 */
export class LeftOutIdentities1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await new LostLeftOut1764700000000().down(runner);
    await runner.query('UPDATE links SET tags_left_out = NULL WHERE gone IS NOT NULL AND tags_left_out IS NOT NULL');
    await runner.query(
      `CREATE INDEX links_left_out ON links
       USING gin ((lower(((accepted->'phones') || (accepted->'emails'))::text)::jsonb)) WITH (fastupdate = off)
       WHERE tags_left_out IS NOT NULL OR accepted->'withoutTags' = '[]'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX links_left_out');
    await new LostLeftOut1764700000000().up(runner);
  }
}
