import { parseArgs } from 'node:util';
import { CHAOS_KINDS, type ChaosKind, type ChaosOptions } from './cloudtalk/chaos.js';
import type { CloudTalkSandboxOptions } from './cloudtalk/options.js';

/** The port of the example configuration. */
const DEFAULT_PORT = '8450';

export const USAGE = `Usage: sandbox [options]
  --port N                    default ${DEFAULT_PORT}; 0 takes any free port
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

/** Reads the command line; throws an Error whose message says what is wrong. */
export function readArguments(args: readonly string[]): CloudTalkSandboxOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: DEFAULT_PORT },
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
  const { agents, attributes, chaos } = values;
  return {
    port: wholeNumber('--port', values.port, 0, 65_535),
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
