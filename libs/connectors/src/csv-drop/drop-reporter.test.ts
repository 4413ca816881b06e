import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OUTCOMES, systemClock, type InputDescription, type Outcome } from '@cloudtalk-sync/connector-kit';
import type { OutcomeKind, RowReporter, RunSummary, Session, SourceRecord } from '@cloudtalk-sync/connector-kit';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCsvFile } from './csv-file.js';
import { folder } from './folder.js';

const TIME = new Date('2026-11-22T02:00:00Z');
const RUN = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
const BASE = 'contacts.20261122T020000Z-1b4e28ba';
const options = { defaultCountry: 'SK', maxFileSize: 1000 };

let path: string;
let session: Session;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'drop-'));
  const context = { connectionId: 'drop', clock: systemClock, readsTemplate: true, fields: [], report: {}, ...options };
  session = await folder.open(folder.optionsSchema.parse({ path }), context);
});
afterEach(() => rm(path, { recursive: true, force: true }));

function run(status: RunSummary['status'], rows: number, totals: Partial<Record<OutcomeKind, number>>): RunSummary {
  const none = Object.fromEntries(OUTCOMES.map((kind) => [kind, 0])) as Record<OutcomeKind, number>;
  const times = { requestedAt: TIME, startedAt: TIME, endedAt: TIME };
  const base = { runId: RUN, connectionId: 'drop', kind: 'file', status, ...times, rows, operations: 3, warnings: [] };
  return { ...base, totals: { ...none, ...totals } };
}

const FAILED = [
  { field: 'phone', code: 'invalid_phone' as const, value: '=1', message: '=1 is no number.', fix: 'Correct "it".' },
  { field: 'name', code: 'required_missing' as const, value: '', message: 'The name is empty.', fix: 'Fill it in.' },
];

function failed({ fields, origin }: SourceRecord): Outcome {
  return { outcome: 'failed', fields, origin, issues: FAILED, warnings: [] };
}

function rowReporter(): RowReporter {
  const { reporter } = session;
  if (reporter.wants !== 'every row') throw new Error('A drop reports every row.');
  return reporter;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function report(summary: RunSummary, input: InputDescription | undefined, outcomes: readonly Outcome[]) {
  return rowReporter().report(summary, input, each(outcomes));
}

/** Reads a CSV as the engine would: what is known of it, and its records. */
async function readInput(content: Buffer | string) {
  const file = join(path, 'contacts.csv');
  await writeFile(file, content);
  return readFrom(file);
}

async function readFrom(file: string) {
  const { input, records } = await readCsvFile(file, options);
  const all: SourceRecord[] = [];
  for await (const record of records) all.push(record);
  return { input, records: all };
}

const reports = async (): Promise<string[]> => (await readdir(join(path, 'reports'))).sort();
const reportText = (ending: string): Promise<string> => readFile(join(path, 'reports', BASE + ending), 'utf8');

describe('result.csv', () => {
  it('says how every row ended, on one line each', async () => {
    const { input, records } = await readInput('name,phone\na,1\n\nb,2\nc,3\nd,4\n');
    const warning = { field: 'phone', code: 'repaired', from: '1', to: '+1', message: 'The + was put back.' };
    const outcomes = records.map((record, at): Outcome => {
      const { fields, origin } = record;
      const common = { fields, origin, issues: [], warnings: [] };
      if (at === 0) return { ...common, outcome: 'created', contactId: 4711, warnings: [warning] };
      if (at === 1) return failed(record);
      return at === 2 ? { ...common, outcome: 'skipped', reason: '@policy' } : { ...common, outcome: 'unchanged' };
    });
    await report(
      run('completed with failures', 4, { created: 1, failed: 1, skipped: 1, unchanged: 1 }),
      input,
      outcomes,
    );
    expect((await reportText('.result.csv')).split('\n')).toEqual([
      'row,line,outcome,contact_id,code,message',
      '1,2,created,4711,,The + was put back.',
      "2,4,failed,,invalid_phone | required_missing,'=1 is no number. | The name is empty.",
      "3,5,skipped,,,'@policy",
      '4,6,unchanged,,,',
      '',
    ]);
  });
});

describe('errors.csv', () => {
  it('is absent when nothing failed', async () => {
    const { input } = await readInput('name,phone\n');
    const { places } = await report(run('completed', 0, {}), input, []);
    expect(await reports()).toEqual([`${BASE}.receipt.json`, `${BASE}.result.csv`]);
    expect(places).toEqual([`${BASE}.result.csv`, `${BASE}.receipt.json`].map((name) => join(path, 'reports', name)));
  });

  it('gives the cells back as they came, then row, codes, messages and fixes', async () => {
    const { input, records } = await readInput('name;phone;note\n" =A ";"a;b";"x\r\n""y"""\n');
    await report(run('completed with failures', 1, { failed: 1 }), input, records.map(failed));
    expect(await reportText('.errors.csv')).toBe(
      '\uFEFFname;phone;note;_row;_code;_error;_fix\n' +
        ' =A ;"a;b";"x\r\n""y""";1;invalid_phone | required_missing;' +
        `'=1 is no number. | The name is empty.;"Correct ""it"". | Fill it in."\n`,
    );
  });

  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from('name,phone\nŽofia,"a,b"\n')],
    ['UTF-8 with BOM, semicolons', Buffer.from('\uFEFFname;phone\n"Žofia\n2";1\n')],
    ['UTF-16 BE', iconv.encode('\uFEFFname\tphone\nŽofia\t1\n', 'utf-16be')],
    ['UTF-16 LE', Buffer.from('\uFEFFname|phone\nŽofia|1\n', 'utf16le')],
    ['windows-1250', iconv.encode('name;phone\nŽofia;1\n', 'windows-1250')],
    ['an unusual delimiter', Buffer.from('sep=^\nname^phone\nŽofia^1\n')],
  ])('can be dropped again as it is: %s', async (_kind, content) => {
    const { input, records } = await readInput(content);
    await report(run('completed with failures', 1, { failed: 1 }), input, records.map(failed));
    const again = await readFrom(join(path, 'reports', `${BASE}.errors.csv`));
    expect(again.input.fields).toEqual(input.fields);
    expect(again.input.format).toEqual(input.format);
    expect(again.records.map(({ fields }) => fields)).toEqual(records.map(({ fields }) => fields));
  });

  it('holds the rows that a stopped run did not process, with their reason', async () => {
    const { input, records } = await readInput('name,phone\na,1\nb,2\n');
    const outcomes = records.map((record, at): Outcome =>
      at === 0 ? failed(record) : { ...failed(record), outcome: 'not processed', issues: [], reason: 'Stopped.' },
    );
    await report(run('stopped', 2, { failed: 1, 'not processed': 1 }), input, outcomes);
    expect(await reportText('.errors.csv')).toMatch(/\nb,2,2,not_processed,Stopped\.,"Mend what stopped/);
    expect(await reportText('.result.csv')).toContain('2,3,not processed,,not_processed,Stopped.');
  });
});

