import { readFile } from 'node:fs/promises';
import type { Connector } from '@cloudtalk-sync/connector-kit';
import { ConfigError, type Problem } from '@cloudtalk-sync/errors';
import { configSchema, type ParsedConfig } from './config-schema.js';
import { checkTogether } from './connection-checks.js';
import { explainIssues, type Finding } from './explain.js';
import { configJsonSchema } from './json-schema.js';
import { fillIn, type Variables } from './secrets.js';
import type { AccountConfig, ConnectionConfig, SyncConfig } from './sync-config.js';
import { type Path, readYaml } from './yaml-document.js';

export interface LoadOptions {
  /** The config file. Relative paths, here and inside the file, are relative to the working directory. */
  readonly path: string;
  /** Where the values of `${NAME}` come from. */
  readonly environment: Variables;
  /** What `connector:` may name; their schemas check `options:`. */
  readonly connectors: readonly Connector[];
}

type ParsedConnection = ParsedConfig['connections'][number];

/** What `imports:` is where the file does not say otherwise: CloudTalk's own limits (import article). */
const LIMITS = { maxFileSize: 8 * 1024 * 1024, stopAfterFailures: 1000, unknownColumns: 'warn' } as const;

/** Reads and checks the config file. Throws ConfigError with every problem found, in the order of the file. */
export async function loadConfig(options: LoadOptions): Promise<SyncConfig> {
  const file = options.path;
  const document = readYaml(await readText(file), file);
  if (document.isBroken) throw new ConfigError(document.problems);
  const { value, missing } = fillIn(document.value ?? {}, options.environment);
  const parsed = configSchema.safeParse(value);
  const issues = parsed.success ? [] : explainIssues(parsed.error.issues, value, configJsonSchema(options.connectors));
  const checked = await checkTogether(value, options.connectors);
  const findings = [...missing, ...withoutThoseAt(missing, [...issues, ...checked.findings])];
  const located = findings.map(({ path, message, expected }) => ({
    ...{ file, ...document.placeOf(path), path: write(path), message, expected },
  }));
  const problems = inOrder([...document.problems, ...located]);
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return toSyncConfig(parsed.data, checked.options, file);
}

async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ConfigError([
      {
        file,
        path: 'SYNC_CONFIG',
        message: isMissing
          ? 'There is no config file here.'
          : `The config file cannot be read: ${(error as Error).message}.`,
        expected: isMissing
          ? 'Write one (config/sync.yaml is an example), or name another with SYNC_CONFIG.'
          : 'Make it a text file that this user may read, or name another with SYNC_CONFIG.',
      },
    ]);
  }
}

/** A value that could not be filled in is not also called wrong. */
function withoutThoseAt(missing: readonly Finding[], findings: readonly Finding[]): readonly Finding[] {
  const known = new Set(missing.map(({ path }) => write(path)));
  return findings.filter(({ path }) => !known.has(write(path)));
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
}

/** `connections[0].mapping.phone` */
function write(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text.replace(/^\./, '') || '(file)';
}

function toSyncConfig(parsed: ParsedConfig, options: ReadonlyMap<number, unknown>, file: string): SyncConfig {
  const limits = { ...LIMITS, ...present(parsed.imports ?? {}) };
  return {
    accounts: [toAccount(parsed.cloudtalk)],
    connections: parsed.connections.map((connection, index) => toConnection(connection, options.get(index), limits)),
    file,
  };
}

function toAccount({ contactUrl, ...account }: ParsedConfig['cloudtalk']): AccountConfig {
  return { id: 'default', ...account, ...(contactUrl === undefined ? {} : { contactUrl }) };
}

function toConnection(
  connection: ParsedConnection,
  options: unknown,
  limits: Pick<ConnectionConfig, keyof typeof LIMITS>,
): ConnectionConfig {
  const {
    id,
    connector,
    lists,
    report = {},
    full = 'weekly',
    onDelete = 'keep',
    onMerge = 'relink',
    ...rest
  } = connection;
  const policies = { lists, report: present(report), fullReadAfter: FULL_READ_AFTER[full], onDelete, onMerge };
  return { ...limits, ...present(rest), ...policies, id, connector, accountId: 'default', options };
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * In milliseconds; three hours less than the word says, so that a nightly run still counts that begins earlier than the one
 * before: by the hour that the clocks are put forward, and by what that one was late. A connection that is read more often
 * is read in full so much sooner, too.
 */
const FULL_READ_AFTER = {
  daily: DAY - 3 * HOUR,
  weekly: 7 * DAY - 3 * HOUR,
  monthly: 30 * DAY - 3 * HOUR,
  never: null,
} as const;

/** Without the keys that are there but undefined. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
