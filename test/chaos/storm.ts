import { mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudTalkSandbox, startCloudTalkSandbox } from '../../apps/sandbox/src/index.js';
import { Daemon } from './daemon.js';
import { People, seeded } from './people.js';
import { violations } from './violations.js';

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
  /** By the kind of fault. */
  readonly faults: Readonly<Record<string, number>>;
}

/** How often each kind of fault meets a request. */
const RATES = {
  throttle: 0.01,
  'error before': 0.01,
  'error in the middle': 0.02,
  'error after': 0.02,
  'bad gateway before': 0.01,
  'bad gateway after': 0.01,
  'time out before': 0.005,
  'time out after': 0.015,
  'apply late': 0.01,
  'drop before': 0.01,
  'drop after': 0.02,
  truncate: 0.02,
  slow: 0.03,
  'command error': 0.02,
  'omit command': 0.02,
};
/** A daemon is killed after so many more requests at most, or soon after its start, before there was any. */
const MOST_REQUESTS = 30;
const EARLY_KILLS = 0.2;
/** The longest time until an early kill, and until a daemon that has nothing to send is killed, in milliseconds. */
const EARLY = 1_500;
const LONGEST_LIFE = 15_000;
/** How long the world may take to come to rest when nothing is killed any more, in milliseconds. */
const REST_DEADLINE = 240_000;
/** Fewer than this many files wait or are worked on at any time, so that a kill meets work and work comes to an end. */
const FILES_IN_FLIGHT = 6;

/** Drops files on a daemon that is killed again and again while CloudTalk misbehaves, then looks what came of it. */
export async function storm(options: StormOptions): Promise<StormResult> {
  const random = seeded(options.seed);
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  const sandbox = await startCloudTalkSandbox({
    operationsPerMinute: 2_000,
    faults: { seed: options.seed, rates: RATES, longestDelay: 700 },
  });
  const daemon = new Daemon(await prepare(folder, sandbox, options), options.loader);
  try {
    const world = new World(folder, sandbox, daemon, random);
    await world.rage(options.kills);
    await world.rest();
    return { ...(await world.result()), kills: options.kills };
  } finally {
    await daemon.end('SIGKILL');
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(
  folder: string,
  sandbox: CloudTalkSandbox,
  { databaseUrl }: StormOptions,
): Promise<Record<string, string>> {
  await mkdir(join(folder, 'drop', 'inbox'), { recursive: true });
  const config = join(folder, 'sync.yaml');
  await writeFile(config, CONFIG(sandbox.url, join(folder, 'drop')));
  return {
    SYNC_CONFIG: config,
    DATA_DIR: join(folder, 'data'),
    PORT: '0',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  };
}

const CONFIG = (baseUrl: string, drop: string): string => `
cloudtalk:
  baseUrl: ${baseUrl}
  accessKeyId: sandbox-key
  accessKeySecret: sandbox-secret
  defaultCountry: SK
  operationsPerMinute: 2000
  share: 90%
  requestTimeout: 500ms
  settle: 1200ms
connections:
  - id: drop
    connector: folder
    schedule: { every: 500ms }
    options: { path: ${JSON.stringify(drop)} }
`;

class World {
  readonly #people: People;
  readonly #strangers = new Set<string>();
  #files = 0;

  constructor(
    private readonly folder: string,
    private readonly sandbox: CloudTalkSandbox,
    private readonly daemon: Daemon,
    private readonly random: () => number,
  ) {
    this.#people = new People(random);
    for (let count = 0; count < 20; count += 1) this.#addStranger();
  }

  /** Starts and kills the daemon so many times, dropping files all the while. */
  async rage(kills: number): Promise<void> {
    for (let kill = 0; kill < kills; kill += 1) {
      this.daemon.start();
      const isEarly = this.random() < EARLY_KILLS;
      const end = Date.now() + (isEarly ? EARLY * this.random() : LONGEST_LIFE);
      const last = this.sandbox.operations.length + MOST_REQUESTS * this.random();
      while (Date.now() < end && (isEarly || this.sandbox.operations.length < last)) {
        if ((await this.#inFlight()) < FILES_IN_FLIGHT) await this.#drop();
        await sleep(20);
        if (!this.daemon.isRunning) throw new Error(`The daemon ended by itself:\n${this.daemon.log}`);
      }
      await this.daemon.end('SIGKILL');
    }
  }

  /** Lets the daemon finish with a CloudTalk that behaves again. */
  async rest(): Promise<void> {
    this.sandbox.calm();
    this.daemon.start();
    const deadline = Date.now() + REST_DEADLINE;
    while ((await this.#inFlight()) > 0) {
      if (!this.daemon.isRunning) throw new Error(`The daemon ended by itself:\n${this.daemon.log}`);
      if (Date.now() > deadline) throw new Error(`Work is left that does not end:\n${this.daemon.log}`);
      await sleep(200);
    }
    await sleep(1_000);
    await this.daemon.end('SIGTERM');
  }

  async result(): Promise<Omit<StormResult, 'kills'>> {
    const people = this.#people.expected;
    const expected = { people, strangers: this.#strangers, files: this.#files };
    const faults: Record<string, number> = {};
    for (const { fault } of this.sandbox.operations) if (fault) faults[fault] = (faults[fault] ?? 0) + 1;
    return {
      violations: await violations(this.sandbox, join(this.folder, 'drop'), expected),
      files: this.#files,
      contacts: people.size,
      requests: this.sandbox.operations.length,
      faults,
    };
  }

  #addStranger(): void {
    const { name, phone, title } = this.#people.stranger();
    this.#strangers.add(phone);
    this.sandbox.add({
      name,
      title,
      ContactNumber: [{ public_number: Number(phone.slice(1)) }],
      ContactsTag: [{ name: 'theirs' }],
    });
  }

  /** Written elsewhere and renamed, so that the file is finished when it appears. */
  async #drop(): Promise<void> {
    const { name, content } = this.#people.file();
    const draft = join(this.folder, name);
    await writeFile(draft, content);
    const aMinuteAgo = new Date(Date.now() - 60_000);
    await utimes(draft, aMinuteAgo, aMinuteAgo);
    await rename(draft, join(this.folder, 'drop', 'inbox', `${String(this.#files).padStart(5, '0')}-${name}`));
    this.#files += 1;
  }

  async #inFlight(): Promise<number> {
    const folders = ['inbox', 'processing'].map((name) => readdir(join(this.folder, 'drop', name)).catch(() => []));
    return (await Promise.all(folders)).flat().length;
  }
}
