import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a record itself leaves out of its contact's tags is known apart from what the records of the contact do together.
 * Of those that were folded nobody knows which one did: each says its tags again when it is read.
 */
export class TagsLeftOut1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE links ADD COLUMN tags_left_out jsonb');
    await runner.query(`UPDATE links l SET tags_left_out = CASE WHEN NOT s.is_shared THEN l.accepted->'withoutTags' END,
        accepted_fingerprint = CASE WHEN s.is_shared THEN 'freed ' ELSE '' END || l.accepted_fingerprint
      FROM (SELECT a.connection_id, a.key, EXISTS (SELECT FROM links o WHERE o.account_id = a.account_id
          AND o.contact_id = a.contact_id AND o.connection_id = a.connection_id AND o.key <> a.key) AS is_shared
        FROM links a WHERE a.accepted->'withoutTags' <> '[]') AS s
      WHERE s.connection_id = l.connection_id AND s.key = l.key`);
    await runner.query(`CREATE INDEX links_freed ON links (connection_id) WHERE accepted_fingerprint LIKE 'freed %'`);
    await runner.query('ALTER TABLE rows ADD COLUMN tags_left_out jsonb');
    await runner.query(`UPDATE rows r SET tags_left_out = contact->'withoutTags'
      WHERE contact ? 'withoutTags' AND state IN ('ready', 'folded', 'sending', 'in doubt')
        AND NOT EXISTS (SELECT FROM rows f WHERE f.run_id = r.run_id AND f.folded_into = r.number)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rows DROP COLUMN tags_left_out');
    await runner.query('DROP INDEX links_freed');
    await runner.query('ALTER TABLE links DROP COLUMN tags_left_out');
  }
}
