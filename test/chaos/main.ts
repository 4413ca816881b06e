import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../support/postgres.js';
import { storm, type StormResult } from './storm.js';

/** What can be broken, each with the violations that must then be found: others prove nothing. */
const PARTS: Readonly<Record<string, RegExp>> = {
  'look-up': /is in CloudTalk a second time$/,
  lists: / has the (phones|emails) /,
  tags: / has the tags /,
  lost: /is in CloudTalk a second time$| after a deletion /,
  deleted: /^person \d+ is missing in CloudTalk$/,
  match: /\(another's\)$/,
  shown: /is in CloudTalk a second time$/,
  order: / has the (title|company|Tier) /,
  budget: / was (not ours|number \d+ in a minute)/,
};
const USAGE = `Usage: npm run chaos -- [--kills N] [--seed S] [--without PART]
  --kills N        how often a daemon is killed, over both databases together: each gets half, both at once; default 20
  --seed S         of files, faults and moments; default 1
  --without PART   breaks ${Object.keys(PARTS).join(', ')} of the daemon on purpose: just that must then be found; 20 kills or more, 40 for lost and order`;

/** Storms on both databases; the exit code says whether every promise held. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      without: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const [kills, seed] = [Number(values.kills), Number(values.seed)];
  if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) throw new Error(USAGE);
  const part = values.without;
  const wanted = part === undefined ? undefined : PARTS[part];
  if (part !== undefined && wanted === undefined) throw new Error(USAGE);
  const loader = part === undefined ? undefined : new URL(`./broken.mjs?${part}`, import.meta.url).href;
  const [embedded, server] = await Promise.all([
    storm({ seed, kills: Math.ceil(kills / 2), loader }),
    onPostgres((databaseUrl) => storm({ seed: seed + 1, kills: Math.floor(kills / 2), loader, databaseUrl })),
  ]);
  print('embedded', embedded);
  print('PostgreSQL', server);
  const violations = [...embedded.violations, ...server.violations];
  if (wanted === undefined) {
    process.exitCode = violations.length > 0 ? 1 : 0;
    return;
  }
  const isNoticed = violations.some((violation) => wanted.test(violation));
  process.exitCode = isNoticed ? 0 : 1;
  console.log(`The storm ${isNoticed ? 'notices' : 'did NOT notice'} what is missing: ${part}.`);
}

async function onPostgres(work: (url: string) => Promise<StormResult>): Promise<StormResult> {
  const postgres = await startPostgres();
  if ('missing' in postgres) throw new Error(`There is no PostgreSQL to storm: ${postgres.missing}`);
  try {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('CREATE DATABASE storm');
    await client.end();
    return await work(postgres.url.replace(/\/[^/]*$/, '/storm'));
  } finally {
    await postgres.stop();
  }
}

function print(database: string, result: StormResult): void {
  const { acts, contacts, faults, files, kills, requests, violations } = result;
  console.log(
    `${database}: ${kills} kills, ${files} files, ${contacts} contacts, ${requests} requests, ${violations.length} violations`,
  );
  console.log(`  agents: ${acts.deleted} deleted, ${acts.merged} merged, ${acts.moved} moved`);
  console.log(
    `  faults: ${Object.entries(faults)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')}`,
  );
  for (const violation of violations.slice(0, 50)) console.log(`  ${violation}`);
}
