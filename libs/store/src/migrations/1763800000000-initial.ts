import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every table of the first version. Times are UTC; ids of contacts are CloudTalk's own. */
export class Initial1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables =
      'leases, lookups, operations, directory, links, claims, commands, batches, rows, runs, cursors, connections, accounts';
    await runner.query(`DROP TABLE ${tables}`);
  }
}

const STATEMENTS = [
  `CREATE TABLE accounts (
    id text PRIMARY KEY,
    directory_read_at timestamptz
  )`,
  `CREATE TABLE connections (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts,
    connector text NOT NULL,
    settings_hash text,
    completed_run_id uuid,
    completed_at timestamptz
  )`,
  `CREATE TABLE cursors (
    connection_id text PRIMARY KEY REFERENCES connections,
    cursor jsonb NOT NULL,
    run_id uuid NOT NULL,
    moved_at timestamptz NOT NULL
  )`,
  `CREATE TABLE runs (
    id uuid PRIMARY KEY,
    sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    account_id text NOT NULL REFERENCES accounts,
    connection_id text NOT NULL REFERENCES connections,
    kind text NOT NULL,
    state text NOT NULL,
    retry_of uuid REFERENCES runs,
    retry_code text,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    settings jsonb NOT NULL,
    settings_hash text NOT NULL,
    input jsonb,
    cursor jsonb,
    intake text NOT NULL DEFAULT 'reading',
    waiting jsonb,
    forecast jsonb,
    error jsonb,
    rows_read integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    places jsonb NOT NULL DEFAULT '[]'
  )`,
  `CREATE INDEX runs_open ON runs (sequence) WHERE ended_at IS NULL`,
  `CREATE INDEX runs_by_connection ON runs (connection_id, sequence)`,
  `CREATE INDEX runs_by_content ON runs (connection_id, (input->>'sha256'), sequence)`,
  `CREATE TABLE rows (
    run_id uuid NOT NULL,
    number integer NOT NULL,
    state text NOT NULL,
    record_id text,
    link_key text,
    line integer,
    origin_row integer,
    raw jsonb NOT NULL,
    contact jsonb,
    fingerprint text,
    issues jsonb NOT NULL DEFAULT '[]',
    warnings jsonb NOT NULL DEFAULT '[]',
    reason text,
    contact_id bigint,
    folded_into integer,
    attempts smallint NOT NULL DEFAULT 0,
    not_before timestamptz,
    batch_limit smallint NOT NULL DEFAULT 10,
    search_first boolean NOT NULL DEFAULT false,
    PRIMARY KEY (run_id, number)
  )`,
  `CREATE INDEX rows_open ON rows (run_id, state, number) WHERE state IN ('ready', 'folded', 'sending', 'in doubt')`,
  `CREATE INDEX rows_folded ON rows (run_id, folded_into, number) WHERE folded_into IS NOT NULL`,
  `CREATE TABLE batches (
    id uuid PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts,
    owner uuid NOT NULL,
    lease_until timestamptz NOT NULL,
    state text NOT NULL,
    sent_at timestamptz NOT NULL,
    answered_at timestamptz
  )`,
  `CREATE INDEX batches_open ON batches (account_id) WHERE state = 'sending'`,
  `CREATE TABLE commands (
    id text PRIMARY KEY,
    batch_id uuid NOT NULL REFERENCES batches,
    run_id uuid NOT NULL,
    row_number integer NOT NULL,
    attempt smallint NOT NULL,
    action text NOT NULL,
    contact_id bigint,
    data jsonb NOT NULL,
    sent_at timestamptz NOT NULL,
    look_up_at timestamptz,
    state text NOT NULL,
    answer jsonb,
    FOREIGN KEY (run_id, row_number) REFERENCES rows ON DELETE CASCADE
  )`,
  `CREATE INDEX commands_in_doubt ON commands (look_up_at) WHERE state = 'in doubt'`,
  `CREATE INDEX commands_by_row ON commands (run_id, row_number)`,
  `CREATE INDEX commands_by_batch ON commands (batch_id)`,
  `CREATE TABLE claims (
    account_id text NOT NULL REFERENCES accounts,
    kind text NOT NULL,
    value text NOT NULL,
    run_id uuid NOT NULL,
    row_number integer NOT NULL,
    PRIMARY KEY (account_id, kind, value)
  )`,
  `CREATE INDEX claims_by_row ON claims (run_id, row_number)`,
  `CREATE TABLE links (
    account_id text NOT NULL REFERENCES accounts,
    connection_id text NOT NULL REFERENCES connections,
    key text NOT NULL,
    contact_id bigint,
    accepted jsonb,
    accepted_fingerprint text,
    accepted_at timestamptz,
    refused_fingerprint text,
    refused_issues jsonb,
    reported jsonb,
    PRIMARY KEY (connection_id, key)
  )`,
  `CREATE INDEX links_by_contact ON links (account_id, contact_id)`,
  `CREATE TABLE directory (
    account_id text NOT NULL REFERENCES accounts,
    kind text NOT NULL,
    value text NOT NULL,
    contact_id bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, kind, value, contact_id)
  )`,
  `CREATE INDEX directory_by_contact ON directory (account_id, contact_id)`,
  `CREATE TABLE operations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts,
    run_id uuid,
    batch_id uuid,
    kind text NOT NULL,
    commands smallint NOT NULL,
    cost smallint NOT NULL,
    at timestamptz NOT NULL
  )`,
  `CREATE INDEX operations_by_time ON operations (account_id, at)`,
  `CREATE INDEX operations_by_run ON operations (run_id)`,
  `CREATE TABLE lookups (
    account_id text NOT NULL REFERENCES accounts,
    kind text NOT NULL,
    items jsonb NOT NULL,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, kind)
  )`,
  `CREATE TABLE leases (
    resource text PRIMARY KEY,
    owner uuid NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
];
