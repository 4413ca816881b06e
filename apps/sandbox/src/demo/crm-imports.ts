import type { SandboxContact } from '../cloudtalk/contact-record.js';
import type { Crms } from './crms.js';
import type { Stage } from './stage.js';
import { table } from './summary.js';

const CONNECTIONS = ['salesforce', 'hubspot'] as const;
type CrmName = (typeof CONNECTIONS)[number];

/** One import of a CRM, as `run --json` tells it. */
interface CrmRun {
  readonly connection: string;
  readonly status: string;
  readonly rows: number;
  readonly operations: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly writeBack: { readonly written: number; readonly failed: number } | null;
}

export interface CrmImport {
  readonly shows: string;
  readonly run: CrmRun;
}

/** What the check of a connection said before and after its set-up, and what that made. */
export interface CrmSetup {
  readonly missing: readonly string[];
  readonly made: readonly string[];
  readonly left: readonly string[];
}

/** Lets `check` find what HubSpot lacks, and `setup` make it. */
export async function setUp(stage: Stage): Promise<CrmSetup> {
  const missing = await findings(stage, 'hubspot');
  const { made } = await stage.json<{ made: readonly string[] }>('setup', 'hubspot');
  return { missing, made, left: [...(await findings(stage, 'hubspot')), ...(await findings(stage, 'salesforce'))] };
}

async function findings(stage: Stage, connection: CrmName): Promise<readonly string[]> {
  const check = await stage.json<{ findings: readonly { place: string; message: string }[] }>('check', connection);
  return check.findings.map(({ place, message }) => `${place}: ${message}`);
}

/**
 * Pulls from both CRMs three times: the first time, after a day's work, and when nothing has changed. `look` is called
 * after the first time.
 */
export async function importCrms(stage: Stage, crms: Crms, look: () => void): Promise<readonly CrmImport[]> {
  const first = await pull(stage, 'the first import');
  look();
  crms.work();
  const second = await pull(stage, 'after a day of work in the CRM');
  return [...first, ...second, ...(await pull(stage, 'nothing changed but our own fields'))];
}

async function pull(stage: Stage, shows: string): Promise<readonly CrmImport[]> {
  const imports: CrmImport[] = [];
  for (const connection of CONNECTIONS) {
    imports.push({ shows, run: await stage.json<CrmRun>('run', connection, '--wait') });
  }
  return imports;
}

const OUTCOMES = ['created', 'updated', 'unchanged', 'failed', 'skipped', 'removed'];

/** One line for each import. */
export function crmTable(imports: readonly CrmImport[]): string {
  const header = ['connection', 'shows', 'status', 'rows', ...OUTCOMES, 'operations', 'written back'];
  const lines = imports.map(({ shows, run }) => [
    run.connection,
    shows,
    run.status,
    ...[run.rows, ...OUTCOMES.map((outcome) => run.totals[outcome] ?? 0), run.operations].map(String),
    String(run.writeBack?.written ?? 0),
  ]);
  return table(header, lines);
}

/** So many imported records of each CRM are shown. */
const IMPORTED_SHOWN = 3;

/** What the people in both CRMs see now: records that were not imported, and a few that were. */
export function crmRecords(crms: Crms): string {
  const header = ['CRM', 'record', 'status', 'CloudTalk id', 'message'];
  const seen = ['Salesforce', 'HubSpot'].flatMap((name) => {
    const records = outcomesOf(crms).filter(({ crm }) => crm === name);
    const imported = records.filter(({ status }) => status === 'imported');
    return [...records.filter((record) => !imported.includes(record)), ...imported.slice(0, IMPORTED_SHOWN)];
  });
  return table(
    header,
    seen.map(({ crm, name, status, contactId, message }) => [crm, name, status, contactId, message]),
  );
}

interface Seen {
  readonly crm: string;
  readonly name: string;
  readonly status: string;
  readonly contactId: string;
  readonly message: string;
}

function outcomesOf({ salesforce, hubspot }: Crms): readonly Seen[] {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const contacts = salesforce.records('Contact').filter((record) => record['IsDeleted'] !== true);
  return [
    ...contacts.map((record) => ({
      crm: 'Salesforce',
      name: `${text(record['FirstName'])} ${text(record['LastName'])}`,
      status: text(record['CloudTalk_Status__c']),
      contactId: text(record['CloudTalk_Id__c']),
      message: text(record['CloudTalk_Message__c']),
    })),
    ...hubspot.records().map(({ properties }) => ({
      crm: 'HubSpot',
      name: `${text(properties['firstname'])} ${text(properties['lastname'])}`,
      status: text(properties['cloudtalk_status']),
      contactId: text(properties['cloudtalk_id']),
      message: text(properties['cloudtalk_message']),
    })),
  ];
}

const EXPECTED: readonly (readonly [CrmName, Readonly<Record<string, number>>])[] = [
  ['salesforce', { created: 59, failed: 1 }],
  ['hubspot', { created: 58, failed: 1, skipped: 1 }],
  ['salesforce', { created: 1, updated: 2, removed: 1 }],
  ['hubspot', { created: 1, updated: 1, skipped: 1 }],
  ['salesforce', {}],
  ['hubspot', { skipped: 1 }],
];

/** Everything that is not as it must be, one sentence each. */
export function problemsOfCrms(
  crms: Crms,
  setup: CrmSetup,
  imports: readonly CrmImport[],
  contacts: readonly SandboxContact[],
): readonly string[] {
  const ids = new Set(contacts.map(({ id }) => String(id)));
  const wrong = imports.flatMap(({ run }, index) => {
    const [, expected = {}] = EXPECTED[index] ?? [];
    const kinds = OUTCOMES.filter((kind) => kind !== 'unchanged');
    return kinds
      .filter((kind) => (run.totals[kind] ?? 0) !== (expected[kind] ?? 0))
      .map(
        (kind) =>
          `${run.connection}, import ${index + 1}: ${run.totals[kind] ?? 0} ${kind}, not ${expected[kind] ?? 0}.`,
      );
  });
  const idle = imports.slice(-CONNECTIONS.length).filter(({ run }) => run.operations > 0 || run.writeBack?.written);
  const untold = outcomesOf(crms).filter(({ status }) => status === '');
  const lost = outcomesOf(crms).filter(({ status, contactId }) => status === 'imported' && !ids.has(contactId));
  return [
    ...(setup.missing.length > 0 && setup.made.length > 0 ? [] : ['check found nothing to set up in HubSpot.']),
    ...setup.left.map((finding) => `After the set-up check still finds: ${finding}`),
    ...wrong,
    ...idle.map(({ run }) => `The idle import of ${run.connection} was not free.`),
    ...untold.map(({ crm, name }) => `${crm} does not say what became of ${name}.`),
    ...lost.map(({ crm, name }) => `${crm} names a contact of ${name} that is not there.`),
  ];
}
