import type { MigrationInterface, QueryRunner } from 'typeorm';
import { LeavingOut1765000000000 } from './1765000000000-leaving-out.js';

const IDENTITIES = `((lower(((accepted->'phones') || (accepted->'emails'))::text)::jsonb))`;

/**
 * What was accepted for a record says which of its tags are not there, instead of that some are not; of those that said so,
 * none counts as there. What a record brought before it brought something else is known as well. A record that leaves out
 * tags which came to its contact since is recalled. Who leaves out tags for a contact is asked for within one connection.
 */
export class KnownTags1765300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX links_left_out');
    await new LeavingOut1765000000000().down(runner);
    await runner.query(
      `UPDATE links SET accepted = jsonb_set(accepted, '{withoutTags}', '"ours"')
       WHERE accepted->'withoutTags' = '[]' AND tags_left_out IS NULL`,
    );
    await runner.query('ALTER TABLE links ADD COLUMN brought jsonb');
    await runner.query(
      `UPDATE links SET brought = CASE WHEN tags_left_out IS NULL AND accepted ? 'withoutTags' THEN '[]'
         ELSE accepted->'tags' END WHERE accepted IS NOT NULL`,
    );
    await runner.query(
      `UPDATE links o SET accepted_fingerprint = ''
       FROM (SELECT DISTINCT connection_id, contact_id FROM links
         WHERE tags_left_out IS NULL AND accepted IS NOT NULL AND NOT accepted ? 'withoutTags') AS tagged
       WHERE o.connection_id = tagged.connection_id AND o.contact_id = tagged.contact_id
         AND o.tags_left_out IS NOT NULL AND o.accepted_fingerprint IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX links_left_out ON links USING gin (${IDENTITIES}) WITH (fastupdate = off)
       WHERE tags_left_out IS NOT NULL OR accepted ? 'withoutTags'`,
    );
    await runner.query(
      'CREATE INDEX links_leaving_out ON links (connection_id, contact_id) WHERE tags_left_out IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX links_leaving_out');
    await runner.query('DROP INDEX links_left_out');
    await runner.query('ALTER TABLE links DROP COLUMN brought');
    await runner.query(
      `CREATE INDEX links_left_out ON links USING gin (${IDENTITIES}) WITH (fastupdate = off)
       WHERE tags_left_out IS NOT NULL OR accepted->'withoutTags' = '[]'`,
    );
    await new LeavingOut1765000000000().up(runner);
  }
}
