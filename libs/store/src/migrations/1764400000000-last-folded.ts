import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A row into which others were folded knows the last of them, so that a row between is not taken for the later one. */
export class LastFolded1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rows ADD COLUMN last_folded integer');
    await runner.query(
      'CREATE INDEX rows_of_folds ON rows (run_id, contact_id, last_folded) WHERE last_folded IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rows DROP COLUMN last_folded');
  }
}
