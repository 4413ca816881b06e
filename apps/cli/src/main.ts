import 'reflect-metadata';
import { ConfigError, EXIT_CODES, exitCodeOf, reasonOf } from '@cloudtalk-sync/errors';
import { Command, CommanderError } from 'commander';
import { checkCommand } from './commands/check.command.js';
import { configCommand } from './commands/config.command.js';
import { previewCommand } from './commands/preview.command.js';
import { retryCommand } from './commands/retry.command.js';
import { runCommand } from './commands/run.command.js';
import { runsCommand } from './commands/runs.command.js';
import { setupCommand } from './commands/setup.command.js';
import { showCommand } from './commands/show.command.js';
import { validateCommand } from './commands/validate.command.js';

const EPILOGUE = `
Exit codes: 0 all well, 1 some rows failed or a file was refused, 2 config or command line, 3 cannot connect.
Environment: SYNC_CONFIG (config/sync.yaml), DATA_DIR (./data), DATABASE_URL, LOG_LEVEL.`;

async function main(): Promise<number> {
  let exitCode: number = EXIT_CODES.ok;
  const program = new Command('cloudtalk-sync')
    .description('Keeps CloudTalk contacts in step with CRMs and CSV drops, with an outcome for every row.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EPILOGUE);
  for (const make of [
    validateCommand,
    previewCommand,
    runCommand,
    retryCommand,
    runsCommand,
    showCommand,
    checkCommand,
    setupCommand,
    configCommand,
  ]) {
    program.addCommand(make((code) => (exitCode = code)));
  }
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync();
  return exitCode;
}

function endWith(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else {
    const { message, fix } = reasonOf(error);
    process.stderr.write(`${message}\n${fix}\n`);
  }
  return exitCodeOf(error);
}

/** Output into a pipe that was closed (`| head`) is no error worth words. */
process.stdout.on('error', () => process.exit(EXIT_CODES.ok));
process.exitCode = await main().catch(endWith);
