import { EXIT_CODES } from '@cloudtalk-sync/errors';
import type { Causes } from '@cloudtalk-sync/store';
import type { FailedRowView, Operator, RunView } from '@cloudtalk-sync/sync';
import { Command } from 'commander';
import { openOperator } from '../operator.js';
import { type Ending, print, printJson } from '../output.js';
import { runText } from '../run-text.js';

/** How many failed rows are shown; the errors file has all. */
const SHOWN = 20;
const SHOWN_AS_JSON = 1000;

/** `show`: one import, why its rows failed or were skipped, and the first failed ones. */
export function showCommand(end: Ending): Command {
  return new Command('show')
    .description('shows one import: its outcomes, its reports, and why rows failed or were skipped')
    .argument('<run>', 'the id of the import, or its beginning')
    .option('--json', `one JSON object, with the causes, why rows were skipped, and up to ${SHOWN_AS_JSON} failed rows`)
    .action(async (id: string, options: { json?: true }) => {
      const { operator, close } = await openOperator();
      try {
        const run = await findRun(operator, id);
        if (!run) return end(EXIT_CODES.usage);
        const failedRows = await operator.failedRows(run.id, options.json ? SHOWN_AS_JSON : SHOWN);
        const causes = await operator.causes(run.id);
        if (options.json) await printJson(runJson(run, failedRows, causes));
        else await print(runText(run, failedRows, causes));
      } finally {
        await close();
      }
    });
}

function runJson(run: RunView, failedRows: readonly FailedRowView[], { others, skipped, top }: Causes): object {
  return { ...run, causes: top, otherCauses: others, skipped, failedRows };
}

/** The one import whose id begins so; undefined, and said on standard error, when there is none or more than one. */
export async function findRun(operator: Operator, id: string): Promise<RunView | undefined> {
  const run = await operator.run(id);
  if (!run) {
    process.stderr.write(`There is no import whose id begins with '${id}', or more than one. 'runs' lists them.\n`);
  }
  return run;
}
