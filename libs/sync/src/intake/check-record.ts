import type { SourceRecord } from '@cloudtalk-sync/connector-kit';
import type { Mapping } from '@cloudtalk-sync/mapping';
import {
  contactFingerprint,
  type Issue,
  validateContact,
  type ValidationRules,
  type ValidContact,
  type Warning,
} from '@cloudtalk-sync/validation';

/** A record after mapping and validation. */
export type CheckedRecord =
  | {
      readonly ok: true;
      readonly contact: ValidContact;
      readonly fingerprint: string;
      readonly warnings: readonly Warning[];
    }
  | {
      readonly ok: false;
      readonly issues: readonly Issue[];
      /** Of the mapped contact; absent when the record could not even be mapped. */
      readonly fingerprint?: string;
      readonly warnings: readonly Warning[];
    };

/** Maps and validates one record: what an import does and what `validate` shows, without a database or an account. */
export function checkRecord(record: SourceRecord, mapping: Mapping, rules: ValidationRules): CheckedRecord {
  if (record.damage) {
    const { value, message, fix } = record.damage;
    return { ok: false, issues: [{ field: 'row', code: 'invalid_value', value, message, fix }], warnings: [] };
  }
  const mapped = mapping.map(record.fields);
  const result = validateContact(mapped, rules);
  if (!result.ok) return { ...result, fingerprint: contactFingerprint(mapped) };
  return { ...result, fingerprint: contactFingerprint(result.contact) };
}
