import type { Fields, FieldValue } from '@cloudtalk-sync/connector-kit';
import type { NewRow } from '@cloudtalk-sync/store';
import { linkKeyOf } from '../identities.js';
import { type CheckedRecord, damageIssues } from './check-record.js';
import type { DoNotCallGuard } from './do-not-call.js';
import type { KnownRecords } from './known-records.js';
import type { ReadRecord } from './read-record.js';
import type { RunRules } from './run-rules.js';

export type RefusedRecord = Extract<CheckedRecord, { ok: false }>;

/** The row of a record that was checked. */
export interface CheckedRow {
  readonly row: NewRow;
  /** What failed about it. */
  readonly failed?: RefusedRecord;
}

/** Makes the rows of a run by its rules and its say on who must not be called. */
export class RowChecker {
  constructor(
    private readonly rules: RunRules,
    private readonly guard: DoNotCallGuard | undefined,
  ) {}

  /** The row of a record by all that needs no list of the account. */
  row(number: number, record: ReadRecord): CheckedRow {
    if (record.gone) {
      return { row: { ...newRow(number, record, 'ready', linkKeyOf(record.id, undefined)), gone: record.gone } };
    }
    return this.checked(number, record, this.rules.check(record));
  }

  /** The row of a record whose row by `row` is the draft: what says something new is held against the account's lists, too. */
  async whole(draft: CheckedRow, record: ReadRecord, known: KnownRecords): Promise<CheckedRow> {
    const { row } = draft;
    if (row.gone !== undefined || row.state === 'skipped' || known.isUnchanged(row)) return draft;
    return this.checked(row.number, record, await this.rules.checkWhole(record));
  }

  private checked(number: number, record: ReadRecord, read: CheckedRecord): CheckedRow {
    const checked = this.guard?.guard(record.fields, read) ?? read;
    const linkKey = linkKeyOf(record.id, checked.ok ? checked.contact : undefined);
    const reason = this.guard?.skips(record.fields, checked);
    if (reason !== undefined) return { row: { ...newRow(number, record, 'skipped', linkKey), reason } };
    if (checked.ok) return { row: newRow(number, record, 'ready', linkKey, checked) };
    return { row: newRow(number, record, 'failed', linkKey, checked), failed: checked };
  }
}

/** The row of a record that an import which was stopped leaves as it is. */
export function notProcessed(number: number, record: ReadRecord): NewRow {
  return { ...newRow(number, record, 'not processed'), issues: damageIssues(record) };
}

function newRow(
  number: number,
  { id, origin, fields, stored }: ReadRecord,
  state: NewRow['state'],
  linkKey?: string,
  checked?: CheckedRecord,
): NewRow {
  return {
    number,
    state,
    recordId: id,
    linkKey,
    line: origin.line,
    originRow: stored?.row,
    raw: filled(fields),
    contact: checked?.ok ? checked.contact : undefined,
    fingerprint: checked?.fingerprint,
    issues: checked?.ok ? undefined : checked?.issues,
    warnings: checked && checked.warnings.length > 0 ? checked.warnings : undefined,
  };
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
