import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { FatalError } from '@cloudtalk-sync/errors';
import { type DoNotCall, optOutField, type SourceFields } from '@cloudtalk-sync/mapping';
import {
  contactFingerprint,
  leaveOutTags,
  normaliseEmail,
  normalisePhone,
  type ValidContact,
} from '@cloudtalk-sync/validation';
import { parse } from 'csv-parse';
import type { RunSettings } from '../settings.js';
import type { CheckedRecord } from './check-record.js';

type Reach = Pick<ValidContact, 'phones' | 'emails'>;

/** Knows who must not be called, and what becomes of them. */
export class DoNotCallGuard {
  private constructor(
    private readonly policy: DoNotCall,
    private readonly field: (fields: SourceFields) => string | undefined,
    private readonly suppressed: ReadonlySet<string>,
  ) {}

  /** Undefined where everybody may be called. Throws FatalError when the suppression file cannot be read. */
  static async open({
    doNotCall,
    defaultCountry,
  }: Pick<RunSettings, 'defaultCountry' | 'doNotCall'>): Promise<DoNotCallGuard | undefined> {
    if (doNotCall == null) return undefined;
    const { fields = [], file } = doNotCall;
    const suppressed = file === undefined ? new Set<string>() : await readSuppressed(file, defaultCountry);
    return new DoNotCallGuard(doNotCall, optOutField(fields), suppressed);
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
      this.suppressed.size > 0 &&
      (phones.some((phone) => this.suppressed.has(phone)) ||
        emails.some((email) => this.suppressed.has(email.toLowerCase())))
    );
  }
}

/**
 * The SHA-256 of the suppression file; undefined where there is none. To be taken before the file is read for a run: what
 * changes in between is then seen by the next one. Throws FatalError when it cannot be read.
 */
export async function suppressionHash({ doNotCall }: Pick<RunSettings, 'doNotCall'>): Promise<string | undefined> {
  if (doNotCall?.file === undefined) return undefined;
  const { file } = doNotCall;
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(file) as AsyncIterable<Buffer>) hash.update(part);
  } catch (error) {
    throw unreadable(file, error);
  }
  return hash.digest('hex');
}

/** Every cell that is a phone number or an e-mail, in whatever column. */
async function readSuppressed(file: string, defaultCountry: string): Promise<ReadonlySet<string>> {
  const suppressed = new Set<string>();
  const lines = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  const input = createReadStream(file);
  input.on('error', (error) => lines.destroy(error));
  try {
    for await (const cells of input.pipe(lines) as AsyncIterable<readonly string[]>) {
      for (const cell of cells) {
        const text = cell.trim();
        if (text === '') continue;
        const read = text.includes('@') ? normaliseEmail(text) : normalisePhone(text, defaultCountry);
        if (read.ok && read.value !== '') suppressed.add(read.value.toLowerCase());
      }
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (suppressed.size === 0) throw unreadable(file, new Error('it holds neither a phone number nor an e-mail'));
  return suppressed;
}

/** Going on without the file would push people who must not be called. */
function unreadable(file: string, error: unknown): FatalError {
  return new FatalError(
    {
      code: 'suppression_unreadable',
      message: `The suppression file ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      fix: 'Put it there, readable for this user, with a number or an e-mail in each line; the import goes on by itself. Or take doNotCall.file out of the config.',
    },
    { cause: error },
  );
}
