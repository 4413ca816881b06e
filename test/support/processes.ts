import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type CloudTalkSandbox,
  type CloudTalkSandboxOptions,
  startCloudTalkSandbox,
} from '../../apps/sandbox/src/index.js';
import type { RunView } from '../../libs/sync/src/index.js';
import { prepare } from '../../tools/prepare.mjs';

const built = (path: string): string => fileURLToPath(new URL(`../../dist/apps/${path}`, import.meta.url));

/** Long enough for anything on a busy machine, a dead worker's lease of 30 s included; milliseconds. */
const DEADLINE = 90_000;
const INTERVAL = 25;
/** The most output of a command that is read; bytes. */
const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A daemon in a process of its own. */
export interface DaemonProcess {
  /** Of the daemon itself. */
  readonly pid: number;
  readonly address: string;
  readonly token: string;
  /** All it has logged so far. */
  log(): string;
  /** Sends it a signal and waits for its exit code; 128 and more when the signal killed it. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number>;
}

export interface ProcessesOptions {
  readonly sandbox?: CloudTalkSandboxOptions;
  /** Absent: the embedded database. */
  readonly databaseUrl?: string | undefined;
  /** More lines of the config's `cloudtalk:`, which come after the usual ones. */
  readonly cloudtalk?: Readonly<Record<string, string>>;
}

/** The built daemon and commands in processes of their own, with a stand-in CloudTalk, a folder and a drop for them. */
export class Processes {
  readonly #children = new Set<ChildProcess>();

  private constructor(
    readonly sandbox: CloudTalkSandbox,
    /** Removed at the end. */
    readonly folder: string,
    private readonly options: ProcessesOptions,
  ) {}

  /** Builds what is out of date first. */
  static async open(options: ProcessesOptions = {}): Promise<Processes> {
    await prepare();
    const sandbox = await startCloudTalkSandbox({ operationsPerMinute: 100_000, ...options.sandbox });
    const processes = new Processes(sandbox, await mkdtemp(join(tmpdir(), 'e2e-')), options);
    await processes.configure({});
    await mkdir(join(processes.drop, 'inbox'), { recursive: true });
    return processes;
  }

  get drop(): string {
    return join(this.folder, 'drop');
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get config(): string {
    return join(this.folder, 'sync.yaml');
  }

  /** Writes the config: one folder connection called `drop` without a schedule. */
  async configure(cloudtalk: Readonly<Record<string, string>>): Promise<void> {
    const settings = {
      baseUrl: this.sandbox.url,
      accessKeyId: 'sandbox-key',
      accessKeySecret: 'sandbox-secret',
      defaultCountry: 'SK',
      operationsPerMinute: '100000',
      share: '100%',
      requestTimeout: '2s',
      settle: '3s',
      ...this.options.cloudtalk,
      ...cloudtalk,
    };
    const lines = Object.entries(settings).map(([name, value]) => `  ${name}: ${value}\n`);
    const connection = `  - { id: drop, connector: folder, options: { path: ${JSON.stringify(this.drop)} } }\n`;
    await writeFile(this.config, `cloudtalk:\n${lines.join('')}connections:\n${connection}`);
  }

  /** Puts a file that nobody has written to for a minute into the inbox. */
  async put(name: string, content: string | Buffer): Promise<void> {
    const path = join(this.drop, 'inbox', name);
    await writeFile(path, content);
    const aMinuteAgo = new Date(Date.now() - 60_000);
    await utimes(path, aMinuteAgo, aMinuteAgo);
  }

  /** Runs a command of `cloudtalk-sync` to its end. */
  command(...args: readonly string[]): Promise<Ended> {
    const options = { cwd: this.folder, env: this.#environment(), maxBuffer: LARGEST_OUTPUT, timeout: DEADLINE };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [built('cli/src/main.js'), ...args], options, (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      });
    });
  }

  /** Starts the daemon and waits until it can be asked. */
  async daemon(): Promise<DaemonProcess> {
    const { child, log, exited } = this.#spawnDaemon();
    const file = await this.until(async () => {
      if (child.exitCode !== null) throw new Error(`The daemon did not start: ${log()}`);
      const text = await readFile(join(this.dataDir, 'daemon.json'), 'utf8').catch(() => undefined);
      const content = text === undefined ? undefined : (JSON.parse(text) as Omit<DaemonProcess, 'log' | 'end'>);
      return content && log().includes(`"${content.address}"`) ? content : undefined;
    });
    const end = (signal: NodeJS.Signals): Promise<number> => {
      process.kill(file.pid, signal);
      return exited;
    };
    return { ...file, log, end };
  }

  /** Starts the daemon where it is expected to end by itself. */
  async daemonThatEnds(): Promise<{ readonly code: number; readonly log: string }> {
    const { log, exited } = this.#spawnDaemon();
    return { code: await exited, log: log() };
  }

  /** Asks the running daemon for its runs, the newest first. */
  async runs(daemon: DaemonProcess): Promise<readonly RunView[]> {
    const headers = { authorization: `Bearer ${daemon.token}` };
    return (await (await fetch(`${daemon.address}/api/runs`, { headers })).json()) as readonly RunView[];
  }

  /** The names of the files in one of the drop's folders. */
  async files(folder: string): Promise<readonly string[]> {
    return (await readdir(join(this.drop, folder)).catch(() => [])).sort();
  }

  /** The content of the one report whose name ends so. */
  async report(ending: string): Promise<string> {
    const names = (await this.files('reports')).filter((name) => name.endsWith(ending));
    if (names.length !== 1) throw new Error(`There are ${names.length} reports that end in ${ending}.`);
    return readFile(join(this.drop, 'reports', names[0] ?? ''), 'utf8');
  }

  /** Waits until `look` finds something; throws when it does not in time. */
  async until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
    const end = performance.now() + DEADLINE;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > end) throw new Error(`Waited in vain for ${String(look)}`);
      await sleep(INTERVAL);
    }
  }

  /** Kills what still runs and removes the folder. */
  async close(): Promise<void> {
    const open = [...this.#children].filter((child) => child.exitCode === null && child.signalCode === null);
    const exits = open.map((child) => once(child, 'close'));
    for (const { pid } of open) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    await Promise.all(exits);
    await this.sandbox.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    const { databaseUrl } = this.options;
    return {
      PATH: process.env['PATH'],
      SYNC_CONFIG: this.config,
      DATA_DIR: this.dataDir,
      HOST: '127.0.0.1',
      PORT: '0',
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    };
  }

  /** In a group of its own with its guard, which ends it also when this process is killed. */
  #spawnDaemon(): { readonly child: ChildProcess; readonly log: () => string; readonly exited: Promise<number> } {
    const script = [built('sandbox/src/demo/guard.js'), built('daemon/src/main.js')];
    const options = { cwd: this.folder, env: this.#environment(), detached: true };
    const child = spawn(process.execPath, script, options);
    this.#children.add(child);
    let text = '';
    for (const output of [child.stdout, child.stderr]) output.on('data', (chunk) => (text += String(chunk)));
    const exited = once(child, 'close').then(([code]) => Number(code));
    return { child, log: () => text, exited };
  }
}
