import type { Finding, Session } from '@cloudtalk-sync/connector-kit';
import { FatalError, reasonOf, RetryableError } from '@cloudtalk-sync/errors';
import {
  compileMapping,
  type Mapping,
  type MappingConfig,
  type MappingForm,
  type SourceFields,
  sourceFieldsOf,
} from '@cloudtalk-sync/mapping';
import type { AccountLists } from './account/account-lists.js';
import { withSession } from './connection-session.js';
import { DoNotCallGuard } from './intake/do-not-call.js';
import { expectAttributes } from './intake/run-mapping.js';
import { settingsOf } from './settings.js';
import type { SyncAccount, SyncConnection, World } from './world.js';

/** What stands in the way of a connection's runs. */
export interface ConnectionCheck {
  /** What a person should mend before the first run; empty: nothing. */
  readonly findings: readonly Finding[];
  /** False when the source or CloudTalk did not answer: there may be more findings. */
  readonly reachable: boolean;
}

/** Owners are asked for by the query that these make: what is wrong with it would be said twice. */
const OF_QUERY = ['options.object', 'options.where', 'mapping'];
/** So many values of one field are named. */
const NAMED = 20;

/** Looks for everything that would go wrong in a run of the connection, in its source and in CloudTalk, all at once. */
export async function checkConnection(
  world: World,
  connection: SyncConnection,
  account: SyncAccount,
  lists: AccountLists,
  signal: AbortSignal,
): Promise<ConnectionCheck> {
  const findings: Finding[] = [];
  let reachable = true;
  /** False when nothing more can be looked for there. Two looks may fail for the same cause, such as one scope. */
  const look = async (place: string, work: () => Promise<readonly Finding[]>): Promise<boolean> => {
    try {
      findings.push(...(await work()));
      return true;
    } catch (error) {
      if (!(error instanceof FatalError) && !(error instanceof RetryableError)) throw error;
      if (error instanceof RetryableError) reachable = false;
      const { message, fix } = reasonOf(error);
      if (!findings.some((found) => found.fix === fix)) findings.push({ place, message, fix });
      return false;
    }
  };
  const settings = settingsOf(connection, account);
  const mapping = connection.mapping && compileMapping(connection.mapping);
  await look('CloudTalk', () => checkAccount(mapping, lists, signal));
  await look('doNotCall.file', async () => unreadOf(await DoNotCallGuard.open(settings)));
  await look('source', () =>
    withSession(world, connection, settings, async (session) => {
      const isUsable = await look('source', () => session.check(signal));
      const { mapping: config } = connection;
      const wrong = new Set(findings.map(({ place }) => place));
      const isQueryWrong = OF_QUERY.some((place) => wrong.has(place));
      if (isUsable && !isQueryWrong && reachable && config)
        await look('owners', () => checkOwners(session, config, wrong, lists, signal));
      return [];
    }),
  );
  return { findings, reachable };
}

/** The lines of the suppression file that mean nobody. */
function unreadOf(guard: DoNotCallGuard | undefined): readonly Finding[] {
  const fix = 'Correct these lines: one number in international form, or one address, in each.';
  return (guard?.warnings ?? []).map(({ field, message }) => ({ place: field, message, fix }));
}

/** The key is good, and the account has what the mapping fills. */
async function checkAccount(
  mapping: Mapping | undefined,
  lists: AccountLists,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const attributes = new Set((await lists.attributes(null, signal)).keys());
  if (mapping) expectAttributes(mapping, attributes);
  return [];
}

/** Owners whom CloudTalk does not know as agents: each record of theirs would fail. What is `wrong` is no field to ask. */
async function checkOwners(
  { source }: Session,
  { favorite_agent: rule }: MappingConfig,
  wrong: ReadonlySet<string>,
  lists: AccountLists,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (rule === undefined) return [];
  const agents = await lists.agents(null, signal);
  const forms = [rule].flat().filter((form) => fieldsOfForm(form).length < 2);
  const ownerless = agentBy(forms.filter((form) => typeof form !== 'string'))({});
  const findings = ownerless === '' || agents.has(ownerless) ? [] : [noDefaultAgent(ownerless)];
  if (source.kind !== 'pass') return findings;
  const known = new Set([...agents.keys(), ownerless, '']);
  const agentOf = agentBy(forms);
  for (const field of new Set(forms.flatMap(fieldsOfForm))) {
    if (wrong.has(field)) continue;
    const values = await source.valuesOf(field, signal);
    const strange = values.filter((value) => !known.has(agentOf({ [field]: value })));
    const used = strange.length === 0 ? undefined : await source.usedOf?.(field, strange, signal);
    const isUsed = (value: string): boolean => used?.has(value) ?? true;
    const strangers = new Set(strange.filter(isUsed).map((value) => agentOf({ [field]: value })));
    if (strangers.size > 0) findings.push(noAgents(field, [...strangers], source.usedAmong));
  }
  return findings;
}

/** The fields that a form looks at: of several in one template, none says by itself who is meant. */
function fieldsOfForm(form: MappingForm): readonly string[] {
  return [...new Set(sourceFieldsOf(form).flat())];
}

/** Whom these forms of `favorite_agent` make of the fields of a record; empty: nobody. */
function agentBy(forms: MappingForm[]): (fields: SourceFields) => string {
  const mapping = compileMapping({ name: 'unused', phone: 'unused', favorite_agent: forms });
  return (fields) => (mapping.map(fields).single.favorite_agent ?? '').trim().toLowerCase();
}

function noDefaultAgent(stranger: string): Finding {
  return {
    place: 'mapping.favorite_agent',
    message: `Where no field names an agent it gives ${stranger}, who is no CloudTalk agent. Every such record would fail.`,
    fix: 'Invite them in CloudTalk, or correct the constant or `default`.',
  };
}

function noAgents(field: string, strangers: readonly string[], among: string | undefined): Finding {
  const rest = strangers.length - NAMED;
  const isOne = strangers.length === 1;
  const names = strangers.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  const failing = among
    ? `Looked at were ${among}: each record of theirs that is read would fail.`
    : 'Every record of theirs would fail.';
  return {
    place: field,
    message: `It names ${isOne ? 'somebody who is' : 'people who are'} no CloudTalk agent: ${names}. ${failing}`,
    fix: 'Invite them in CloudTalk, translate them with { from: ..., lookup: { ... } } in mapping.favorite_agent, or give that a `default`.',
  };
}
