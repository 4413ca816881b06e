import { EXIT_CODES } from '@cloudtalk-sync/errors';
import { Command } from 'commander';
import { openOperator } from '../operator.js';
import { type Ending, print, printJson } from '../output.js';
import { runText } from '../run-text.js';

/** How many failed rows are shown; the errors file has all. */
const SHOWN = 20;
const SHOWN_AS_JSON = 1000;

/** `show`: one import with its first failed rows. */
export function showCommand(end: Ending): Command {
  return new Command('show')
    .description('shows one import: its outcomes, its reports, and why rows failed')
    .argument('<run>', 'the id of the import, or its beginning')
    .option('--json', `one JSON object, with up to ${SHOWN_AS_JSON} failed rows`)
    .action(async (id: string, options: { json?: true }) => {
      const { operator, close } = await openOperator();
      try {
        const run = await operator.run(id);
        if (!run) {
          process.stderr.write(
            `There is no import whose id begins with '${id}', or more than one. 'runs' lists them.\n`,
          );
          end(EXIT_CODES.usage);
          return;
        }
        const failedRows = await operator.failedRows(run.id, options.json ? SHOWN_AS_JSON : SHOWN);
        await (options.json ? printJson({ ...run, failedRows }) : print(runText(run, failedRows)));
      } finally {
        await close();
      }
    });
}
