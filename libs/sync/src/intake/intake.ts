import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordStream } from '@cloudtalk-sync/connector-kit';
import type { Reason } from '@cloudtalk-sync/errors';
import { type IntakePage, type Refusal, RowPage, type RunEntity } from '@cloudtalk-sync/store';
import type { AccountLists } from '../account/account-lists.js';
import { linkKeyOf } from '../identities.js';
import { concerningRecords, noteMerges } from './gone-records.js';
import type { RunSettings } from '../settings.js';
import { stopReason } from '../stopping.js';
import { stopIfAsked, type World } from '../world.js';
import { type CheckedRow, notProcessed, type RefusedRecord, RowChecker } from './checked-row.js';
import { DoNotCallGuard } from './do-not-call.js';
import { knownRecords } from './known-records.js';
import type { ReadRecord } from './read-record.js';
import { mappingOf, unknownColumns } from './run-mapping.js';
import { RunRules } from './run-rules.js';

/** Records stored in one transaction with the run's cursor. */
const PAGE = 1000;
/** How long records are checked in one turn of the event loop, in milliseconds: the page before leaves meanwhile, part by part. */
const TURN = 1;

/** How far a run has been checked; what is stored may be a page behind. */
interface Progress {
  rowsRead: number;
  failures: number;
  /** Why nothing more of the run is checked. */
  stop: Reason | undefined;
}

/** Reads a run's records into rows: each page with its cursor in one transaction, so that a crash loses nothing. */
export class Intake {
  constructor(
    private readonly world: World,
    private readonly lists: AccountLists,
  ) {}

  /**
   * Stores all records of `stream`, which begins at the run's cursor; a stopped CRM pass is read no further. While the
   * database stores one page, the next is read and checked.
   */
  async store(run: RunEntity, stream: RecordStream, signal: AbortSignal): Promise<void> {
    const { accounts, intake, runs } = this.world.store;
    const settings = run.settings as RunSettings;
    const mapping = mappingOf(settings, stream.input);
    const rules = await RunRules.open(run, mapping, this.lists, signal);
    const guard = await DoNotCallGuard.open(settings);
    const checker = new RowChecker(rules, guard);
    const warnings = [...stream.input.warnings, ...unknownColumns(mapping, rules.own), ...(guard?.warnings ?? [])];
    await runs.note(run, { input: { ...run.input, ...stream.input, warnings } });
    const progress: Progress = { rowsRead: run.rowsRead, failures: run.failures, stop: run.error ?? undefined };
    const { org } = stream.input;
    const endsEarly = (): boolean => run.kind === 'pass' && progress.stop !== undefined;
    if (endsEarly()) return;
    let storing = Promise.resolve();
    try {
      for await (const records of pagesOf(stream.records)) {
        const page = await this.check(run, records, progress, rules, checker);
        await storing;
        stopIfAsked(signal);
        if (run.kind === 'pass' && run.rowsRead === 0 && org !== undefined)
          await accounts.keepOrg(run.connectionId, org);
        if (run.kind === 'pass') await noteMerges(this.world.store, run, records);
        storing = intake.storePage(run, page);
        storing.catch(() => undefined);
        if (endsEarly()) break;
      }
    } finally {
      await storing;
    }
  }

  private async check(
    run: RunEntity,
    records: readonly ReadRecord[],
    progress: Progress,
    rules: RunRules,
    checker: RowChecker,
  ): Promise<IntakePage> {
    const concerns = await concerningRecords(this.world.store, run, records);
    const concerned = records.filter(concerns);
    const drafts = rules.needLists && !progress.stop ? await draftsOf(concerned, progress.rowsRead + 1, checker) : [];
    const keys = rules.needLists
      ? drafts.map(({ row }) => row.linkKey)
      : concerned.map(({ id }) => linkKeyOf(id, undefined));
    const known = await knownRecords(this.world.store, run, keys);
    const rows = new RowPage();
    const refusals: Refusal[] = [];
    const before = progress.failures;
    const turns = new Turns();
    for (const [index, record] of concerned.entries()) {
      if (turns.isOver()) await turns.next();
      const number = ++progress.rowsRead;
      if (progress.stop) {
        rows.add(notProcessed(number, record));
        continue;
      }
      const draft = drafts[index];
      const { row, failed } =
        draft === undefined ? checker.row(number, record) : await checker.whole(draft, record, known);
      const isKnown = failed !== undefined && known.hasFailed(record, row);
      rows.add(isKnown ? { ...row, isKnown } : row);
      if (failed) {
        const refusal = refusalOf(run, row.linkKey, failed);
        if (refusal) refusals.push(refusal);
        if (!isKnown) progress.failures += 1;
      }
      progress.stop = stopReason(run, progress.failures, number);
    }
    const { failures, stop } = progress;
    const cursor = records[records.length - 1]?.cursor;
    return { rows, cursor, failures: failures - before, refusals, ...(stop ? { stop } : {}) };
  }
}

/** The rows of records, numbered from `first`, by all that needs no list of the account. */
async function draftsOf(
  records: readonly ReadRecord[],
  first: number,
  checker: RowChecker,
): Promise<readonly CheckedRow[]> {
  const turns = new Turns();
  const drafts: CheckedRow[] = [];
  for (const [index, record] of records.entries()) {
    if (turns.isOver()) await turns.next();
    drafts.push(checker.row(first + index, record));
  }
  return drafts;
}

/** Lets the event loop go on while records are checked. */
class Turns {
  private began = performance.now();

  isOver(): boolean {
    return performance.now() - this.began > TURN;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.began = performance.now();
  }
}

async function* pagesOf(records: AsyncIterable<ReadRecord>): AsyncGenerator<readonly ReadRecord[]> {
  let page: ReadRecord[] = [];
  for await (const record of records) {
    page.push(record);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** What the link of a refused record keeps; undefined where there is no link, or nothing to tell it by. */
function refusalOf(
  { accountId, connectionId, kind }: RunEntity,
  key: string | undefined,
  { fingerprint, issues }: RefusedRecord,
): Refusal | undefined {
  if (key === undefined || fingerprint === undefined || kind === 'preview') return undefined;
  return { accountId, connectionId, key, fingerprint, issues };
}
