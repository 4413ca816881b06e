import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunView } from '../../libs/sync/src/index.js';
import { contactsCsv } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { type DaemonProcess, Processes } from '../support/processes.js';

/** Processes start slowly on a busy machine; milliseconds. */
vi.setConfig({ testTimeout: 120_000 });

/** The longest a daemon may take to stop: its own grace of 25 s (operational-behaviours.md 5.5) and a little; milliseconds. */
const STOP_LIMIT = 30_000;

describe('the daemon', () => {
  let processes: Processes;
  beforeEach(async () => {
    processes = await Processes.open();
  });
  afterEach(() => processes.close());

  it('refuses to start twice on one data folder and names who holds it', async () => {
    const daemon = await processes.daemon();
    const { code, log } = await processes.daemonThatEnds();
    expect(code).toBe(3);
    expect(log).toContain(`process ${daemon.pid} on `);
    expect(log).toContain(processes.dataDir);
    expect(await processes.runs(daemon)).toEqual([]);
  });

  it('ends with 2 and every problem when the config is wrong', async () => {
    await processes.configure({ defaultCountry: 'Slowakia', shares: '80%' });
    const { code, log } = await processes.daemonThatEnds();
    expect(code).toBe(2);
    expect(log).toContain('cloudtalk.defaultCountry');
    expect(log).toContain('cloudtalk.shares');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly at %s in the middle of a run', async (signal) => {
    const daemon = await processes.daemon();
    processes.sandbox.fault({ kind: 'slow', match: 'bulk', delay: 50, times: 1_000 });
    await processes.put('a.csv', contactsCsv(300));
    const running = processes.command('run', 'drop');
    await processes.until(() => processes.sandbox.contacts().length >= 50 || undefined);
    const begun = performance.now();
    expect(await daemon.end(signal)).toBe(0);
    expect(performance.now() - begun).toBeLessThan(STOP_LIMIT);
    await running;
    await expect(access(join(processes.dataDir, 'daemon.json'))).rejects.toThrow();
    const held = processes.sandbox.contacts().length;
    expect(held).toBeLessThan(300);

    const { code, stdout } = await processes.command('run', 'drop', '--wait', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed', rows: 300, totals: { created: 300 } });
    expect(phonesOf(processes).size).toBe(300);
    expect(processes.sandbox.contacts()).toHaveLength(300);
  });

  it('asks for its token', async () => {
    const { address } = await processes.daemon();
    expect((await fetch(`${address}/api/runs`)).status).toBe(401);
    expect(await (await fetch(`${address}/health`)).json()).toEqual({ status: 'ok' });
  });
});

const opened: Processes[] = [];
afterAll(async () => {
  for (const processes of opened) await processes.close();
});

forEachDatabase((_, place) => {
  it('killed with -9 in the middle of a 1,000-row run, it goes on where it was: nothing lost, nothing doubled', async () => {
    const options = await place();
    const processes = await Processes.open({ databaseUrl: 'url' in options ? options.url : undefined });
    opened.push(processes);
    processes.sandbox.fault({ kind: 'slow', match: 'bulk', delay: 80, times: 10_000 });
    await processes.put('thousand.csv', `${contactsCsv(990)}${badRows(10)}`);

    let daemon = await processes.daemon();
    const asked = processes.command('run', 'drop');
    for (const held of 'url' in options ? [400] : [250, 600]) {
      await processes.until(() => processes.sandbox.contacts().length >= held || undefined);
      expect(await daemon.end('SIGKILL')).toBe(128 + 9);
      expect(processes.sandbox.contacts().length).toBeLessThan(990);
      daemon = await processes.daemon();
    }
    await asked;
    const run = await endOfRun(processes, daemon);
    expect(run).toMatchObject({ status: 'completed with failures', rows: 1_000, totals: { created: 990, failed: 10 } });
    expect(processes.sandbox.contacts()).toHaveLength(990);
    expect(phonesOf(processes).size).toBe(990);
    expect(JSON.parse(await processes.report('.receipt.json'))).toMatchObject({ rows: 1_000, balanced: true });
    const lines = (await processes.report('.result.csv')).trim().split('\n').slice(1);
    expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(1_000);
    expect(lines).toHaveLength(1_000);
    expect(await processes.files('done_with_errors')).toHaveLength(1);
    expect(await daemon.end('SIGTERM')).toBe(0);
  }, 240_000);
});

function badRows(count: number): string {
  return Array.from({ length: count }, (_, index) => `Bad ${index},12,\n`).join('');
}

function phonesOf({ sandbox }: Processes): ReadonlySet<string> {
  return new Set(sandbox.contacts().flatMap((contact) => contact.phones));
}

function endOfRun(processes: Processes, daemon: DaemonProcess): Promise<RunView> {
  return processes.until(async () => {
    const [run] = await processes.runs(daemon);
    return run?.endedAt ? run : undefined;
  });
}
