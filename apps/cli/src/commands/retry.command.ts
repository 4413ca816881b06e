import { EXIT_CODES, FatalError } from '@cloudtalk-sync/errors';
import { type Operator, RETRY_REFUSED } from '@cloudtalk-sync/sync';
import { Command } from 'commander';
import { follow, look } from '../follow.js';
import { openOperator } from '../operator.js';
import { type Ending, print, printJson } from '../output.js';
import { endedText, exitCodeOfRuns } from '../run-text.js';
import { findRun } from './show.command.js';

/** `retry`: a new import of the rows of an ended one that did not go in. */
export function retryCommand(end: Ending): Command {
  return new Command('retry')
    .description('tries the failed and not processed rows of an ended import again, by the config of today')
    .argument('<run>', 'the id of the import, or its beginning')
    .option('--code <code>', 'only rows that failed with this code')
    .option('--wait', 'wait until it has ended (always so when no daemon is running)')
    .option('--json', 'one JSON object')
    .action(async (id: string, options: { code?: string; wait?: true; json?: true }) => {
      const { operator, startWork, close } = await openOperator();
      try {
        const run = await findRun(operator, id);
        const retry = run && (await request(operator, run.id, options.code));
        if (retry === undefined) return end(EXIT_CODES.usage);
        const waits = (await startWork()) || options.wait === true;
        const runs = await (waits ? follow : look)(operator, [retry]);
        if (options.json) for (const view of runs) await printJson(view);
        else await print(await endedText(operator, runs));
        if (waits) end(exitCodeOfRuns(runs));
      } finally {
        await close();
      }
    });
}

/** The id of the retry; undefined, and said why, when there is nothing to try again now. */
async function request(operator: Operator, runId: string, code: string | undefined): Promise<string | undefined> {
  try {
    return await operator.retry(runId, code);
  } catch (error) {
    if (!(error instanceof FatalError) || error.code !== RETRY_REFUSED) throw error;
    process.stderr.write(`${error.message} ${error.fix}\n`);
    return undefined;
  }
}
