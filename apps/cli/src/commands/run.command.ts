import type { Operator } from '@cloudtalk-sync/sync';
import { Command } from 'commander';
import { follow, look } from '../follow.js';
import { openOperator } from '../operator.js';
import { type Ending, print, printJson } from '../output.js';
import { endedText, exitCodeOfRuns } from '../run-text.js';

/** Among so many of the newest imports those are looked for that have not ended; the API's limit. */
const LOOKED_AT = 1000;

/** `run`: one pass over a connection, now. */
export function runCommand(end: Ending): Command {
  return new Command('run')
    .description('makes one pass over a connection now')
    .argument('<connection>', 'the id of the connection in the config')
    .option('--wait', 'wait until its imports have ended (always so when no daemon is running)')
    .option('--json', 'one JSON object for each import')
    .action(async (connection: string, options: { wait?: true; json?: true }) => {
      const { operator, startWork, close } = await openOperator();
      try {
        const worksHere = await startWork();
        const ids = await passOver(operator, connection);
        const waits = options.wait ?? worksHere;
        const runs = waits ? await follow(operator, ids) : await look(operator, ids);
        if (options.json) for (const run of runs) await printJson(run);
        else if (runs.length > 0) await print(await endedText(operator, runs));
        else await print('Nothing to import: no finished file is waiting.\n');
        if (waits) end(exitCodeOfRuns(runs));
      } finally {
        await close();
      }
    });
}

/** The runs that the pass made, after those of the connection that had not ended before. */
async function passOver(operator: Operator, connection: string): Promise<readonly string[]> {
  const before = await operator.runs({ limit: LOOKED_AT, connection });
  const open = before.filter((run) => run.endedAt === null).map((run) => run.id);
  return [...new Set([...open.reverse(), ...(await operator.pass(connection))])];
}
