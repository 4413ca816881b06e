import { type DoNotCall, optOutField, type SourceFields } from '@cloudtalk-sync/mapping';
import { contactFingerprint, leaveOutTags, type Reach, type Warning } from '@cloudtalk-sync/validation';
import type { RunSettings } from '../settings.js';
import type { CheckedRecord } from './check-record.js';
import { NOBODY, readSuppressed, type Suppressed } from './suppression-file.js';

/** Knows who must not be called, and what becomes of them. */
export class DoNotCallGuard {
  private constructor(
    private readonly policy: DoNotCall,
    private readonly field: (fields: SourceFields) => string | undefined,
    private readonly suppressed: Suppressed,
  ) {}

  /** Undefined where everybody may be called. Throws FatalError when the suppression file cannot be read. */
  static async open({
    doNotCall,
    defaultCountry,
  }: Pick<RunSettings, 'defaultCountry' | 'doNotCall'>): Promise<DoNotCallGuard | undefined> {
    if (doNotCall == null) return undefined;
    const { fields = [], file } = doNotCall;
    const suppressed = file === undefined ? NOBODY : await readSuppressed(file, defaultCountry);
    return new DoNotCallGuard(doNotCall, optOutField(fields), suppressed);
  }

  /** What of the suppression file could not be read. */
  get warnings(): readonly Warning[] {
    const { lines, more } = this.suppressed.unread;
    if (lines.length === 0) return [];
    const named = `${lines.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    const message = `In ${this.policy.file} a phone number or e-mail could not be read in line ${named}: whom it means is not kept out.`;
    return [{ field: 'doNotCall.file', code: 'suppression_unread', from: '', to: '', message }];
  }

  /** Why a record is not pushed; undefined when it is. */
  skips(fields: SourceFields, checked: CheckedRecord): string | undefined {
    return this.policy.then === 'skip' ? this.reason(fields, checked) : undefined;
  }

  /** What is pushed of a record: without campaign tags where the person must not be called. */
  guard(fields: SourceFields, checked: CheckedRecord): CheckedRecord {
    if (!checked.ok || this.policy.then === 'skip' || this.reason(fields, checked) === undefined) return checked;
    const contact = leaveOutTags(checked.contact, this.policy.campaignTags ?? 'ours');
    return { ...checked, contact, fingerprint: contactFingerprint(contact) };
  }

  private reason(fields: SourceFields, checked: CheckedRecord): string | undefined {
    const field = this.field(fields);
    if (field !== undefined) return `Not to be called: ${field} is set. Nothing was sent.`;
    if (!checked.ok || !this.isSuppressed(checked.contact)) return undefined;
    return `Not to be called: a number or e-mail stands in ${this.policy.file}. Nothing was sent.`;
  }

  private isSuppressed({ phones, emails }: Reach): boolean {
    return (
      this.suppressed.reach.size > 0 &&
      (phones.some((phone) => this.suppressed.reach.has(phone)) ||
        emails.some((email) => this.suppressed.reach.has(email.toLowerCase())))
    );
  }
}
