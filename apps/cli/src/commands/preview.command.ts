import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { environment, loadConfig, variables } from '@cloudtalk-sync/config';
import { CONNECTORS } from '@cloudtalk-sync/connectors';
import { ConfigError } from '@cloudtalk-sync/errors';
import { Command } from 'commander';
import { follow } from '../follow.js';
import { openOperator } from '../operator.js';
import { type Ending, print, printJson } from '../output.js';
import { previewText } from '../preview-text.js';
import { exitCodeOfRuns } from '../run-text.js';

/** Rows shown on a terminal, and in JSON. */
const SHOWN = 30;
const SHOWN_AS_JSON = 1000;

interface Target {
  readonly connection: string;
  /** Of a file; absent: what the connection would import now. */
  readonly path?: string;
}

/** `preview`: what an import would do, without doing it. */
export function previewCommand(end: Ending): Command {
  return new Command('preview')
    .description('shows what an import would create, update and refuse, without sending or taking anything')
    .argument('<connection or file>', 'the id of a connection, or a CSV')
    .option('--connection <id>', 'for a file: the connection whose mapping and account it is read by')
    .option('--json', `one JSON object for each, with up to ${SHOWN_AS_JSON} rows`)
    .action(async (subject: string, options: { connection?: string; json?: true }) => {
      const { connection, path } = await targetOf(subject, options.connection);
      const { operator, startWork, close } = await openOperator();
      try {
        await startWork();
        const runs = await follow(operator, await operator.preview(connection, path));
        for (const run of runs) {
          const rows = await operator.rows(run.id, options.json ? SHOWN_AS_JSON : SHOWN);
          await (options.json ? printJson({ ...run, preview: rows }) : print(previewText(run, rows)));
        }
        if (runs.length === 0 && !options.json) await print('Nothing to preview: no finished file is waiting.\n');
        end(exitCodeOfRuns(runs));
      } finally {
        await close();
      }
    });
}

/** A word that is a connection's id means the connection; anything else must be a file. */
async function targetOf(subject: string, by: string | undefined): Promise<Target> {
  const { syncConfig } = environment();
  const config = await loadConfig({ path: syncConfig, environment: variables(), connectors: CONNECTORS });
  if (config.connections.some(({ id }) => id === subject) && by === undefined) return { connection: subject };
  if (!existsSync(subject))
    throw unknown(
      subject,
      config.connections.map(({ id }) => id),
    );
  const drops = config.connections.filter(({ connector }) => isDrop(connector)).map(({ id }) => id);
  const [only, another] = drops;
  if (by === undefined && (only === undefined || another !== undefined)) throw whichConnection(drops);
  return { connection: by ?? only ?? '', path: resolve(subject) };
}

function isDrop(type: string): boolean {
  return CONNECTORS.some((connector) => connector.type === type && connector.hasTemplate);
}

function unknown(subject: string, ids: readonly string[]): ConfigError {
  const message = `'${subject}' is neither a connection nor a file.`;
  const expected = `The connections are: ${ids.join(', ') || 'none'}. A file is named by its path.`;
  return new ConfigError([{ file: 'the command line', path: 'preview', message, expected }]);
}

function whichConnection(drops: readonly string[]): ConfigError {
  const message = 'It is not clear by which connection the file is to be read.';
  const expected = `Add --connection with one of: ${drops.join(', ') || '(the config has no drop)'}.`;
  return new ConfigError([{ file: 'the command line', path: 'preview', message, expected }]);
}
