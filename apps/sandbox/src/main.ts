import { readArguments, type SandboxArguments, USAGE } from './arguments.js';
import { addressesOf, startSandboxes } from './sandboxes.js';

/** Runs until SIGTERM or SIGINT; the addresses stand on standard output as one line of JSON. */
async function main(options: SandboxArguments): Promise<void> {
  const sandboxes = await startSandboxes(options);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandboxes.close());
  const { url, page, ...crms } = addressesOf(sandboxes);
  process.stdout.write(`${JSON.stringify({ url, page, pid: process.pid, ...crms })}\n`);
}

function fail(error: unknown, code: number): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(code);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error && error.code === 'EADDRINUSE' && 'port' in error)) return error.message;
  return `Port ${error.port} is taken, perhaps by another sandbox. Stop that one, or choose other ports with --port, --salesforce-port and --hubspot-port (0 takes any free one).`;
}

/** The exit code for a wrong command line, as the command line tool of this project has it. */
const USAGE_ERROR = 2;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(`${USAGE}\n`);
} else {
  let options: SandboxArguments = { cloudtalk: {} };
  try {
    options = readArguments(args);
  } catch (error) {
    fail(error, USAGE_ERROR);
  }
  main(options).catch((error: unknown) => fail(error, 1));
}
