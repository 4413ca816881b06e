import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What CRMs need: records that are gone, outcomes to be written back, full readings, and ticks of schedules. */
export class Crm1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE accounts DROP COLUMN rate');
    await runner.query('ALTER TABLE connections DROP COLUMN ticked_at, DROP COLUMN read_in_full_at');
    await runner.query('ALTER TABLE runs DROP COLUMN reads, DROP COLUMN write_back');
    await runner.query('ALTER TABLE rows DROP COLUMN gone');
    await runner.query('ALTER TABLE links DROP COLUMN gone, DROP COLUMN to_report');
  }
}

const STATEMENTS = [
  'ALTER TABLE connections ADD COLUMN ticked_at timestamptz, ADD COLUMN read_in_full_at timestamptz',
  'ALTER TABLE runs ADD COLUMN reads text, ADD COLUMN write_back jsonb',
  'ALTER TABLE rows ADD COLUMN gone jsonb',
  'CREATE INDEX rows_gone ON rows (run_id, number) WHERE gone IS NOT NULL',
  'ALTER TABLE links ADD COLUMN gone jsonb, ADD COLUMN to_report jsonb',
  'CREATE INDEX links_to_report ON links (connection_id, key) WHERE to_report IS NOT NULL',
  `ALTER TABLE accounts ADD COLUMN rate jsonb NOT NULL DEFAULT '{}'`,
];
