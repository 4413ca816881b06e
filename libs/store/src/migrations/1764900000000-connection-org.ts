import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The org or portal of a connection stood in its cursors, also in that of a run that was the first and never completed. */
export class ConnectionOrg1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connections ADD COLUMN org text');
    await runner.query(`UPDATE connections c SET org = coalesce(
        (SELECT ${ORG} FROM cursors WHERE connection_id = c.id),
        (SELECT ${ORG} FROM runs WHERE connection_id = c.id AND kind = 'pass' AND ${ORG} IS NOT NULL
         ORDER BY sequence DESC LIMIT 1))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connections DROP COLUMN org');
  }
}

/** As Salesforce's cursors named it, and HubSpot's. */
const ORG = `coalesce(cursor->>'org', cursor->>'portal')`;
