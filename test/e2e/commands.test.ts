import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DatabaseOptions } from '../../libs/store/src/index.js';
import type { RunView } from '../../libs/sync/src/index.js';
import { contactsCsv, csv, phoneOf } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { Processes } from '../support/processes.js';

/** Processes start slowly on a busy machine; milliseconds. */
vi.setConfig({ testTimeout: 120_000 });

const open: Processes[] = [];
afterAll(async () => {
  for (const processes of open) await processes.close();
});

async function start(place: DatabaseOptions): Promise<Processes> {
  const processes = await Processes.open({ databaseUrl: 'url' in place ? place.url : undefined });
  open.push(processes);
  return processes;
}

forEachDatabase((_, place) => {
  let processes: Processes;
  beforeEach(async () => {
    processes = await start(await place());
  });

  it('run --wait --json imports what lies in the inbox, without a daemon', async () => {
    await processes.put('a.csv', `${contactsCsv(12)}Bad,12,\n`);
    await processes.put('b.csv', csv('first,second', 'a,b'));
    const { code, stdout, stderr } = await processes.command('run', 'drop', '--wait', '--json');
    const runs = parseLines(stdout);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^a\.csv: about \d+ operations?, .*\n$/) as unknown,
    });
    expect(runs).toMatchObject([
      { input: 'a.csv', status: 'completed with failures', rows: 13, totals: { created: 12, failed: 1 } },
      { input: 'b.csv', status: 'failed', rows: 0, error: { code: 'header_unusable' } },
    ]);
    expect(runs[0]?.operations).toBeGreaterThan(1);
    expect(processes.sandbox.contacts()).toHaveLength(12);

    await processes.put('again.csv', contactsCsv(12));
    const again = await processes.command('run', 'drop', '--wait', '--json');
    expect(again.code).toBe(0);
    expect(parseLines(again.stdout)).toMatchObject([{ status: 'completed', totals: { unchanged: 12 }, operations: 0 }]);
  });

  it('run, runs and show ask the daemon that is running', async () => {
    const daemon = await processes.daemon();
    await processes.put('a.csv', `${contactsCsv(25)}Bad,12,\n`);
    const { code, stdout } = await processes.command('run', 'drop', '--wait', '--json');
    const [run] = parseLines(stdout);
    expect(code).toBe(1);
    expect(run).toMatchObject({ status: 'completed with failures', totals: { created: 25, failed: 1 } });
    expect(await processes.runs(daemon)).toEqual([run]);

    expect(parseLines((await processes.command('runs', '--json')).stdout)).toEqual([run]);
    const shown = await processes.command('show', run?.id.slice(0, 8) ?? '', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      ...run,
      failedRows: [{ row: 26, line: 27, issues: [{ field: 'phone', code: 'phone_too_short', value: '12' }] }],
    });
    expect(await daemon.end('SIGTERM')).toBe(0);
    expect(parseLines((await processes.command('runs', '--json')).stdout)).toEqual([run]);
  });
});

