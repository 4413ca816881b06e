import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Life } from './budget-violations.js';

const MAIN = fileURLToPath(new URL('../../dist/apps/daemon/src/main.js', import.meta.url));
const FOREVER = new Date(8.64e15);

/** The daemon as a process of its own, to be killed and started again. */
export class Daemon {
  readonly #lives: { readonly from: Date; to: Date }[] = [];
  #process: ChildProcess | undefined;
  #log = '';

  constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly loader: string | undefined,
  ) {
    process.on('exit', () => this.#process?.kill('SIGKILL'));
  }

  /** The end of what the daemon has logged since it was last started. */
  get log(): string {
    return this.#log.slice(-4000);
  }

  /** From each start to its end; the present one has no end yet. */
  get lives(): readonly Life[] {
    return this.#lives;
  }

  get isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  start(): void {
    const loader = this.loader === undefined ? [] : ['--import', this.loader];
    const env = { PATH: process.env['PATH'] ?? '', ...this.environment };
    this.#log = '';
    this.#lives.push({ from: new Date(), to: FOREVER });
    this.#process = spawn(process.execPath, [...loader, MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-20_000);
    });
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.#process || !this.isRunning) return;
    const ended = once(this.#process, 'exit');
    const life = this.#lives.at(-1);
    if (life) life.to = new Date();
    this.#process.kill(signal);
    await ended;
  }
}
