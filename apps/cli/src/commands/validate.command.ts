import { environment, loadConfig, type SyncConfig, variables } from '@cloudtalk-sync/config';
import { CONNECTORS } from '@cloudtalk-sync/connectors';
import { ConfigError } from '@cloudtalk-sync/errors';
import { isCountryCode } from '@cloudtalk-sync/validation';
import { Command, InvalidArgumentError } from 'commander';
import { type Ending } from '../output.js';
import { type CheckOptions, checkFile } from '../validate/check-file.js';
import { writeJson } from '../validate/validation-json.js';
import { writeText } from '../validate/validation-text.js';

interface Options {
  readonly country?: string;
  readonly connection?: string;
  readonly json?: true;
}

/** The country of national numbers when neither the command line nor a config says one. */
const NO_SETTING = 'US';
/** 8 MB, as CloudTalk's own import allows (import article). Bytes. */
const MAX_FILE_SIZE = 8_388_608;

/** `validate`: what an import of a file would accept and refuse, without an account and a database. */
export function validateCommand(end: Ending): Command {
  return new Command('validate')
    .description('checks a CSV by CloudTalk’s import rules, without an account and a database')
    .argument('<file>', 'the CSV')
    .option(
      '--country <code>',
      `completes national phone numbers, as the account setting does (ISO alpha-2); without it and --connection: ${NO_SETTING}`,
      country,
    )
    .option(
      '--connection <id>',
      'uses the mapping, tag, default country and file format of this connection of the config',
    )
    .option('--json', 'one JSON object with every row')
    .action(async (file: string, options: Options) => {
      const checked = await checkFile(file, await checkOptions(options));
      end(await (options.json ? writeJson(file, checked) : writeText(file, checked)));
    });
}

/** Without `--connection` the config is not even looked at. */
async function checkOptions({ country, connection: id }: Options): Promise<CheckOptions> {
  const plain = {
    mapping: null,
    tag: null,
    defaultCountry: country ?? NO_SETTING,
    maxFileSize: MAX_FILE_SIZE,
    format: {},
  };
  if (id === undefined) return plain;
  const env = environment();
  const config = await loadConfig({ path: env.syncConfig, environment: variables(), connectors: CONNECTORS });
  const connection = config.connections.find((candidate) => candidate.id === id);
  if (!connection) throw unknownConnection(id, config);
  const account = config.accounts.find((candidate) => candidate.id === connection.accountId);
  return {
    mapping: connection.mapping ?? null,
    tag: connection.tag ?? null,
    defaultCountry: country ?? account?.defaultCountry ?? plain.defaultCountry,
    maxFileSize: connection.maxFileSize,
    format: connection.options as CheckOptions['format'],
  };
}

function unknownConnection(id: string, { file, connections }: SyncConfig): ConfigError {
  const known = connections.map((connection) => connection.id).join(', ');
  return new ConfigError([
    {
      file,
      path: 'connections',
      message: `There is no connection '${id}'.`,
      expected: known === '' ? 'No connection is configured.' : `The configured ones are: ${known}.`,
    },
  ]);
}

function country(text: string): string {
  const code = text.trim().toUpperCase();
  if (isCountryCode(code)) return code;
  throw new InvalidArgumentError(`'${text}' is no ISO alpha-2 country code, such as SK or US.`);
}
