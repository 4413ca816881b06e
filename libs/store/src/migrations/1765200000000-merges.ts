import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of merges that were dealt with before, the survivors were told; of which others they were is not known any more. */
export class Merges1765200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE merges (connection_id text NOT NULL, key text NOT NULL, survivor text NOT NULL,
      PRIMARY KEY (connection_id, key))`);
    await runner.query(`INSERT INTO merges (connection_id, key, survivor)
      SELECT connection_id, key, 'id:' || (gone->>'into') FROM links WHERE gone->>'how' = 'merged'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE merges');
  }
}
