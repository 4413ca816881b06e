import { environment, loadConfig, variables } from '@cloudtalk-sync/config';
import { CONNECTORS } from '@cloudtalk-sync/connectors';
import { ConfigError, EXIT_CODES } from '@cloudtalk-sync/errors';
import { Command } from 'commander';
import { type Ending, print, printJson } from '../output.js';

/** `config check`: every problem of the config, without touching anything else. */
export function configCommand(end: Ending): Command {
  const check = new Command('check')
    .description('lists every problem of the config, with its place and what would be right')
    .option('--json', 'one JSON object: {file, ok, connections, problems}')
    .action(async (options: { json?: true }) => {
      const env = environment();
      try {
        const config = await loadConfig({
          path: env.syncConfig,
          environment: variables(),
          connectors: CONNECTORS,
        });
        const connections = config.connections.map((connection) => connection.id);
        if (options.json) await printJson({ file: env.syncConfig, ok: true, connections, problems: [] });
        else await print(`${env.syncConfig} is right. Connections: ${connections.join(', ') || 'none'}.\n`);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        end(EXIT_CODES.usage);
        const { problems } = error;
        if (options.json) await printJson({ file: env.syncConfig, ok: false, connections: [], problems });
        else process.stderr.write(`${error.message}\n`);
      }
    });
  return new Command('config').description('the config file').addCommand(check.exitOverride());
}
