import { type EntityManager, IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { type IntakeStep, RunEntity, type RunKind, type StoredInput } from './entities/run.entity.js';
import { toJson } from './json.js';
import { membersOf } from './members.js';
import { assertMove, END_STATES, RUN_MOVES, type RunState } from './states.js';

export interface NewRun {
  /** A UUID made before the run's input is claimed. */
  readonly id: string;
  readonly accountId: string;
  readonly connectionId: string;
  readonly kind: RunKind;
  readonly requestedAt: Date;
  readonly settings: unknown;
  readonly settingsHash: string;
  readonly input?: StoredInput;
  /** The run whose rows are tried again, and the code of those rows where only they are. */
  readonly retryOf?: string;
  readonly retryCode?: string;
}

/** What may be noted on a run beside its state. */
export type RunNotes = Partial<
  Pick<
    RunEntity,
    | 'cursor'
    | 'endedAt'
    | 'error'
    | 'failures'
    | 'forecast'
    | 'input'
    | 'places'
    | 'reads'
    | 'rowsRead'
    | 'settings'
    | 'settingsHash'
    | 'startedAt'
    | 'waiting'
    | 'writeBack'
  > & { readonly intake: IntakeStep }
>;

/** A run, and where it stood when it was looked at. */
export type RunPlace = Pick<RunEntity, 'id' | 'state'>;

/** What says what is to be done next for a run. */
export type StandingRun = RunPlace & Pick<RunEntity, 'accountId' | 'waiting'>;

/** The runs: one row for each import ever asked for. */
export class RunRepository {
  constructor(private readonly manager: EntityManager) {}

  private get select(): string {
    return `SELECT ${membersOf(this.manager, RunEntity)} FROM runs`;
  }

  /** Inserting a run asks for it. Returns false when a run of this id is there already. */
  async insert(run: NewRun): Promise<boolean> {
    const inserted: unknown[] = await this.manager.query(
      `INSERT INTO runs (id, account_id, connection_id, kind, state, requested_at, settings, settings_hash, input,
         retry_of, retry_code)
       VALUES ($1, $2, $3, $4, 'requested', $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING id`,
      [
        run.id,
        run.accountId,
        run.connectionId,
        run.kind,
        run.requestedAt,
        toJson(run.settings),
        run.settingsHash,
        run.input === undefined ? null : toJson(run.input),
        run.retryOf ?? null,
        run.retryCode ?? null,
      ],
    );
    return inserted.length === 1;
  }

  async find(id: string): Promise<RunEntity | null> {
    const [found]: RunEntity[] = await this.manager.query(`${this.select} WHERE id = $1`, [id]);
    return found ?? null;
  }

  /** The runs whose id begins with `prefix`, newest first, at most two: enough to tell whether it names one. */
  async findByPrefix(prefix: string): Promise<readonly RunEntity[]> {
    if (!/^[0-9a-f-]+$/i.test(prefix)) return [];
    return this.manager
      .createQueryBuilder(RunEntity, 'run')
      .where('run.id::text LIKE :prefix', { prefix: `${prefix.toLowerCase()}%` })
      .orderBy('run.sequence', 'DESC')
      .limit(2)
      .getMany();
  }

  /** The runs that have not ended, in the order in which they were requested. */
  async open(): Promise<readonly RunEntity[]> {
    return this.manager.query(`${this.select} WHERE ended_at IS NULL ORDER BY sequence`);
  }

  /** Where the runs stand that have not ended, in the order in which they were requested. */
  async standing(): Promise<readonly StandingRun[]> {
    return this.manager.query(
      'SELECT id, account_id AS "accountId", state, waiting FROM runs WHERE ended_at IS NULL ORDER BY sequence',
    );
  }

  /**
   * The run that has to end before this pass or retry of its connection is read; one of a file only has to be read
   * before.
   */
  async openBefore({ connectionId, kind, sequence }: RunEntity): Promise<RunEntity | null> {
    if (kind !== 'pass' && kind !== 'retry') return null;
    const [before]: RunEntity[] = await this.manager.query(
      `${this.select} WHERE connection_id = $1 AND sequence < $2 AND ended_at IS NULL AND kind <> 'preview'
         AND (input->>'name' IS NULL OR coalesce(waiting->>'from', state) IN ('requested', 'reading')) ORDER BY sequence LIMIT 1`,
      [connectionId, sequence],
    );
    return before ?? null;
  }

  /** The earliest pass over a connection that has not ended. */
  async openPass(connectionId: string): Promise<RunEntity | null> {
    const where = { connectionId, kind: 'pass', endedAt: IsNull() } as const;
    return this.manager.findOne(RunEntity, { where, order: { sequence: 'ASC' } });
  }

  /** The newest runs first. */
  async list(limit: number, connectionId?: string): Promise<readonly RunEntity[]> {
    const query = this.manager.createQueryBuilder(RunEntity, 'run').orderBy('run.sequence', 'DESC').limit(limit);
    return (connectionId === undefined ? query : query.where({ connectionId })).getMany();
  }

  /** Which of these ids are runs. */
  async known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found: { id: string }[] = await this.manager.query('SELECT id FROM runs WHERE id = ANY($1::uuid[])', [ids]);
    return new Set(found.map((run) => run.id));
  }

  /** True when rows of the connection may have been sent by other settings since its last completed run. */
  async hadOtherSettings({ connectionId, settingsHash }: RunEntity, completedRunId: string | null): Promise<boolean> {
    const found: unknown[] = await this.manager.query(
      `SELECT 1 FROM runs WHERE connection_id = $1 AND kind <> 'preview' AND settings_hash <> $2 AND rows_read > 0
         AND sequence > (SELECT sequence FROM runs WHERE id = $3) LIMIT 1`,
      [connectionId, settingsHash, completedRunId],
    );
    return found.length > 0;
  }

  /** The earliest import before this run, of its connection, whose input had this content; a preview is none. */
  async firstWithContent(run: RunEntity, sha256: string): Promise<string | undefined> {
    const found: { id: string }[] = await this.manager.query(
      `SELECT id FROM runs WHERE connection_id = $1 AND input->>'sha256' = $2 AND sequence < $3 AND kind <> 'preview'
       ORDER BY sequence LIMIT 1`,
      [run.connectionId, sha256, run.sequence],
    );
    return found[0]?.id;
  }

  /** Behind which key the last write-back of the run's connection left the records to the next run, if it did. */
  async brokenOffAt({ connectionId }: Pick<RunEntity, 'connectionId'>): Promise<string | undefined> {
    const found: { key: string | null }[] = await this.manager.query(
      `SELECT write_back->>'brokenOffAt' AS key FROM runs
       WHERE connection_id = $1 AND write_back IS NOT NULL AND ended_at IS NOT NULL ORDER BY sequence DESC LIMIT 1`,
      [connectionId],
    );
    return found[0]?.key ?? undefined;
  }

  /**
   * The one way in which a run changes its state. Returns false, and changes nothing, when the run is no longer where
   * the caller saw it. Throws FatalError for an illegal move.
   */
  async move(run: RunPlace, to: RunState, notes: RunNotes = {}): Promise<boolean> {
    assertMove(RUN_MOVES, run.state, to);
    const waiting = to === 'waiting' ? {} : { waiting: null };
    const noted = storableNotes(notes);
    const result = await this.manager
      .createQueryBuilder()
      .update(RunEntity)
      .set({ ...waiting, ...noted, state: to } as QueryDeepPartialEntity<RunEntity>)
      .where({ id: run.id, state: run.state })
      .execute();
    if (result.affected !== 1) return false;
    Object.assign(run, waiting, noted, { state: to });
    return true;
  }

  /** Notes facts of a run without moving it. */
  async note(run: RunEntity, notes: RunNotes): Promise<void> {
    const noted = storableNotes(notes);
    await this.manager.update(RunEntity, { id: run.id }, noted as QueryDeepPartialEntity<RunEntity>);
    Object.assign(run, noted);
  }

  /** Counts failed rows towards the run's limit and returns the new count. */
  async countFailures(runId: string, failures: number): Promise<number> {
    const [updated]: [{ failures: number }[], number] = await this.manager.query(
      'UPDATE runs SET failures = failures + $2 WHERE id = $1 RETURNING failures',
      [runId, failures],
    );
    return updated[0]?.failures ?? 0;
  }
}

/** Dates as they are, everything else as jsonb takes it. */
function storableNotes(notes: RunNotes): RunNotes {
  const asStored = (value: unknown): unknown =>
    value === undefined || value instanceof Date ? value : JSON.parse(toJson(value));
  return Object.fromEntries(Object.entries(notes).map(([name, value]) => [name, asStored(value)]));
}

export function hasEnded(run: { readonly state: RunState }): boolean {
  return (END_STATES as readonly RunState[]).includes(run.state);
}
