import { once } from 'node:events';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { problemsOf } from './checks.js';
import { crmRecords, crmTable, importCrms, problemsOfCrms, setUp } from './crm-imports.js';
import type { Crms } from './crms.js';
import { until } from './deadline.js';
import { demoConfig } from './demo-config.js';
import { type Result, resultsOf } from './results.js';
import type { SampleFile } from './sample-file.js';
import { makeSamples, type Samples } from './samples.js';
import { RAISED_LIMIT, Stage } from './stage.js';
import { codesTable, filesTable } from './summary.js';

const FOLDER = fileURLToPath(new URL('../../../../../data/demo', import.meta.url));
/** How long all imports of one dropping may take, in milliseconds: the demo ends within two minutes. */
const IMPORT_DEADLINE = 50_000;
/** The fault that lets CloudTalk refuse one command with words of its own. */
const REFUSAL = {
  kind: 'refuse command',
  index: 3,
  fields: { industry: ['We do not serve this industry.'] },
} as const;

/** As the commands of this project have it. */
const USAGE_ERROR = 2;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function demo(stage: Stage, keep: boolean, signal: AbortSignal): Promise<boolean> {
  const samples = makeSamples();
  await stage.startSandbox();
  say(`A stand-in for CloudTalk runs at ${stage.page}`);
  say(`Its limit is raised to ${RAISED_LIMIT} operations a minute; a real account has 60.`);
  await stage.addContacts(samples.alreadyThere);
  const crms = await stage.startCrms();
  say(`Stand-ins for Salesforce and HubSpot run at ${crms.salesforce.url} and ${crms.hubspot.url}`);
  await stage.startDaemon(demoConfig(stage, crms), crms.environment);
  say('The daemon runs on an embedded database. Dropping files ...\n');
  const results = await importAll(stage, samples, signal);
  const contacts = await stage.contacts();
  say(filesTable(results));
  say(`Why rows failed and files were refused:\n${codesTable(results)}`);
  say(`Contacts in the sandbox: ${contacts.length}, ${samples.alreadyThere.length} of them there before.`);
  sayPlaces(stage, results);
  const problems = [
    ...problemsOf(samples, results, contacts),
    ...(await problemsOfCommands(stage, results)),
    ...(await pullFromCrms(stage, crms)),
  ];
  for (const problem of problems) say(`WRONG: ${problem}`);
  if (problems.length === 0) {
    say('Every receipt balances, every row and record has one outcome, every contact is there once.');
  }
  if (keep) await stayUp(stage, signal);
  return problems.length === 0;
}

/** Sets both CRMs up, pulls from them and says what they show; returns what is wrong. */
async function pullFromCrms(stage: Stage, crms: Crms): Promise<readonly string[]> {
  const setup = await setUp(stage);
  say(`\n'check hubspot' found ${setup.missing.length} problems, such as: ${setup.missing[0] ?? 'none'}`);
  say(`'setup hubspot' mended them: ${setup.made.length} things made. Pulling from Salesforce and HubSpot ...\n`);
  const seen = { first: '' };
  const imports = await importCrms(stage, crms, () => (seen.first = crmRecords(crms)));
  say(crmTable(imports));
  say(`What the sales people saw in their CRM after the first import:\n${seen.first}`);
  return problemsOfCrms(crms, setup, imports, await stage.contacts());
}

async function importAll(stage: Stage, samples: Samples, signal: AbortSignal): Promise<readonly Result[]> {
  const first = await importFiles(stage, samples.first, signal);
  await stage.addFault(REFUSAL);
  return [...first, ...(await importFiles(stage, samples.second, signal))];
}

async function importFiles(
  stage: Stage,
  files: readonly SampleFile[],
  signal: AbortSignal,
): Promise<readonly Result[]> {
  for (const file of files) await stage.put(file);
  const look = (): Promise<readonly Result[] | undefined> => {
    stage.mustBeRunning();
    return resultsOf(stage, files);
  };
  const late = async (): Promise<string> => `The imports are not done in time:\n${await stage.command('runs')}`;
  return until(look, IMPORT_DEADLINE, late, signal);
}

/** The commands say of every import what its receipt says. */
async function problemsOfCommands(stage: Stage, results: readonly Result[]): Promise<readonly string[]> {
  const lines = (await stage.command('runs', '--json', '--limit', '1000')).trim().split('\n');
  const runs = lines.map((line) => JSON.parse(line) as { readonly id: string; readonly totals: unknown });
  const told = new Map(runs.map(({ id, totals }) => [id, JSON.stringify(totals)]));
  return results
    .filter(({ receipt }) => told.get(receipt.runId) !== JSON.stringify(receipt.totals))
    .map(({ file }) => `The command 'runs' says something else of ${file.name} than its receipt.`);
}

function sayPlaces(stage: Stage, results: readonly Result[]): void {
  const connections = new Set(results.map(({ file }) => file.connection));
  const here = (path: string): string => relative(process.cwd(), path);
  say(
    '\nFor each file: its outcomes (.result.csv), its failed rows to mend (.errors.csv), its balance (.receipt.json):',
  );
  for (const connection of connections) say(`  ${here(stage.drop(connection))}/reports/`);
}

async function stayUp(stage: Stage, signal: AbortSignal): Promise<void> {
  say(`
Staying up until Ctrl-C. Try it:
  contacts in the sandbox   ${stage.page}
  drop a CSV into           ${stage.drop('partners')}/inbox/
  ask the daemon            SYNC_CONFIG=${stage.config} DATA_DIR=${stage.dataDir} npm run -s cli -- runs`);
  if (!signal.aborted) await once(signal, 'abort');
}

function wantsToStay(): boolean {
  try {
    return parseArgs({ options: { keep: { type: 'boolean', default: false } } }).values.keep;
  } catch {
    process.stderr.write('Usage: npm run demo [-- --keep]\n');
    process.exit(USAGE_ERROR);
  }
}

async function main(keep: boolean): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  const stage = new Stage(FOLDER, interrupted.signal);
  /** A promise alone does not keep a process alive. */
  const alive = setInterval(() => undefined, 60_000);
  try {
    return (await demo(stage, keep, interrupted.signal)) ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) say('Interrupted.');
    else process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await stage.close();
    clearInterval(alive);
  }
}

process.exitCode = await main(wantsToStay());
