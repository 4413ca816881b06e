import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CHAOS_KINDS, type ChaosKind, type ChaosOptions } from './cloudtalk/chaos.js';
import type { CloudTalkSandboxOptions } from './cloudtalk/options.js';
import type { HubSpotSandboxOptions } from './hubspot/options.js';
import type { SalesforceSandboxOptions } from './salesforce/options.js';

/** What to start. */
export interface SandboxArguments {
  readonly cloudtalk: CloudTalkSandboxOptions;
  /** Absent: only the stand-in for CloudTalk. */
  readonly crms?: { readonly salesforce: SalesforceSandboxOptions; readonly hubspot: HubSpotSandboxOptions };
}

/** The ports of the example configuration. */
const DEFAULT_PORTS = { cloudtalk: '8450', salesforce: '8451', hubspot: '8452' } as const;
const ANY_PORT = '0';

export const USAGE = `Usage: sandbox [options]
Starts stand-ins for CloudTalk, Salesforce and HubSpot on 127.0.0.1.
  --only cloudtalk            without those for Salesforce and HubSpot
  --port N                    of CloudTalk; default ${DEFAULT_PORTS.cloudtalk}; 0 takes any free port
  --salesforce-port N         default ${DEFAULT_PORTS.salesforce}, or any free port with --port 0
  --hubspot-port N            default ${DEFAULT_PORTS.hubspot}, or any free port with --port 0
  --salesforce-public-key FILE  PEM of the key that JWT logins are signed with; the app is sandbox-client, the user
                              integration@example.com; without it logins need the secret, sandbox-secret
  --operations-per-minute N   default 60
  --access-key-id TEXT        default sandbox-key
  --access-key-secret TEXT    default sandbox-secret
  --index-shows first|all     numbers and e-mails a contact shows in a list; default first
  --bulk-cost request|command what a bulk request costs; default request
  --merge-on-add              an add with a known number or e-mail goes into that contact
  --agents A,B                e-mails of the account's agents
  --attributes A,B            titles of the account's custom attributes
  --chaos KIND=RATE,...       random faults, each with its probability; kinds: ${CHAOS_KINDS.join(', ')}
  --seed N                    of the random faults; default 1`;

type Values = ReturnType<typeof parse>;

/** Reads the command line; throws an Error whose message says what is wrong. */
export function readArguments(args: readonly string[]): SandboxArguments {
  const values = parse(args);
  const cloudtalk = cloudTalkOptions(values);
  if (values.only === undefined) return { cloudtalk, crms: crmOptions(values) };
  oneOf('--only', values.only, ['cloudtalk']);
  return { cloudtalk };
}

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      port: { type: 'string', default: DEFAULT_PORTS.cloudtalk },
      'salesforce-port': { type: 'string' },
      'hubspot-port': { type: 'string' },
      'salesforce-public-key': { type: 'string' },
      'operations-per-minute': { type: 'string', default: '60' },
      'access-key-id': { type: 'string', default: 'sandbox-key' },
      'access-key-secret': { type: 'string', default: 'sandbox-secret' },
      'index-shows': { type: 'string', default: 'first' },
      'bulk-cost': { type: 'string', default: 'request' },
      'merge-on-add': { type: 'boolean', default: false },
      agents: { type: 'string' },
      attributes: { type: 'string' },
      chaos: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  return values;
}

function cloudTalkOptions(values: Values): CloudTalkSandboxOptions {
  const { agents, attributes, chaos } = values;
  return {
    port: port('--port', values.port),
    operationsPerMinute: wholeNumber('--operations-per-minute', values['operations-per-minute'], 1, 1e9),
    accessKeyId: values['access-key-id'],
    accessKeySecret: values['access-key-secret'],
    indexShows: oneOf('--index-shows', values['index-shows'], ['first', 'all']),
    bulkCost: oneOf('--bulk-cost', values['bulk-cost'], ['request', 'command']),
    mergeOnAdd: values['merge-on-add'],
    ...(agents === undefined ? {} : { agents: split(agents).map((email, index) => ({ id: 101 + index, email })) }),
    ...(attributes === undefined
      ? {}
      : { attributes: split(attributes).map((title, index) => ({ id: 201 + index, title })) }),
    ...(chaos === undefined
      ? {}
      : { faults: { seed: wholeNumber('--seed', values.seed, 0, 2 ** 32), rates: rates(chaos) } }),
  };
}

function crmOptions(values: Values): NonNullable<SandboxArguments['crms']> {
  const byDefault = values.port === ANY_PORT ? { salesforce: ANY_PORT, hubspot: ANY_PORT } : DEFAULT_PORTS;
  const keyFile = values['salesforce-public-key'];
  return {
    salesforce: {
      port: port('--salesforce-port', values['salesforce-port'] ?? byDefault.salesforce),
      ...(keyFile === undefined ? {} : { publicKey: publicKey(keyFile) }),
    },
    hubspot: { port: port('--hubspot-port', values['hubspot-port'] ?? byDefault.hubspot) },
  };
}

function publicKey(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    createPublicKey(pem);
    return pem;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`--salesforce-public-key needs a file with a public key or certificate in PEM form: ${why}`);
  }
}

function port(flag: string, text: string): number {
  return wholeNumber(flag, text, 0, 65_535);
}

function split(list: string): readonly string[] {
  return list.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`${flag} must be a whole number from ${least} to ${most}, not ${text}.`);
}

function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new Error(`${flag} must be ${allowed.join(' or ')}, not ${text}.`);
}

function rates(text: string): ChaosOptions['rates'] {
  const found: Partial<Record<ChaosKind, number>> = {};
  for (const part of split(text)) {
    const [name = '', rate = ''] = part.split('=');
    const kind = oneOf('--chaos', name.trim(), CHAOS_KINDS);
    if (!(Number(rate) >= 0 && Number(rate) <= 1) || rate === '')
      throw new Error(`--chaos ${kind} needs a rate from 0 to 1.`);
    found[kind] = Number(rate);
  }
  return found;
}
