/** The process that one reading of `npm run bench:crm` is made in; it prints what came of it as JSON. */
import type { PassSource, SessionContext, Start } from '../../libs/connector-kit/src/index.js';
import { PacedClock } from './crm-clock.js';
import { CONNECTIONS, connectorOf } from './crm-connections.js';
import type { Crm } from './crm-stand-ins.js';
import { type Memory, memoryOf } from './measure.js';

/** What is read. */
export interface ReadingPlan {
  readonly crm: Crm;
  readonly url: string;
  /** The numbers of the contacts go up to, but without, this. */
  readonly count: number;
  readonly start: Start;
}

/** What came of it. */
export interface Reading {
  /** Contacts that were not given at all. */
  readonly missing: number;
  /** Contacts that were given more than once. */
  readonly repeated: number;
  readonly memory: Memory;
  /** Of the last record. */
  readonly cursor: unknown;
}

async function read({ crm, url, count, start }: ReadingPlan): Promise<Reading> {
  const { fields, numberField, options } = CONNECTIONS[crm];
  const connector = connectorOf(crm);
  const context: SessionContext = {
    connectionId: crm,
    clock: new PacedClock(),
    defaultCountry: 'SK',
    readsTemplate: false,
    maxFileSize: 1,
    fields,
    report: {},
  };
  const times = new Uint8Array(count);
  let cursor: unknown;
  const memory = await memoryOf(async () => {
    const session = await connector.open(connector.optionsSchema.parse(options(url)), context);
    const { records } = await (session.source as PassSource).read(start, new AbortController().signal);
    for await (const record of records) {
      const number = Number(record.fields[numberField]);
      times[number] = (times[number] ?? 0) + 1;
      cursor = record.cursor;
    }
    await session.close();
  });
  const missing = times.filter((given) => given === 0).length;
  const repeated = times.filter((given) => given > 1).length;
  return { missing, repeated, memory, cursor };
}

const [, , plan = ''] = process.argv;
process.stdout.write(JSON.stringify(await read(JSON.parse(plan) as ReadingPlan)));
