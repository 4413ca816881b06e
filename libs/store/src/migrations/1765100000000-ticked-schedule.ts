import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ticks count as missed only of the schedule that was known; of those of before it is not known which that was. */
export class TickedSchedule1765100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connections ADD COLUMN ticked_schedule text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connections DROP COLUMN ticked_schedule');
  }
}
