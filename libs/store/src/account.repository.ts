import type { EntityManager } from 'typeorm';
import { AccountEntity } from './entities/account.entity.js';
import { ConnectionEntity } from './entities/connection.entity.js';
import { CursorEntity } from './entities/cursor.entity.js';
import type { RunEntity } from './entities/run.entity.js';
import { toJson } from './json.js';
import { NAMES_CONTACT } from './link.repository.js';

/** What the ready rows of a run will ask for. */
export interface Outlook {
  readonly rows: number;
  /** Numbers and e-mails of rows that have no contact yet: what a search for each would cost. */
  readonly identities: number;
  /** Rows whose contact must be looked at, because a list of it changes. */
  readonly shows: number;
}

export type LookupKind = 'agents' | 'attributes' | 'countries';

export interface NewOperation {
  readonly accountId: string;
  readonly runId: string | null;
  readonly batchId?: string;
  readonly kind: string;
  /** How many commands the request carries; 0 for a read. */
  readonly commands?: number;
  /** How many operations of the budget it is taken to cost. */
  readonly cost: number;
  readonly at: Date;
  /** What has been learned of the account's limit since the last was noted, to be kept with the account. */
  readonly learned?: object;
}

/** What is kept of an account's budget. */
export interface KeptBudget {
  /** What was learned of its limit, as whoever learned it wrote it. */
  readonly rate: object;
  readonly spent: readonly { readonly at: Date; readonly commands: number }[];
}

