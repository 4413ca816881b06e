import type { RecordStream, SourceRecord } from '@cloudtalk-sync/connector-kit';
import type { Reason } from '@cloudtalk-sync/errors';
import type { Mapping } from '@cloudtalk-sync/mapping';
import type { NewRow, Refusal, RunEntity, Store } from '@cloudtalk-sync/store';
import type { ValidationRules } from '@cloudtalk-sync/validation';
import type { AccountLists } from '../account/account-lists.js';
import { linkKeyOf } from '../identities.js';
import type { RunSettings } from '../settings.js';
import { countFailures, isStopped, stopReason } from '../stopping.js';
import { stopIfAsked, type World } from '../world.js';
import { checkRecord } from './check-record.js';
import { mappingOf, rulesOf, unknownColumns } from './run-mapping.js';

/** Records stored in one transaction with the run's cursor. */
const PAGE = 1000;

interface CheckedPage {
  readonly rows: readonly NewRow[];
  /** Failed rows that count towards the run's limit. */
  readonly failures: number;
  readonly refusals: readonly Refusal[];
  /** Why nothing more of the run is checked. */
  readonly stop?: Reason;
}

/** Reads a run's records into rows: each page with its cursor in one transaction, so that a crash loses nothing. */
export class Intake {
  constructor(
    private readonly world: World,
    private readonly lists: AccountLists,
  ) {}

  /** Stores all records of `stream`, which begins at the run's cursor; a stopped CRM pass is read no further. */
  async store(run: RunEntity, stream: RecordStream, signal: AbortSignal): Promise<void> {
    const settings = run.settings as RunSettings;
    const mapping = mappingOf(settings, stream.input);
    const rules = await rulesOf(settings, mapping, this.lists, run.id, signal);
    const warnings = [...stream.input.warnings, ...unknownColumns(mapping, rules)];
    await this.world.store.runs.note(run, { input: { ...stream.input, warnings } });
    if (run.kind === 'pass' && isStopped(run)) return;
    let page: SourceRecord[] = [];
    for await (const record of stream.records) {
      page.push(record);
      if (page.length < PAGE) continue;
      await this.storePage(run, page, mapping, rules);
      stopIfAsked(signal);
      page = [];
      if (run.kind === 'pass' && isStopped(run)) return;
    }
    if (page.length > 0) await this.storePage(run, page, mapping, rules);
  }

  private async storePage(
    run: RunEntity,
    page: readonly SourceRecord[],
    mapping: Mapping,
    rules: ValidationRules,
  ): Promise<void> {
    const { rows, failures, refusals, stop } = await this.rowsOf(run, page, mapping, rules);
    await this.world.store.transaction(async (tx: Store) => {
      await tx.rows.insert(run.id, rows);
      await tx.runs.note(run, { cursor: page[page.length - 1]?.cursor, rowsRead: run.rowsRead + page.length });
      if (refusals.length > 0) await tx.links.refuse(refusals);
      await countFailures(tx, run, failures, stop);
    });
  }

  private async rowsOf(
    run: RunEntity,
    page: readonly SourceRecord[],
    mapping: Mapping,
    rules: ValidationRules,
  ): Promise<CheckedPage> {
    let stop = run.error ?? undefined;
    const rows: NewRow[] = [];
    const known = await this.reportedFailures(run, page);
    const refusals: Refusal[] = [];
    const own = { accountId: run.accountId, connectionId: run.connectionId };
    let failures = 0;
    for (const record of page) {
      const row = {
        number: run.rowsRead + rows.length + 1,
        recordId: record.id,
        line: record.origin.line,
        raw: record.fields,
      };
      if (stop) {
        rows.push({ ...row, state: 'not processed' });
        continue;
      }
      const checked = checkRecord(record, mapping, rules);
      const linkKey = linkKeyOf(record.id, checked.ok ? checked.contact : undefined);
      rows.push({ ...row, ...checked, state: checked.ok ? 'ready' : 'failed', linkKey });
      if (!checked.ok) {
        const { fingerprint, issues } = checked;
        const isKnown = linkKey !== undefined && fingerprint !== undefined && known.get(linkKey) === fingerprint;
        failures += isKnown ? 0 : 1;
        if (linkKey !== undefined && fingerprint !== undefined)
          refusals.push({ ...own, key: linkKey, fingerprint, issues });
      }
      stop = stopReason(run, run.failures + failures, row.number);
    }
    return { rows, failures, refusals, ...(stop ? { stop } : {}) };
  }

  /** What was refused last time, by link key: the same failure of an unchanged record does not count again. */
  private async reportedFailures(run: RunEntity, page: readonly SourceRecord[]): Promise<ReadonlyMap<string, string>> {
    const keys = page.flatMap((record) => linkKeyOf(record.id, undefined) ?? []);
    if (keys.length === 0) return new Map();
    const links = await this.world.store.links.ofKeys(run.connectionId, keys);
    return new Map([...links].map(([key, link]) => [key, link.refusedFingerprint ?? '']));
  }
}
