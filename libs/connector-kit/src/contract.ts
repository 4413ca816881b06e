/**
 * The contract test suite: `connectorContract(name, make)` in a test file of a connector proves that the connector keeps
 * what the engine relies on. A door of its own, because it needs vitest.
 */
import { randomUUID } from 'node:crypto';
import { ConfigError, FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import type { DropSource, PassSource, Session } from './connector.js';
import { ContractBench, never, type ContractSetup } from './contract-bench.js';
import type { SourceRecord } from './record.js';

export type { ContractSetup, Doing, Trouble } from './contract-bench.js';

/** Registers the contract tests of one connector; those for drops are skipped for a connector that is none. */
export function connectorContract(name: string, make: () => Promise<ContractSetup>): void {
  describe(`${name} keeps the connector contract`, () => {
    let bench: ContractBench;
    beforeEach(async () => {
      bench = new ContractBench(await make());
    });
    afterEach(() => bench.dispose());
    readingTests(() => bench);
    resumingTests(() => bench);
    erasureTests(() => bench);
    orgTests(() => bench);
    dropTests(() => bench);
    failureTests(() => bench);
    troubleTests(() => bench);
    it('reports twice as if it had reported once', async () => {
      await bench.report();
      const once = await bench.setup.reported();
      await bench.report();
      expect(await bench.setup.reported()).toEqual(once);
    });
  });
}

function readingTests(bench: () => ContractBench): void {
  it('gives every record once, with plain fields and an id or a row to find it by', async () => {
    const records = await bench().readAll();
    expect(records).toHaveLength(bench().setup.records);
    for (const { id, fields, origin } of records) {
      expect(JSON.parse(JSON.stringify(fields))).toEqual(fields);
      expect(id ?? origin.row).toBeTruthy();
    }
    expect(new Set(keysOf(records)).size).toBe(records.length);
  });

  it('gives the same records when it is read again', async () => {
    const first = await bench().readAll();
    expect(await bench().readAll()).toEqual(first);
  });

  it('describes its input in plain JSON', async () => {
    const { input } = await bench().read();
    expect(JSON.parse(JSON.stringify(input))).toEqual(input);
  });
}

function resumingTests(bench: () => ContractBench): void {
  it('gives cursors that can be stored and pass its own schema', async () => {
    for (const { cursor } of await bench().readAll()) {
      expect(JSON.parse(JSON.stringify(cursor))).toEqual(cursor);
      expect(bench().setup.connector.cursorSchema.safeParse(cursor).success).toBe(true);
    }
  });

  it('resumes behind any cursor without losing a record', async () => {
    const records = await bench().readAll();
    for (const [index, { cursor }] of records.entries()) {
      const resumed = keysOf(await bench().readAll({ behind: JSON.parse(JSON.stringify(cursor)) }));
      expect(resumed).toEqual(expect.arrayContaining(keysOf(records.slice(index + 1))));
    }
  });

  it('resumes behind a cursor of a resumed reading just as well', async () => {
    const records = await bench().readAll();
    const [first, second] = [records[0], records[1]];
    if (!first || !second) throw new Error('The setup has fewer than two records.');
    const resumed = await bench().readAll({ behind: first.cursor });
    const again = keysOf(await bench().readAll({ behind: resumed[0]?.cursor }));
    expect(again).toEqual(expect.arrayContaining(keysOf(records.slice(2))));
  });

  it('finds all that changed since a reading, behind any cursor too', async (test) => {
    if (bench().setup.change === undefined) test.skip('Only where changes can be read.');
    const records = await bench().readAll();
    const living = keysOf(await bench().living());
    await bench().setup.change?.();
    const changed = await bench().readAll({ since: JSON.parse(JSON.stringify(records.at(-1)?.cursor)) });
    expect(keysOf(changed)).toEqual(expect.arrayContaining(living));
    for (const [index, { cursor }] of changed.entries()) {
      const resumed = keysOf(await bench().readAll({ behind: JSON.parse(JSON.stringify(cursor)) }));
      expect(resumed).toEqual(expect.arrayContaining(keysOf(changed.slice(index + 1))));
    }
  });

  it('stops reading when it is told to', async () => {
    const stop = new AbortController();
    const reading = async (): Promise<void> => {
      const { records } = await bench().read('beginning', stop.signal);
      for await (const record of records) stop.abort(new Error(`enough after ${typeof record}`));
    };
    await expect(reading()).rejects.toThrow('enough');
  });
}

function erasureTests(bench: () => ContractBench): void {
  it('says of none of its records that it was erased, gone or not, and says so of one that was', async (test) => {
    const ids = await askableIds(bench(), test);
    expect([...(await bench().erased(ids))]).toEqual([]);
    const gone = await bench().setup.erase?.();
    expect([...(await bench().erased(ids))]).toEqual([gone]);
  });

  it('says of no record that it was erased when it is in trouble', async (test) => {
    const { troubles = [] } = bench().setup;
    const ids = await askableIds(bench(), test);
    const became: string[] = [];
    for (const { name, arrange } of troubles) {
      await arrange('reading');
      const end = await endOf(bench().erased(ids));
      became.push(`${name}: ${typeof end === 'string' || end.size === 0 ? 'none' : [...end].join()}`);
    }
    expect(became).toEqual(troubles.map(({ name }) => `${name}: none`));
  });
}

function orgTests(bench: () => ContractBench): void {
  it('names the org or portal of its records, and does nothing for a connection whose records are of another one', async (test) => {
    const { org } = (await bench().read()).input;
    if (org === undefined) test.skip('Only where the same ids can be other people.');
    const same = await bench().anotherSession({ org });
    expect(await same.check()).toEqual([]);
    expect(await endOf(bench().write(same))).toBe('written all the same');
    const other = await bench().anotherSession({ org: `not ${org}` });
    const source = passOf(other, test);
    const doings: Promise<unknown>[] = [other.check(), source.read('beginning', never), bench().write(other)];
    expect(await Promise.all(doings.map((doing) => endOf(doing)))).toEqual(doings.map(() => 'FatalError'));
  });
}

function dropTests(bench: () => ContractBench): void {
  it('gives a file that two sessions claim to exactly one of them', async (test) => {
    const first = dropOf(await bench().session(), test);
    const second = dropOf(await bench().anotherSession(), test);
    const [file] = await first.finished(never);
    if (!file) throw new Error('The setup has no finished file.');
    const claims = await Promise.all([first.claim(file, randomUUID()), second.claim(file, randomUUID())]);
    const winners = claims.filter((claim) => claim !== undefined);
    expect(winners).toHaveLength(1);
    expect(await first.claimed()).toEqual(winners);
    expect(await second.finished(never)).toEqual([]);
  });

  it('moves a file out once, however often it is finished', async (test) => {
    const source = dropOf(await bench().session(), test);
    const file = await bench().claim(source);
    const run = { status: 'completed', requestedAt: new Date('2026-11-22T02:00:00Z') } as const;
    await source.finish(file, run);
    await source.finish(file, run);
    expect(await source.claimed()).toEqual([]);
    expect(await source.finished(never)).toEqual([]);
  });
}

function failureTests(bench: () => ContractBench): void {
  it('finds nothing wrong with a world that works', async () => {
    const session = await bench().session();
    expect(await session.check()).toEqual([]);
  });

  it('refuses options that it does not know', () => {
    const options = { ...Object(bench().setup.options), notAnOption: true };
    expect(bench().setup.connector.optionsSchema.safeParse(options).success).toBe(false);
  });

  it('says what is broken by one of the three error classes', async () => {
    const session = await bench().session();
    await bench().setup.breakWorld();
    const error: unknown = await session.check().catch((thrown: unknown) => thrown);
    const isOurs = [ConfigError, RetryableError, FatalError].some((kind) => error instanceof kind);
    expect(isOurs, `check() gave ${String(error)}`).toBe(true);
    expect((error as Error).message).toMatch(/\S \S/);
  });
}

function troubleTests(bench: () => ContractBench): void {
  it('turns whatever its vendor answers into the error that says what to do next', async (test) => {
    const { troubles = [] } = bench().setup;
    if (troubles.length === 0) test.skip('Only where a vendor answers.');
    const became: string[] = [];
    for (const { name, arrange } of troubles) {
      await arrange('reading');
      const end = await endOf(bench().readAll());
      became.push(`${name}: ${typeof end === 'string' ? end : 'read all the same'}`);
    }
    expect(became).toEqual(troubles.map(({ name, becomes }) => `${name}: ${becomes}`));
  });

  it('does so while it writes, too', async (test) => {
    const { troubles = [] } = bench().setup;
    const { reporter } = await bench().session();
    const met = troubles.filter(({ whileWriting }) => whileWriting !== 'not met');
    if (met.length === 0 || reporter.wants !== 'changes') test.skip('Only where a vendor takes outcomes.');
    await bench().living();
    const became: string[] = [];
    for (const { name, arrange } of met) {
      await arrange('writing');
      became.push(`${name}: ${await endOf(bench().write())}`);
    }
    expect(became).toEqual(met.map(({ name, becomes, whileWriting = becomes }) => `${name}: ${whileWriting}`));
  });
}

/** What the work gives, or the name of the error that it ends with. */
function endOf<T>(work: Promise<T>): Promise<T | string> {
  return work.catch((thrown: unknown) => (thrown instanceof Error ? thrown.name : String(thrown)));
}

function passOf(session: Session, test: TestContext): PassSource {
  return session.source.kind === 'pass' ? session.source : test.skip('Only for passes.');
}

function dropOf(session: Session, test: TestContext): DropSource {
  return session.source.kind === 'drop' ? session.source : test.skip('Only for drops.');
}

/** The ids of a source that can be asked which of them were erased. */
async function askableIds(bench: ContractBench, test: TestContext): Promise<readonly string[]> {
  if (bench.setup.erase === undefined) test.skip('Only where a source can be asked about records.');
  return [...new Set((await bench.readAll()).flatMap(({ id }) => id ?? []))];
}

function keysOf(records: readonly SourceRecord[]): unknown[] {
  return records.map(({ id, origin }) => id ?? origin.row);
}
