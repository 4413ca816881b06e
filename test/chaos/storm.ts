import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CloudTalkSandbox, startCloudTalkSandbox } from '../../apps/sandbox/src/index.js';
import { seeded } from '../support/random.js';
import { ATTRIBUTES } from './agents.js';
import { budgetViolations, DEADLINE } from './budget-violations.js';
import { LIMIT, SHARE, WINDOW } from './company.js';
import { contactViolations } from './contact-violations.js';
import { Daemon } from './daemon.js';
import { DROPS, listsOf } from './drop.js';
import { Drops } from './drops.js';
import { IMPORT_TAG, MANAGED } from './expected-contact.js';
import { receiptViolations, requestTimes } from './receipt-violations.js';
import { World } from './world.js';

export interface StormOptions {
  readonly seed: number;
  readonly kills: number;
  /** Of an empty PostgreSQL database; absent: the embedded one. */
  readonly databaseUrl?: string | undefined;
  /** A module that is loaded into the daemon first, to break something on purpose. */
  readonly loader?: string | undefined;
}

export interface StormResult {
  readonly violations: readonly string[];
  readonly kills: number;
  readonly files: number;
  readonly contacts: number;
  readonly requests: number;
  /** How many people's contacts agents deleted, merged and moved the number of. */
  readonly acts: Readonly<Record<'deleted' | 'merged' | 'moved', number>>;
  /** By the kind of fault. */
  readonly faults: Readonly<Record<string, number>>;
}

/** How often each kind of fault meets a request. */
const RATES = {
  throttle: 0.01,
  'error before': 0.01,
  'error in the middle': 0.03,
  'error after': 0.03,
  'bad gateway before': 0.01,
  'bad gateway after': 0.02,
  'time out before': 0.01,
  'time out after': 0.03,
  'apply late': 0.02,
  'drop before': 0.01,
  'drop after': 0.03,
  truncate: 0.03,
  slow: 0.03,
  'command error': 0.03,
  'omit command': 0.03,
};

/** Drops files on a daemon that is killed again and again while CloudTalk misbehaves, then looks what came of it. */
export async function storm({ seed, kills, databaseUrl, loader }: StormOptions): Promise<StormResult> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  const sandbox = await startCloudTalkSandbox({
    operationsPerMinute: LIMIT,
    window: WINDOW,
    attributes: ATTRIBUTES,
    faults: { seed, rates: RATES, longestDelay: 700 },
  });
  const drops = new Drops(folder);
  const config = join(folder, 'sync.yaml');
  const database = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
  const daemon = new Daemon({ SYNC_CONFIG: config, DATA_DIR: join(folder, 'data'), PORT: '0', ...database }, loader);
  try {
    await drops.make();
    await writeFile(config, configOf(sandbox.url, drops));
    const world = new World(sandbox, daemon, drops, seeded(seed));
    await world.rage(kills);
    await world.rest();
    return { ...(await resultOf(sandbox, daemon, drops, world)), kills };
  } finally {
    await daemon.end('SIGKILL');
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The account's look-up comes soon after a lost answer, but later than anything the sandbox may still carry out. */
function configOf(baseUrl: string, drops: Drops): string {
  const connections = DROPS.map((drop) => {
    const lists =
      listsOf(drop) === 'union' ? '{}' : `{ numbers: replace, emails: replace, tags: { managed: ${MANAGED} } }`;
    return `
  - id: ${drop}
    connector: folder
    schedule: { every: 500ms }
    tag: ${IMPORT_TAG}
    lists: ${lists}
    options: { path: ${JSON.stringify(drops.path(drop))} }`;
  });
  return `
cloudtalk:
  baseUrl: ${baseUrl}
  accessKeyId: sandbox-key
  accessKeySecret: sandbox-secret
  defaultCountry: SK
  operationsPerMinute: ${LIMIT}
  share: ${SHARE * 100}%
  requestTimeout: ${DEADLINE}ms
  settle: 1200ms
connections:${connections.join('')}
`;
}

async function resultOf(
  sandbox: CloudTalkSandbox,
  daemon: Daemon,
  drops: Drops,
  { acts, people, others }: World,
): Promise<Omit<StormResult, 'kills'>> {
  const { operations } = sandbox;
  const receipts = await Promise.all(DROPS.map((drop) => receiptViolations(drops.path(drop), drops.count(drop))));
  const times = await Promise.all(DROPS.map((drop) => requestTimes(drops.path(drop))));
  const requested = new Map(times.flatMap((ofDrop) => [...ofDrop]));
  const faults: Record<string, number> = {};
  for (const { fault } of operations) if (fault) faults[fault] = (faults[fault] ?? 0) + 1;
  return {
    violations: [
      ...contactViolations(sandbox.contacts(), people, others, requested),
      ...budgetViolations(operations, daemon.lives, SHARE),
      ...receipts.flat(),
    ],
    files: drops.count(),
    contacts: people.length,
    requests: operations.length,
    acts,
    faults,
  };
}
