import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A failure that was reported before counts no second time, nor for the share of the first rows that have failed. */
export class KnownFailures1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rows ADD COLUMN is_known boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rows DROP COLUMN is_known');
  }
}
