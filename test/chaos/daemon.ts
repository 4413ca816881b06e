import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/apps/daemon/src/main.js', import.meta.url));

/** The daemon as a process of its own, to be killed and started again. */
export class Daemon {
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

  get isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  start(): void {
    const loader = this.loader === undefined ? [] : ['--import', this.loader];
    const env = { PATH: process.env['PATH'] ?? '', ...this.environment };
    this.#log = '';
    this.#process = spawn(process.execPath, [...loader, MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-20_000);
    });
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.#process || !this.isRunning) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }
}
