import type { SourceRecord } from '@cloudtalk-sync/connector-kit';
import type { Mapping } from '@cloudtalk-sync/mapping';
import type { RunEntity } from '@cloudtalk-sync/store';
import type { ValidationRules } from '@cloudtalk-sync/validation';
import type { AccountLists } from '../account/account-lists.js';
import type { RunSettings } from '../settings.js';
import { type CheckedRecord, checkRecord } from './check-record.js';
import { expectAttributes } from './run-mapping.js';

/**
 * The mapping and the rules of a run, with what the account knows of agents and attributes where the mapping uses them.
 * What passes by an old list needs no newer one: unchanged records cost nothing, and delivery holds what it sends against
 * a recent one. The list is read again for the first record that it refuses.
 */
export class RunRules {
  private agentsAreRecent = false;

  private constructor(
    readonly mapping: Mapping,
    private checking: ValidationRules,
    private readonly recentAgents: () => Promise<ReadonlySet<string>>,
  ) {}

  /** Throws FatalError `unknown_attribute` for a configured attribute that the account lacks. */
  static async open(run: RunEntity, mapping: Mapping, lists: AccountLists, signal: AbortSignal): Promise<RunRules> {
    const { defaultCountry, unknownColumns } = run.settings as RunSettings;
    const agents = async (mayBeOld: boolean): Promise<ReadonlySet<string>> =>
      new Set((await lists.agents(run, signal, mayBeOld)).keys());
    const attributes = mapping.attributes.length > 0 ? await attributesOf(run, mapping, lists, signal) : undefined;
    const rules = {
      defaultCountry,
      unknownColumns,
      ...(mapping.usesAgents ? { agents: await agents(true) } : {}),
      ...(attributes ? { attributes } : {}),
    };
    return new RunRules(mapping, rules, () => agents(false));
  }

  get rules(): ValidationRules {
    return this.checking;
  }

  /** Maps and validates one record. */
  async check(record: SourceRecord): Promise<CheckedRecord> {
    const checked = checkRecord(record, this.mapping, this.checking);
    if (this.agentsAreRecent || !isOfUnknownAgent(checked)) return checked;
    this.checking = { ...this.checking, agents: await this.recentAgents() };
    this.agentsAreRecent = true;
    return checkRecord(record, this.mapping, this.checking);
  }
}

function isOfUnknownAgent(checked: CheckedRecord): boolean {
  return !checked.ok && checked.issues.some(({ code }) => code === 'agent_not_found');
}

/** An old list does not tell which columns of a template are attributes by now. */
async function attributesOf(
  run: RunEntity,
  mapping: Mapping,
  lists: AccountLists,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const isConfigured = (run.settings as RunSettings).mapping !== null;
  const old = await lists.attributes(run, signal, isConfigured);
  if (mapping.attributes.every((title) => old.has(title))) return new Set(old.keys());
  const recent = await lists.attributes(run, signal);
  if (isConfigured) expectAttributes(mapping, new Set(recent.keys()));
  return new Set(recent.keys());
}
