import { Command } from 'commander';
import { openOperator } from '../operator.js';
import { type Ending, plain, print, printJson } from '../output.js';

/** `setup`: makes in the source of a connection what its report needs. */
export function setupCommand(_end: Ending): Command {
  return new Command('setup')
    .description('makes the fields of the report in the source, where the source lets us (HubSpot)')
    .argument('<connection>', 'the id of the connection in the config')
    .option('--json', 'one JSON object: {connection, made}')
    .action(async (connection: string, options: { json?: true }) => {
      const { operator, close } = await openOperator();
      try {
        const made = await operator.setup(connection);
        if (options.json) await printJson({ connection, made });
        else if (made.length === 0) await print('Everything that the report needs is there already.\n');
        else await print(made.map((sentence) => `${plain(sentence)}\n`).join(''));
      } finally {
        await close();
      }
    });
}
