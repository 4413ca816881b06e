import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a record itself leaves out of its contact's tags is known apart from what the records of the contact do together. */
export class TagsLeftOut1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE links ADD COLUMN tags_left_out jsonb');
    await runner.query(
      `UPDATE links SET tags_left_out = accepted->'withoutTags' WHERE accepted->'withoutTags' <> '[]'`,
    );
    await runner.query('ALTER TABLE rows ADD COLUMN tags_left_out jsonb');
    await runner.query(`UPDATE rows SET tags_left_out = contact->'withoutTags'
      WHERE contact ? 'withoutTags' AND state IN ('ready', 'folded', 'sending', 'in doubt')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rows DROP COLUMN tags_left_out');
    await runner.query('ALTER TABLE links DROP COLUMN tags_left_out');
  }
}
