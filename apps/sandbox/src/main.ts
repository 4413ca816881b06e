import { readArguments, USAGE } from './arguments.js';
import { startCloudTalkSandbox } from './cloudtalk/server.js';
import type { CloudTalkSandboxOptions } from './cloudtalk/options.js';

/** Runs until SIGTERM or SIGINT; its address stands on standard output as one line of JSON. */
async function main(options: CloudTalkSandboxOptions): Promise<void> {
  const sandbox = await startCloudTalkSandbox(options);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.close());
  const page = sandbox.url.replace(/api$/, '');
  process.stdout.write(`${JSON.stringify({ url: sandbox.url, page, pid: process.pid })}\n`);
}

function fail(error: unknown, code: number): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(code);
}

/** The exit code for a wrong command line, as the command line tool of this project has it. */
const USAGE_ERROR = 2;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(`${USAGE}\n`);
} else {
  let options: CloudTalkSandboxOptions = {};
  try {
    options = readArguments(args);
  } catch (error) {
    fail(error, USAGE_ERROR);
  }
  main(options).catch((error: unknown) => fail(error, 1));
}
