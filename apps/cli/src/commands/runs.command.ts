import { Command, InvalidArgumentError } from 'commander';
import { openOperator } from '../operator.js';
import { print, printJson } from '../output.js';
import { runsTable } from '../run-text.js';

/** `runs`: the newest imports, retries and previews. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('lists the newest imports, retries and previews')
    .option('--connection <id>', 'only those of one connection')
    .option('--limit <n>', 'how many, 1 to 1000', limit, 20)
    .option('--json', 'one JSON object for each')
    .action(async (options: { connection?: string; limit: number; json?: true }) => {
      const { operator, close } = await openOperator();
      try {
        const runs = await operator.runs(options);
        if (options.json) for (const run of runs) await printJson(run);
        else await print(runs.length === 0 ? none(options.connection) : runsTable(runs));
      } finally {
        await close();
      }
    });
}

function none(connection: string | undefined): string {
  return connection === undefined ? 'No imports yet.\n' : `No imports yet of a connection '${connection}'.\n`;
}

function limit(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
}