describe('the commands', () => {
  let processes: Processes;
  beforeEach(async () => {
    processes = await Processes.open();
  });
  afterEach(() => processes.close());

  it('say in plain words what happened', async () => {
    expect((await processes.command('runs')).stdout).toBe('No imports yet.\n');
    const ofNone = await processes.command('runs', '--connection', 'dorp');
    expect(ofNone.stdout).toBe("No imports yet of a connection 'dorp'.\n");
    const nothing = await processes.command('run', 'drop');
    expect(nothing).toMatchObject({ code: 0, stdout: 'Nothing to import: no finished file is waiting.\n' });
    await processes.put('a.csv', csv('name,phone', 'Jana,0905123456', 'Bad,12'));
    const { stdout } = await processes.command('run', 'drop');
    expect(stdout).toMatch(/a\.csv +completed with failures +2 +1 +0 +1 /);
    const [id = ''] = /^[0-9a-f]{8}/m.exec(stdout) ?? [];
    const shown = await processes.command('show', id);
    expect(shown.stdout).toContain('outcomes      1 created, 1 failed');
    expect(shown.stdout).toContain('row 2 (line 3): "12" has too few digits for a phone number in');
    const unknown = await processes.command('show', 'ffffffff');
    expect([unknown.code, (await processes.command('show', 'x')).code]).toEqual([2, 2]);
    expect(unknown.stderr).toContain("There is no import whose id begins with 'ffffffff'");
  });

  it('retry tries the rows again that did not go in, and says why rows failed', async () => {
    await processes.put('a.csv', csv('name,phone', 'Ann,0905123456', 'Ben,12', 'Cat,12', `Dan,${phoneOf(7)}`));
    processes.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 1, fields: { name: ['No.'] } });
    const run = await processes.command('run', 'drop');
    expect(run.stdout).toContain('2 × phone, phone_too_short, first row 2: "12" has too few digits');
    expect(run.stdout).toContain('1 × name, invalid_value, row 4: CloudTalk refused name "Dan": No.');
    const [id = ''] = /^[0-9a-f]{8}/m.exec(run.stdout) ?? [];

    const retried = await processes.command('retry', id, '--wait', '--json');
    expect(retried.code).toBe(1);
    const [retry] = parseLines(retried.stdout);
    expect(retry).toMatchObject({ kind: 'retry', input: 'a.csv', rows: 3, totals: { created: 1, failed: 2 } });
    expect(retry?.retryOf).toMatch(new RegExp(`^${id}`));
    const shown = JSON.parse((await processes.command('show', retry?.id ?? '', '--json')).stdout) as object;
    expect(shown).toMatchObject({
      causes: [{ field: 'phone', code: 'phone_too_short', value: '12', rows: 2, firstRow: 2 }],
      otherCauses: [],
      failedRows: [{ row: 2 }, { row: 3 }],
    });
    const text = (await processes.command('show', retry?.id ?? '')).stdout;
    expect(text).toMatch(new RegExp(`^retry of +${retry?.retryOf}$`, 'm'));
    expect(text).toContain('2 × phone, phone_too_short, first row 2');

    const daemon = await processes.daemon();
    const refused = await processes.command('retry', id, '--code', 'too_long');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(`No row of the import ${id} failed with the code 'too_long'.`);
    expect((await processes.command('retry', 'ffffffff')).code).toBe(2);
    const again = await processes.command('retry', id, '--code', 'invalid_value', '--wait');
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/a\.csv +completed +1 +0 +1 +0 /);
    expect(await daemon.end('SIGTERM')).toBe(0);
  });

  it('end with 2 for what is wrong in the config or on the command line', async () => {
    const unknown = await processes.command('run', 'nope', '--json');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("There is no connection 'nope'. The configured ones are: drop.");
    for (const args of [[], ['nope'], ['run'], ['runs', '--limit', '0'], ['show'], ['retry']]) {
      const wrong = await processes.command(...args);
      expect({ args, code: wrong.code }).toEqual({ args, code: 2 });
      expect(wrong.stderr).toMatch(/error:|Usage:/);
    }
    const daemon = await processes.daemon();
    for (const command of ['run', 'check', 'setup']) {
      const refused = await processes.command(command, 'nope');
      expect({ command, code: refused.code }).toEqual({ command, code: 2 });
      expect(refused.stderr).toContain(
        "There is no connection 'nope'. The configured ones are: drop. The running daemon",
      );
    }
    expect(await daemon.end('SIGTERM')).toBe(0);
  });

  it('config check names the config, its connections, and every problem with its place', async () => {
    const right = await processes.command('config', 'check', '--json');
    expect(right.code).toBe(0);
    expect(JSON.parse(right.stdout)).toEqual({
      file: processes.config,
      ok: true,
      connections: ['drop'],
      problems: [],
    });
    await processes.configure({ defaultCountry: 'Slowakia', shares: '80%' });
    const wrong = await processes.command('config', 'check', '--json');
    expect(wrong.code).toBe(2);
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      file: processes.config,
      ok: false,
      problems: [
        { path: 'cloudtalk.defaultCountry', line: 5 },
        { path: 'cloudtalk.shares', line: 10 },
      ],
    });
    const text = await processes.command('config', 'check');
    expect(text.code).toBe(2);
    expect(text.stderr).toContain(`${processes.config}:5:`);
  });

  it('end with 3 when the key is refused, and say what to do; the file goes in once the key is right', async () => {
    await processes.configure({ accessKeySecret: 'wrong' });
    await processes.put('a.csv', contactsCsv(3));
    const refused = await processes.command('run', 'drop', '--wait', '--json');
    expect(refused.code).toBe(3);
    expect(parseLines(refused.stdout)).toMatchObject([{ status: 'waiting', waiting: { code: 'key_refused' } }]);
    expect(processes.sandbox.contacts()).toEqual([]);

    await processes.configure({});
    const mended = await processes.command('run', 'drop', '--wait', '--json');
    expect(mended.code).toBe(0);
    expect(parseLines(mended.stdout)).toMatchObject([
      { id: parseLines(refused.stdout)[0]?.id, status: 'completed', totals: { created: 3 } },
    ]);
    expect(processes.sandbox.contacts()).toHaveLength(3);
  });

  it('end with 3 when CloudTalk is out of reach', async () => {
    await processes.configure({ baseUrl: 'http://127.0.0.1:9/api' });
    await processes.put('a.csv', contactsCsv(3));
    const { code, stdout } = await processes.command('run', 'drop', '--wait');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^[0-9a-f]{8}: CloudTalk .*\.$/m);
  });
});

function parseLines(text: string): readonly RunView[] {
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunView);
}
