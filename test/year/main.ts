import { parseArgs } from 'node:util';
import { startPostgres } from '../support/postgres.js';
import { BREAKS } from './broken-store.js';
import { withDatabase } from './database.js';
import { liveThroughYear, type YearResult } from './year.js';

const USAGE = `Usage: npm run year -- [--days N] [--seed S] [--without WHAT]
  --days N         how many days, at least 10; default 365
  --seed S         of policies, people, faults and moments; default 1
  --without WHAT   breaks the engine on purpose (${BREAKS.join(', ')}): violations must then be found`;
/** So many violations are named one by one. */
const NAMED = 60;

/** A year of nights; the exit code says whether every promise held. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      days: { type: 'string', default: '365' },
      seed: { type: 'string', default: '1' },
      without: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const [days, seed] = [Number(values.days), Number(values.seed)];
  const without = BREAKS.find((one) => one === values.without);
  const isUnderstood = Number.isInteger(days) && days >= 10 && Number.isInteger(seed) && without === values.without;
  if (!isUnderstood) throw new Error(USAGE);
  const begun = performance.now();
  const result = await onPostgres((databaseUrl) => liveThroughYear({ seed, days, databaseUrl, without }));
  print(`${days} days (seed ${seed}) in ${((performance.now() - begun) / 1000).toFixed(0)} s`, result);
  const found = result.violations.length > 0;
  process.exitCode = found === (without !== undefined) ? 0 : 1;
  if (without) console.log(`The year ${found ? 'notices' : 'did NOT notice'} a missing ${without}.`);
}

async function onPostgres(work: (url: string) => Promise<YearResult>): Promise<YearResult> {
  const postgres = await startPostgres();
  if ('missing' in postgres) throw new Error(`There is no PostgreSQL to live on: ${postgres.missing}`);
  try {
    return await withDatabase(postgres.socketUrl, work);
  } finally {
    await postgres.stop();
  }
}

function print(what: string, { faults, figures, violations }: YearResult): void {
  console.log(`${what}: ${list(figures)}, ${violations.length} violations`);
  console.log(`  faults: ${list(faults)}`);
  for (const violation of violations.slice(0, NAMED)) console.log(`  ${violation}`);
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

await main();
