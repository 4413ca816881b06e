import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPEN = `WHERE state IN ('ready', 'folded', 'sending', 'in doubt')`;

/** A row into which later ones were folded is sent in the place of the last of them. */
export class Place1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rows ADD COLUMN place integer');
    await runner.query('DROP INDEX rows_open');
    await runner.query(`CREATE INDEX rows_open ON rows (run_id, state, (coalesce(place, number))) ${OPEN}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rows DROP COLUMN place');
    await runner.query(`CREATE INDEX rows_open ON rows (run_id, state, number) ${OPEN}`);
  }
}
