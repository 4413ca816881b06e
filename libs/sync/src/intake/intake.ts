import type { Fields, FieldValue, RecordStream, SourceRecord } from '@cloudtalk-sync/connector-kit';
import type { Reason } from '@cloudtalk-sync/errors';
import type { Mapping } from '@cloudtalk-sync/mapping';
import type { IntakePage, NewRow, Refusal, RunEntity } from '@cloudtalk-sync/store';
import type { ValidationRules } from '@cloudtalk-sync/validation';
import type { AccountLists } from '../account/account-lists.js';
import { linkKeyOf } from '../identities.js';
import type { RunSettings } from '../settings.js';
import { stopReason } from '../stopping.js';
import { stopIfAsked, type World } from '../world.js';
import { type CheckedRecord, checkRecord } from './check-record.js';
import { mappingOf, rulesOf, unknownColumns } from './run-mapping.js';

/** Records stored in one transaction with the run's cursor. */
const PAGE = 1000;

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
    const { intake, runs } = this.world.store;
    const settings = run.settings as RunSettings;
    const mapping = mappingOf(settings, stream.input);
    const rules = await rulesOf(settings, mapping, this.lists, run.id, signal);
    const warnings = [...stream.input.warnings, ...unknownColumns(mapping, rules)];
    await runs.note(run, { input: { ...stream.input, warnings } });
    const progress: Progress = { rowsRead: run.rowsRead, failures: run.failures, stop: run.error ?? undefined };
    const endsEarly = (): boolean => run.kind === 'pass' && progress.stop !== undefined;
    if (endsEarly()) return;
    let storing = Promise.resolve();
    try {
      for await (const records of pagesOf(stream.records)) {
        const page = await this.check(run, records, progress, mapping, rules);
        await storing;
        stopIfAsked(signal);
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
    records: readonly SourceRecord[],
    progress: Progress,
    mapping: Mapping,
    rules: ValidationRules,
  ): Promise<IntakePage> {
    const known = await this.reportedFailures(run, records);
    const rows: NewRow[] = [];
    const refusals: Refusal[] = [];
    const before = progress.failures;
    for (const record of records) {
      const { id, origin, fields } = record;
      const row = { number: ++progress.rowsRead, recordId: id, line: origin.line, raw: filled(fields) };
      if (progress.stop) {
        rows.push({ ...row, state: 'not processed' });
        continue;
      }
      const checked = checkRecord(record, mapping, rules);
      const linkKey = linkKeyOf(id, checked.ok ? checked.contact : undefined);
      rows.push({ ...row, ...checked, state: checked.ok ? 'ready' : 'failed', linkKey });
      if (!checked.ok) {
        const refusal = refusalOf(run, linkKey, checked);
        if (refusal) refusals.push(refusal);
        if (!refusal || known.get(refusal.key) !== refusal.fingerprint) progress.failures += 1;
      }
      progress.stop = stopReason(run, progress.failures, row.number);
    }
    const { failures, stop } = progress;
    const cursor = records[records.length - 1]?.cursor;
    return { rows, cursor, failures: failures - before, refusals, ...(stop ? { stop } : {}) };
  }

  /** What was refused last time, by link key: the same failure of an unchanged record does not count again. */
  private async reportedFailures(run: RunEntity, page: readonly SourceRecord[]): Promise<ReadonlyMap<string, string>> {
    const keys = page.flatMap((record) => linkKeyOf(record.id, undefined) ?? []);
    if (keys.length === 0) return new Map();
    const links = await this.world.store.links.ofKeys(run.connectionId, keys);
    return new Map([...links].map(([key, link]) => [key, link.refusedFingerprint ?? '']));
  }
}

async function* pagesOf(records: AsyncIterable<SourceRecord>): AsyncGenerator<readonly SourceRecord[]> {
  let page: SourceRecord[] = [];
  for await (const record of records) {
    page.push(record);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Empty cells are not stored: an absent field and an empty one mean the same to a mapping and in a report. */
function filled(fields: Fields): Fields {
  const kept: Record<string, FieldValue> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept;
}

/** What the link of a refused record keeps; undefined where there is no link, or nothing to tell it by. */
function refusalOf(
  { accountId, connectionId }: RunEntity,
  key: string | undefined,
  { fingerprint, issues }: Extract<CheckedRecord, { ok: false }>,
): Refusal | undefined {
  if (key === undefined || fingerprint === undefined) return undefined;
  return { accountId, connectionId, key, fingerprint, issues };
}
