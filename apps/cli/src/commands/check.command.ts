import { EXIT_CODES } from '@cloudtalk-sync/errors';
import { Command } from 'commander';
import { openOperator } from '../operator.js';
import { type Ending, plain, print, printJson } from '../output.js';

/** `check`: everything that would go wrong in a run of a connection, before the first one. */
export function checkCommand(end: Ending): Command {
  return new Command('check')
    .description('looks for everything that would go wrong: credentials, rights, every mapped and reported field')
    .argument('<connection>', 'the id of the connection in the config')
    .option('--json', 'one JSON object: {connection, ok, reachable, findings}')
    .action(async (connection: string, options: { json?: true }) => {
      const { operator, close } = await openOperator();
      try {
        const { findings, reachable } = await operator.check(connection);
        const ok = findings.length === 0;
        if (options.json) await printJson({ connection, ok, reachable, findings });
        else if (ok) await print(`${connection} is ready: its source and CloudTalk have all that it needs.\n`);
        else {
          const texts = findings.map(
            ({ place, message, fix }) => `${plain(place)}: ${plain(message)}\n  ${plain(fix)}\n`,
          );
          await print(texts.join(''));
        }
        if (!ok) end(reachable ? EXIT_CODES.rowsFailed : EXIT_CODES.noConnection);
      } finally {
        await close();
      }
    });
}
