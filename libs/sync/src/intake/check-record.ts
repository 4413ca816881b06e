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
  const damage = damageIssues(record);
  if (damage) return { ok: false, issues: damage, warnings: [] };
  const mapped = mapping.map(record.fields);
  const result = validateContact(mapped, rules);
  const { warnings } = result;
  if (!result.ok) return { ok: false, issues: result.issues, fingerprint: contactFingerprint(mapped), warnings };
  return { ok: true, contact: result.contact, fingerprint: contactFingerprint(result.contact), warnings };
}

/** Why a record cannot even be mapped, in the words of its source; undefined when it can. */
export function damageIssues({ damage }: SourceRecord): readonly Issue[] | undefined {
  if (!damage) return undefined;
  const { value, message, fix } = damage;
  return [{ field: 'row', code: 'invalid_value', value, message, fix }];
}
