import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tag that a contact got at the end of its record outlives that end: it is known until it is taken off. */
export class EndTag1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE links ADD COLUMN end_tag text');
    await runner.query(`UPDATE links SET end_tag = gone->>'tag', gone = gone - 'tag' WHERE gone ? 'tag'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE links SET gone = jsonb_set(gone, '{tag}', to_jsonb(end_tag))
      WHERE gone IS NOT NULL AND end_tag IS NOT NULL`);
    await runner.query('ALTER TABLE links DROP COLUMN end_tag');
  }
}
