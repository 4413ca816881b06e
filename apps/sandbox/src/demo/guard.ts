import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How long a process may take to stop before it is killed, in milliseconds: the daemon's own grace is 25 s. */
const GRACE = 30_000;

/**
 * Runs another script of Node for as long as its own standard input stays open, which ends also when the process that
 * started it was killed. Takes the script and its arguments; ends with its exit code, or 128 and the signal's number.
 */
function guard([script, ...args]: readonly string[]): void {
  if (script === undefined) throw new Error('Name the script to run.');
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const stop = (): void => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), GRACE).unref();
  };
  process.stdin.resume().once('close', stop).once('error', stop);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

guard(process.argv.slice(2));
