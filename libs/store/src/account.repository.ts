import type { EntityManager } from 'typeorm';
import { AccountEntity } from './entities/account.entity.js';
import { ConnectionEntity } from './entities/connection.entity.js';
import { CursorEntity } from './entities/cursor.entity.js';
import type { RunEntity } from './entities/run.entity.js';
import { toJson } from './json.js';

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

  /** Where the connection's next run resumes. */
  async cursor(connectionId: string): Promise<unknown> {
    return (await this.manager.findOneBy(CursorEntity, { connectionId }))?.cursor;
  }

  /** Makes a completed run's cursor and settings those of its connection; a retry has read nothing of its source. */
  async complete(run: RunEntity, now: Date): Promise<void> {
    if (run.kind === 'retry') return;
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
    const [spent]: { id: number }[] = await this.manager.query(
      'INSERT INTO operations (account_id, run_id, batch_id, kind, commands, cost, at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id',
      [
        operation.accountId,
        operation.runId,
        operation.batchId ?? null,
        operation.kind,
        operation.commands ?? 0,
        operation.cost,
        operation.at,
      ],
    );
    return spent?.id ?? 0;
  }

  /** Takes an operation back whose request never left. */
  async refund(id: number): Promise<void> {
    await this.manager.query('DELETE FROM operations WHERE id = $1', [id]);
  }

  /** The account's requests since `since`, with what each is taken to have cost. */
  async spentSince(accountId: string, since: Date): Promise<readonly { at: Date; operations: number }[]> {
    return this.manager.query(
      'SELECT at, cost::int AS operations FROM operations WHERE account_id = $1 AND at > $2 ORDER BY at',
      [accountId, since],
    );
  }

  /** How many operations a run has used. */
  async operationsOf(runId: string): Promise<number> {
    const [row]: { count: number }[] = await this.manager.query(
      'SELECT coalesce(sum(cost), 0)::int AS count FROM operations WHERE run_id = $1',
      [runId],
    );
    return row?.count ?? 0;
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