/** The accounts and connections, and what they remember between runs: budget spent, lookups, cursors. */
export class AccountRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Makes the configured account and connections known; what is known already is kept. */
  async register(accountId: string, connections: readonly { id: string; connector: string }[]): Promise<void> {
    await this.manager.query('INSERT INTO accounts (id) VALUES ($1) ON CONFLICT DO NOTHING', [accountId]);
    await this.manager.query(
      `INSERT INTO connections (id, account_id, connector)
       SELECT id, $1, connector FROM jsonb_to_recordset($2::jsonb) AS c (id text, connector text)
       ON CONFLICT (id) DO UPDATE SET connector = excluded.connector`,
      [accountId, toJson(connections)],
    );
  }

  async find(id: string): Promise<AccountEntity | null> {
    return this.manager.findOneBy(AccountEntity, { id });
  }

  async connection(id: string): Promise<ConnectionEntity | null> {
    return this.manager.findOneBy(ConnectionEntity, { id });
  }

  /** Notes which org or portal the records of a connection are of; whichever it was first stays. */
  async keepOrg(connectionId: string, org: string): Promise<void> {
    await this.manager.query('UPDATE connections SET org = $2 WHERE id = $1 AND org IS NULL', [connectionId, org]);
  }

  /** Where the connection's next run resumes. */
  async cursor(connectionId: string): Promise<unknown> {
    return (await this.manager.findOneBy(CursorEntity, { connectionId }))?.cursor;
  }

  /**
   * Makes a completed run's cursor and settings those of its connection. A retry has read nothing of its source, and a
   * pass that was to read everything and was given nothing does not count as a reading.
   */
  async complete(run: RunEntity, now: Date): Promise<void> {
    if (run.kind === 'retry' || run.reads === 'nothing') return;
    await this.manager.update(
      ConnectionEntity,
      { id: run.connectionId },
      {
        settingsHash: run.settingsHash,
        completedRunId: run.id,
        completedAt: now,
        ...(run.reads === 'everything' ? { readInFullAt: run.startedAt } : {}),
      },
    );
    if (run.kind !== 'pass' || run.cursor === null) return;
    await this.manager.upsert(
      CursorEntity,
      { connectionId: run.connectionId, cursor: run.cursor as object, runId: run.id, movedAt: now },
      ['connectionId'],
    );
  }

  /** Notes one operation of the budget, to be committed before its request leaves; returns its id. */
  async spend(operation: NewOperation): Promise<number> {
    const { accountId, at, batchId, commands, cost, kind, learned, runId } = operation;
    const [spent]: { id: number }[] = await this.manager.query(
      `WITH learned AS (UPDATE accounts SET rate = rate || $8::jsonb WHERE id = $1 AND $8::jsonb IS NOT NULL)
       INSERT INTO operations (account_id, run_id, batch_id, kind, commands, cost, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
      [accountId, runId, batchId ?? null, kind, commands ?? 0, cost, at, learned ? toJson(learned) : null],
    );
    return spent?.id ?? 0;
  }

  /** Keeps pieces of what was learned of the account's limit; the others stay as they are. */
  async learn(accountId: string, learned: object): Promise<void> {
    await this.manager.query('UPDATE accounts SET rate = rate || $2::jsonb WHERE id = $1', [
      accountId,
      toJson(learned),
    ]);
  }

  /** Takes an operation back whose request never left. */
  async refund(id: number): Promise<void> {
    await this.manager.query('DELETE FROM operations WHERE id = $1', [id]);
  }

  /** What was learned of the account's limit, and its requests since `since`, by whatever process. */
  async budget(accountId: string, since: Date): Promise<KeptBudget> {
    const rows: { rate: object; at: Date | null; commands: number | null }[] = await this.manager.query(
      `SELECT a.rate, o.at, o.commands::int AS commands
       FROM accounts a LEFT JOIN operations o ON o.account_id = a.id AND o.at > $2
       WHERE a.id = $1 ORDER BY o.at`,
      [accountId, since],
    );
    const spent = rows.flatMap(({ at, commands }) => (at === null || commands === null ? [] : [{ at, commands }]));
    return { rate: rows[0]?.rate ?? {}, spent };
  }

  /** How many operations a run has used. */
  async operationsOf(runId: string): Promise<number> {
    const [row]: { count: number }[] = await this.manager.query(
      'SELECT coalesce(sum(cost), 0)::int AS count FROM operations WHERE run_id = $1',
      [runId],
    );
    return row?.count ?? 0;
  }

  /** What the ready rows of a run will ask of their account, as far as links and directory can tell. */
  async outlook(runId: string): Promise<Outlook> {
    const [outlook]: Outlook[] = await this.manager.query(
      `WITH ready AS MATERIALIZED (
         SELECT r.number, r.contact, r.search_first, u.account_id, l.accepted, ${NAMES_CONTACT} AS linked
         FROM rows r JOIN runs u ON u.id = r.run_id
         LEFT JOIN links l ON l.connection_id = u.connection_id AND l.key = r.link_key
         WHERE r.run_id = $1 AND r.state = 'ready'),
       named AS (
         SELECT number, account_id, 'phone' AS kind, jsonb_array_elements_text(contact->'phones') AS value
         FROM ready WHERE NOT linked
         UNION ALL SELECT number, account_id, 'email', lower(jsonb_array_elements_text(contact->'emails'))
         FROM ready WHERE NOT linked),
       matched AS (
         SELECT DISTINCT n.number FROM named n
         JOIN directory d ON d.account_id = n.account_id AND d.kind = n.kind AND d.value = n.value)
       SELECT count(*)::int AS rows,
         coalesce(sum(jsonb_array_length(contact->'phones') + jsonb_array_length(contact->'emails'))
           FILTER (WHERE NOT linked AND NOT search_first), 0)::int AS identities,
         (SELECT count(*)::int FROM matched) + count(*) FILTER (WHERE linked AND (accepted IS NULL
           OR NOT (accepted->'phones') @> (contact->'phones') OR NOT (accepted->'emails') @> (contact->'emails')
           OR NOT (accepted->'tags') @> (contact->'tags')
           OR NOT (accepted->'attributes') @> (contact->'attributes')))::int AS shows
       FROM ready`,
      [runId],
    );
    return outlook ?? { rows: 0, identities: 0, shows: 0 };
  }

  /** A cached list of the account, if it was read after `since`. */
  async lookup(accountId: string, kind: LookupKind, since: Date): Promise<unknown> {
    const [row]: { items: unknown }[] = await this.manager.query(
      'SELECT items FROM lookups WHERE account_id = $1 AND kind = $2 AND read_at > $3',
      [accountId, kind, since],
    );
    return row?.items;
  }

  async keepLookup(accountId: string, kind: LookupKind, items: readonly unknown[], now: Date): Promise<void> {
    await this.manager.query(
      `INSERT INTO lookups (account_id, kind, items, read_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (account_id, kind) DO UPDATE SET items = excluded.items, read_at = excluded.read_at`,
      [accountId, kind, toJson(items), now],
    );
  }
}
