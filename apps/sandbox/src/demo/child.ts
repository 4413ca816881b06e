import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const GUARD = fileURLToPath(new URL('./guard.js', import.meta.url));
/** The last part of a log that is shown when its process has died, in characters. */
const SHOWN_LOG = 2_000;

/** A process that ends at the latest with this one. */
export class Child {
  private constructor(
    private readonly process: ChildProcess,
    private readonly name: string,
    private readonly log: string,
  ) {}

  /** Runs a script of Node with these variables and no others; what it writes goes into `log`. */
  static start(
    name: string,
    command: { readonly script: string; readonly args?: readonly string[] },
    env: Readonly<Record<string, string>>,
    log: string,
  ): Child {
    const output = openSync(log, 'w');
    const process_ = spawn(process.execPath, [GUARD, command.script, ...(command.args ?? [])], {
      stdio: ['pipe', output, output],
      env,
      detached: true,
    });
    closeSync(output);
    return new Child(process_, name, log);
  }

  /** Throws with the end of its log when it has ended. */
  mustBeRunning(): void {
    if (this.process.exitCode === null) return;
    const end = this.written().slice(-SHOWN_LOG);
    throw new Error(`The ${this.name} ended with exit code ${this.process.exitCode}. Its log ends:\n${end}`);
  }

  /** All it has written so far. */
  written(): string {
    return readFileSync(this.log, 'utf8');
  }

  /** Asks it to stop and waits until it has. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.stdin?.end();
    await exited;
  }
}
