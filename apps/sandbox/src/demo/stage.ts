import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SandboxContact } from '../cloudtalk/contact-record.js';
import type { Fault } from '../cloudtalk/faults.js';
import { Child } from './child.js';
import { Crms } from './crms.js';
import { until } from './deadline.js';
import type { SampleFile } from './sample-file.js';

const script = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const SANDBOX = script('sandbox/src/main.js');
const DAEMON = script('daemon/src/main.js');
const CLI = script('cli/src/main.js');

/** How long a process may take to start on a busy machine, in milliseconds. */
const START_DEADLINE = 30_000;
/** The most output of a command that is read, in bytes. */
const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** What the demo allows itself, so that nobody waits for CloudTalk's real limit of 60 (API reference 1.7). */
export const RAISED_LIMIT = 100_000;

/** The sandbox, the daemon, and the folder that everything of the demo lies in. */
export class Stage {
  #sandbox: Child | undefined;
  #daemon: Child | undefined;
  #crms: Crms | undefined;
  #page = '';
  #secrets: Readonly<Record<string, string>> = {};

  constructor(
    /** Emptied when the stage is set. */
    readonly folder: string,
    private readonly signal: AbortSignal,
  ) {}

  /** The address of the sandbox's page. */
  get page(): string {
    return this.#page;
  }

  get config(): string {
    return join(this.folder, 'sync.yaml');
  }

  get dataDir(): string {
    return join(this.folder, 'database');
  }

  drop(connection: string): string {
    return join(this.folder, 'drops', connection);
  }

  /** Throws when an earlier demo still runs there. */
  async startSandbox(): Promise<void> {
    await this.#mustBeFree();
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
    const args = ['--only', 'cloudtalk', '--port', '0', '--operations-per-minute', String(RAISED_LIMIT)];
    const sandbox = Child.start('sandbox', { script: SANDBOX, args }, {}, join(this.folder, 'sandbox.log'));
    this.#sandbox = sandbox;
    const line = await this.#started(sandbox, () => /^\{"url".*\}$/m.exec(sandbox.written())?.[0]);
    this.#page = (JSON.parse(line) as { readonly page: string }).page;
  }

  /** Starts the stand-ins for both CRMs in this process. */
  async startCrms(): Promise<Crms> {
    this.#crms = await Crms.open(this.folder);
    return this.#crms;
  }

  /** `secrets` are the variables that the config names. */
  async startDaemon(config: string, secrets: Readonly<Record<string, string>>): Promise<void> {
    this.#secrets = secrets;
    await writeFile(this.config, config);
    const env = { ...this.#environment(), HOST: '127.0.0.1', PORT: '0' };
    const daemon = Child.start('daemon', { script: DAEMON }, env, join(this.folder, 'daemon.log'));
    this.#daemon = daemon;
    await this.#started(daemon, () => existsSync(join(this.dataDir, 'daemon.json')) || undefined);
  }

  /** Puts a file into a connection's inbox as a careful uploader does: under another name first. */
  async put({ connection, name, content }: SampleFile): Promise<void> {
    const inbox = join(this.drop(connection), 'inbox');
    await mkdir(inbox, { recursive: true });
    await writeFile(join(inbox, `${name}.part`), content);
    await rename(join(inbox, `${name}.part`), join(inbox, name));
  }

  /** What a command prints; its exit code says nothing here. */
  async command(...args: readonly string[]): Promise<string> {
    const options = { env: this.#environment(), maxBuffer: LARGEST_OUTPUT, signal: this.signal };
    return (await promisify(execFile)(process.execPath, [CLI, ...args], options)).stdout;
  }

  /** What a command prints as one JSON object, whatever it exits with. Throws when that is none. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const options = { env: this.#environment(), maxBuffer: LARGEST_OUTPUT, signal: this.signal };
    const said = await promisify(execFile)(process.execPath, [CLI, ...args, '--json'], options).catch(
      (error: { readonly stdout?: string; readonly stderr?: string }) => error,
    );
    try {
      return JSON.parse(said.stdout ?? '') as T;
    } catch {
      throw new Error(`The command '${args.join(' ')}' said: ${said.stdout ?? ''}${said.stderr ?? ''}`);
    }
  }

  /** The contacts that the sandbox holds. */
  async contacts(): Promise<readonly SandboxContact[]> {
    const answer = await fetch(new URL('sandbox/contacts', this.page));
    return (await answer.json()) as readonly SandboxContact[];
  }

  addContacts(contacts: readonly unknown[]): Promise<void> {
    return this.#tellSandbox('sandbox/contacts', contacts);
  }

  addFault(fault: Fault): Promise<void> {
    return this.#tellSandbox('sandbox/faults', fault);
  }

  /** Throws when a process has died. */
  mustBeRunning(): void {
    this.#sandbox?.mustBeRunning();
    this.#daemon?.mustBeRunning();
  }

  /** Ends both processes, the daemon first. */
  async close(): Promise<void> {
    await this.#daemon?.stop();
    await this.#sandbox?.stop();
    await this.#crms?.close();
  }

  #environment(): Readonly<Record<string, string>> {
    return { ...this.#secrets, SYNC_CONFIG: this.config, DATA_DIR: this.dataDir };
  }

  async #mustBeFree(): Promise<void> {
    const text = await readFile(join(this.dataDir, 'daemon.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return;
    const { pid } = JSON.parse(text) as { readonly pid: number };
    if (!isAlive(pid)) return;
    throw new Error(`Another demo is still running in ${this.folder} (its daemon is process ${pid}). Stop it first.`);
  }

  async #tellSandbox(path: string, body: unknown): Promise<void> {
    const request = { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, this.page), request);
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
  }

  async #started<T>(child: Child, look: () => T | undefined): Promise<T> {
    const lookAgain = (): Promise<T | undefined> => {
      child.mustBeRunning();
      return Promise.resolve(look());
    };
    return until(lookAgain, START_DEADLINE, () => `A process did not start: ${child.written()}`, this.signal);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
