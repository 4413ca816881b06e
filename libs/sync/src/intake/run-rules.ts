import type { SourceRecord } from '@cloudtalk-sync/connector-kit';
import type { Mapping } from '@cloudtalk-sync/mapping';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { ValidationRules } from '@cloudtalk-sync/validation';
import type { AccountLists } from '../account/account-lists.js';
import type { RunSettings } from '../settings.js';
import { type CheckedRecord, checkRecord } from './check-record.js';
import { expectAttributes } from './run-mapping.js';

/**
 * The mapping and the rules of a run. What the account knows of agents and attributes is asked for with the first record
 * that is to be held against it, so that unchanged ones cost nothing.
 */
export class RunRules {
  private whole: Promise<ValidationRules> | undefined;

  private constructor(
    private readonly mapping: Mapping,
    /** The rules that need no list of the account; to columns of a template they say which are attributes. */
    readonly own: ValidationRules,
    private readonly withLists: (() => Promise<ValidationRules>) | undefined,
  ) {}

  static async open(run: RunEntity, mapping: Mapping, lists: AccountLists, signal: AbortSignal): Promise<RunRules> {
    const { mapping: configured, defaultCountry, unknownColumns } = run.settings as RunSettings;
    const attributesOf = async (): Promise<Pick<ValidationRules, 'attributes'>> =>
      mapping.attributes.length === 0 ? {} : { attributes: new Set((await lists.attributes(run, signal)).keys()) };
    const own = { defaultCountry, unknownColumns, ...(configured === null ? await attributesOf() : {}) };
    const withLists = async (): Promise<ValidationRules> => {
      const agents = mapping.usesAgents ? { agents: new Set((await lists.agents(run, signal)).keys()) } : {};
      const { attributes } = configured === null ? own : await attributesOf();
      if (configured !== null && attributes) expectAttributes(mapping, attributes);
      return { ...own, ...agents, ...(attributes && { attributes }) };
    };
    const needsLists = mapping.usesAgents || (configured !== null && mapping.attributes.length > 0);
    return new RunRules(mapping, own, needsLists ? withLists : undefined);
  }

  /** Whether the account has a say in what becomes of a record. */
  get needLists(): boolean {
    return this.withLists !== undefined;
  }

  /** Maps and validates a record by all that needs no list of the account. */
  check(record: SourceRecord): CheckedRecord {
    return checkRecord(record, this.mapping, this.own);
  }

  /** Maps and validates a record. Throws FatalError `unknown_attribute` for a configured attribute that the account lacks. */
  async checkWhole(record: SourceRecord): Promise<CheckedRecord> {
    this.whole ??= this.withLists?.();
    return checkRecord(record, this.mapping, (await this.whole) ?? this.own);
  }
}
