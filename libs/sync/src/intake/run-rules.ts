import type { SourceRecord } from '@cloudtalk-sync/connector-kit';
import type { Mapping } from '@cloudtalk-sync/mapping';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { ValidationRules } from '@cloudtalk-sync/validation';
import type { AccountLists } from '../account/account-lists.js';
import type { RunSettings } from '../settings.js';
import { type CheckedRecord, checkRecord } from './check-record.js';
import { expectAttributes } from './run-mapping.js';

/**
 * The mapping and the rules of a run, with what the account knows of agents and attributes where the mapping uses them. An
 * old list will do for records that come out by it as they are known, so that unchanged ones cost nothing; for the first
 * other one the lists are renewed.
 */
export class RunRules {
  private areRecent = false;

  private constructor(
    readonly mapping: Mapping,
    private current: ValidationRules,
    private readonly recent: () => Promise<ValidationRules>,
  ) {}

  static async open(run: RunEntity, mapping: Mapping, lists: AccountLists, signal: AbortSignal): Promise<RunRules> {
    const { mapping: configured, defaultCountry, unknownColumns } = run.settings as RunSettings;
    const isConfigured = configured !== null;
    const read = async (mayBeOld: boolean): Promise<ValidationRules> => ({
      defaultCountry,
      unknownColumns,
      ...(mapping.usesAgents ? { agents: new Set((await lists.agents(run, signal, mayBeOld)).keys()) } : {}),
      ...(mapping.attributes.length > 0
        ? // An old list does not tell which columns of a template are attributes by now.
          { attributes: new Set((await lists.attributes(run, signal, mayBeOld && isConfigured)).keys()) }
        : {}),
    });
    const recent = async (): Promise<ValidationRules> => {
      const rules = await read(false);
      if (isConfigured && rules.attributes) expectAttributes(mapping, rules.attributes);
      return rules;
    };
    return new RunRules(mapping, await read(true), recent);
  }

  get rules(): ValidationRules {
    return this.current;
  }

  get mayBeOld(): boolean {
    return !this.areRecent;
  }

  /** Throws FatalError `unknown_attribute` for a configured attribute that the account lacks. */
  async renew(): Promise<void> {
    this.current = await this.recent();
    this.areRecent = true;
  }

  /** Maps and validates one record. */
  check(record: SourceRecord): CheckedRecord {
    return checkRecord(record, this.mapping, this.current);
  }
}
