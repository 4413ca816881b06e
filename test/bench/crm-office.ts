import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Start } from '../../libs/connector-kit/src/index.js';
import type { Reading, ReadingPlan } from './crm-reading.js';
import type { Answers, CallCount, Question } from './crm-stand-in.js';
import type { Crm } from './crm-stand-ins.js';
import { timeOf } from './measure.js';

/**
 * The heap that a reading has to get by with, whatever it reads; megabytes. Of a larger one V8 leaves garbage lying about
 * until it is full, and what is measured would be that.
 */
export const HEAP = 64;

const script = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** A reading with what it took. */
export interface CountedReading extends Reading {
  readonly calls: CallCount;
  /** Of the machine; milliseconds. */
  readonly time: number;
}

/** A stand-in in a process of its own, with contacts that are read by other processes. */
export class CrmOffice {
  private constructor(
    private readonly crm: Crm,
    private readonly count: number,
    private readonly standIn: ChildProcess,
    private readonly url: string,
    private readonly cursor: unknown,
  ) {}

  /** Holds `count` contacts, all of them changed since a first reading. */
  static async open(crm: Crm, count: number): Promise<CrmOffice> {
    const standIn = fork(script('crm-stand-in'), [crm, String(count)]);
    const url = await ask(standIn, 'start');
    const { cursor } = await read({ crm, url, count: 1, start: 'beginning' });
    await ask(standIn, 'fill');
    await ask(standIn, 'calls');
    return new CrmOffice(crm, count, standIn, url, cursor);
  }

  /** Reads every contact: as for the first time, or since the first reading. */
  async read(how: 'beginning' | 'since'): Promise<CountedReading> {
    const start: Start = how === 'beginning' ? how : { since: this.cursor };
    const { count, crm, url } = this;
    let reading: Reading | undefined;
    const time = await timeOf(async () => {
      reading = await read({ crm, url, count, start });
    });
    if (!reading) throw new Error('Nothing was read.');
    return { ...reading, time, calls: await ask(this.standIn, 'calls') };
  }

  async close(): Promise<void> {
    const ended = once(this.standIn, 'exit');
    this.standIn.disconnect();
    await ended;
  }
}

/** Throws when the reading does not come to its end. */
async function read(plan: ReadingPlan): Promise<Reading> {
  const command = [`--max-old-space-size=${HEAP}`, script('crm-reading'), JSON.stringify(plan)];
  const { stdout } = await promisify(execFile)(process.execPath, command).catch(
    (error: { readonly stderr: string }) => {
      const [why] = /^.*(Error\b|JavaScript heap out of memory).*$/m.exec(error.stderr) ?? [error.stderr];
      throw new Error(`A reading of ${plan.count} records by ${plan.crm} broke off: ${why}`);
    },
  );
  return JSON.parse(stdout) as Reading;
}

async function ask<K extends keyof Answers>(standIn: ChildProcess, what: K): Promise<Answers[K]> {
  const died = new AbortController();
  const end = (): void => died.abort(new Error('The process of the stand-in has ended.'));
  standIn.once('exit', end);
  try {
    const answered = once(standIn, 'message', { signal: died.signal });
    standIn.send({ ask: what } satisfies Question);
    const [answer] = (await answered) as [Answers[K]];
    return answer;
  } finally {
    standIn.off('exit', end);
  }
}