describe('receipt.json', () => {
  it('balances rows and outcomes and names the other reports', async () => {
    const content = 'name,phone\na,1\n';
    const { input, records } = await readInput(content);
    await report(run('completed with failures', 1, { failed: 1 }), input, records.map(failed));
    const receipt = JSON.parse(await reportText('.receipt.json'));
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(receipt).toMatchObject({
      runId: RUN,
      connection: 'drop',
      input: { name: 'contacts.csv', size: content.length, sha256 },
      status: 'completed with failures',
      error: null,
      requestedAt: '2026-11-22T02:00:00.000Z',
      rows: 1,
      totals: { created: 0, failed: 1, 'not processed': 0 },
      balanced: true,
      operations: 3,
      sameContentAs: null,
      reports: [`${BASE}.result.csv`, `${BASE}.errors.csv`],
    });
  });

  it('says so when rows and outcomes do not balance', async () => {
    await report(run('completed', 2, { created: 1 }), undefined, []);
    const [receipt = ''] = (await reports()).filter((name) => name.endsWith('.receipt.json'));
    expect(JSON.parse(await readFile(join(path, 'reports', receipt), 'utf8'))).toMatchObject({ balanced: false });
  });

  it.each([
    ['small', 'no header', true],
    ['too large', 'x'.repeat(1001), false],
  ])(
    'is written for a %s file that was refused, with its reason and what is known of it',
    async (_kind, content, hashed) => {
      await writeFile(join(path, 'processing', `${RUN}__contacts.csv`), content);
      const error = { code: 'header_unusable', message: 'It has no header.', fix: 'Add one.' };
      await report({ ...run('failed', 0, {}), error }, undefined, []);
      expect(await reports()).toEqual([`${BASE}.receipt.json`]);
      const sha256 = hashed ? createHash('sha256').update(content).digest('hex') : null;
      const input = { name: 'contacts.csv', size: content.length, sha256 };
      expect(JSON.parse(await reportText('.receipt.json'))).toMatchObject({
        input,
        error,
        balanced: true,
        reports: [],
      });
    },
  );
});

describe('the reports of a run', () => {
  it('appear as a whole or not at all, and leave no temporary files', async () => {
    const { input, records } = await readInput('name,phone\na,1\n');
    const breaking = async function* (): AsyncGenerator<Outcome> {
      yield* records.map(failed);
      throw new Error('The database went away.');
    };
    const summary = run('completed with failures', 1, { failed: 1 });
    await expect(rowReporter().report(summary, input, breaking())).rejects.toThrow('The database went away.');
    expect(await reports()).toEqual([]);
  });

  it('are the same when a crash made them twice, and what it left is removed a day later', async () => {
    const { input, records } = await readInput('name,phone\na,1\n');
    const leftover = join(path, 'reports', `.${RUN}.tmp`);
    await writeFile(leftover, 'half a report');
    await utimes(leftover, new Date('2020-01-01'), new Date('2020-01-01'));
    const summary = run('completed with failures', 1, { failed: 1 });
    await report(summary, input, records.map(failed));
    const once = await reportText('.errors.csv');
    await report(summary, input, records.map(failed));
    expect(await reports()).toEqual(['.errors.csv', '.receipt.json', '.result.csv'].map((ending) => BASE + ending));
    expect(await reportText('.errors.csv')).toBe(once);
  });

  it('hold every row of a large run', async () => {
    const { input, records } = await readInput('name,phone\na,1\n');
    const [record] = records;
    if (!record) throw new Error('There is a record.');
    const outcomes = Array.from({ length: 1001 }, () => failed(record));
    await report(run('completed with failures', 1001, { failed: 1001 }), input, outcomes);
    expect((await reportText('.result.csv')).split('\n')).toHaveLength(1003);
    expect((await reportText('.errors.csv')).split('\n')).toHaveLength(1003);
  });
});
