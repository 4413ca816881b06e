import { systemClock } from '@cloudtalk-sync/connector-kit';
import { RetryableError } from '@cloudtalk-sync/errors';
import { type Database, type RunEntity, Store } from '@cloudtalk-sync/store';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CRM_MAPPING } from '../../../../test/support/crm-workshop.js';
import { emptyDatabase, forEachDatabase } from '../../../../test/support/databases.js';
import { MemorySource } from '../../../../test/support/memory-source.js';
import { WakingClock } from '../../../../test/support/waking-clock.js';
import { Configured } from '../configured.js';
import { Requests } from '../requests.js';
import type { SyncAccount, SyncConnection, World } from '../world.js';
import { type Schedule, Schedules } from './schedules.js';

const NIGHTLY: Schedule = { kind: 'cron', cron: '0 2 * * *', timezone: 'Europe/Bratislava' };
/** Long enough for anything a test waits for on a busy machine, in milliseconds. */
const DEADLINE = 60_000;

const ACCOUNT: SyncAccount = {
  id: 'default',
  baseUrl: 'http://127.0.0.1:1',
  accessKeyId: 'id',
  accessKeySecret: 'secret',
  defaultCountry: 'SK',
  operationsPerMinute: 60,
  share: 1,
  requestTimeout: 1_000,
  settle: 2_000,
  directoryMaxAge: 1_000,
};

/** The schedules of one process, without the engine that does what they ask for. */
interface Process {
  /** Resolves when everything that is due has been dealt with. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

forEachDatabase((openFresh) => {
  let database: Database;
  let store: Store;
  let clock: WakingClock;
  let trouble: Error | undefined;
  /** How often the CRM was opened. */
  let opened: number;
  let log: string[];
  let processes: Process[];

  beforeAll(async () => {
    database = await openFresh();
    store = new Store(database.dataSource.manager);
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    await store.accounts.register('default', [{ id: 'crm', connector: 'memory' }]);
    clock = new WakingClock('2026-05-05T12:00:00Z');
    [trouble, opened, log, processes] = [undefined, 0, [], []];
  });
  afterEach(async () => {
    for (const process of processes) await process.stop();
    expect(clock.longestWait).toBeLessThanOrEqual(60_000);
  });

  function begin(schedule: Schedule | undefined, ownClock = clock): Process {
    const crm = new MemorySource().connector;
    const connection: SyncConnection = {
      id: 'crm',
      accountId: 'default',
      connector: {
        ...crm,
        open: (...given) => {
          opened += 1;
          return trouble ? Promise.reject(trouble) : crm.open(...given);
        },
      },
      options: {},
      mapping: CRM_MAPPING,
      unknownColumns: 'warn',
      maxFileSize: 1,
      stopAfterFailures: 1000,
      lists: { numbers: 'union', emails: 'union', tags: 'add', attributes: 'managed' },
      report: {},
      fullReadAfter: null,
      onDelete: 'keep',
      onMerge: 'relink',
    };
    const write = (_facts: object, message: string): number => log.push(message);
    const world: World = {
      store,
      clock: ownClock,
      log: { info: write, warn: write, error: write },
      ring: () => undefined,
    };
    const stopping = new AbortController();
    const requests = new Requests(world, new Configured([ACCOUNT], [connection]), stopping.signal);
    let isKept = true;
    const kept = new Schedules(world, requests, stopping.signal)
      .keep([ACCOUNT.id], schedule ? [{ id: 'crm', schedule }] : [])
      .finally(() => (isKept = false));
    const process: Process = {
      idle: () => until(() => !isKept || ownClock.waiting > 0),
      stop: async () => {
        stopping.abort();
        await kept;
      },
    };
    processes.push(process);
    return process;
  }

  async function until(isSo: () => boolean): Promise<void> {
    const begun = Date.now();
    while (!isSo()) {
      if (Date.now() - begun > DEADLINE) throw new Error(`Not so in time; the log: ${log.join('\n')}`);
      await systemClock.wait(5);
    }
  }

  /** What each run became, the oldest first. */
  async function states(): Promise<string[]> {
    return (await store.runs.list(100)).map((run) => run.state).reverse();
  }

  /** Lets the newest run begin to read now. */
  async function read(): Promise<RunEntity> {
    const [run] = await store.runs.list(1);
    if (!run) throw new Error('There is no run.');
    await store.runs.move(run, 'reading', { startedAt: clock.now() });
    return run;
  }

  async function end(run: RunEntity | undefined): Promise<void> {
    if (!run) throw new Error('There is no such run.');
    await store.runs.move(run, 'reporting');
    await store.runs.move(run, 'completed', { endedAt: clock.now() });
  }

  it('a connection seen for the first time waits for its next tick', async () => {
    const process = begin(NIGHTLY);
    await process.idle();
    expect(await states()).toEqual([]);
    clock.putTo('2026-05-05T23:59:30Z');
    await process.idle();
    expect(await states()).toEqual([]);
    clock.putTo('2026-05-06T00:00:01Z');
    await process.idle();
    expect(await store.runs.list(9)).toMatchObject([{ connectionId: 'crm', kind: 'pass', state: 'requested' }]);
    expect(log).toEqual(['imports requested']);
  });

  it('ticks missed while nothing ran are made good by one run, and the log says how many there were', async () => {
    const first = begin(NIGHTLY);
    await first.idle();
    await first.stop();
    clock.putTo('2026-05-08T12:00:00Z');
    await begin(NIGHTLY).idle();
    expect(await states()).toEqual(['requested']);
    expect(log[0]).toBe(
      '3 scheduled passes were missed since 2026-05-06T00:00:00.000Z; they count as one that is due now',
    );
  });

  it('a machine that slept for three nights makes one run when it wakes', async () => {
    const process = begin(NIGHTLY);
    await process.idle();
    clock.putTo('2026-05-08T12:00:00Z');
    await process.idle();
    expect(await states()).toEqual(['requested']);
    expect(log[0]).toContain('3 scheduled passes were missed');
  });

  it('very many missed ticks are not counted to their end', async () => {
    const first = begin({ ...NIGHTLY, cron: '* * * * * *' });
    await until(() => log.length > 0);
    await first.stop();
    await end((await store.runs.list(1))[0]);
    const before = (await states()).length;
    log.length = 0;
    clock.putTo('2027-05-05T12:00:00Z');
    const second = begin({ ...NIGHTLY, cron: '* * * * * *' });
    await until(() => log.length > 0);
    await second.stop();
    expect(log[0]).toContain('at least 100 scheduled passes were missed');
    expect((await states())[before]).toBe('requested');
  });

  it('a restart neither loses a tick nor repeats one', async () => {
    const first = begin(NIGHTLY);
    await first.idle();
    clock.putTo('2026-05-05T23:59:30Z');
    await first.stop();
    clock.putTo('2026-05-06T00:01:00Z');
    const second = begin(NIGHTLY);
    await second.idle();
    await second.stop();
    expect(await states()).toEqual(['requested']);
    await begin(NIGHTLY).idle();
    expect(await states()).toEqual(['requested']);
    expect(log).toEqual(['imports requested']);
  });

  it('two processes on one database deal with a tick once', async () => {
    const clocks = Array.from({ length: 4 }, () => new WakingClock('2026-05-05T12:00:00Z'));
    const all = clocks.map((own) => begin(NIGHTLY, own));
    for (const process of all) await process.idle();
    for (const own of clocks) own.putTo('2026-05-06T00:00:01Z');
    for (const process of all) await process.idle();
    expect(await states()).toEqual(['requested']);
  });

  it('a tick while the earlier import is going on is recorded as skipped, and says which that is', async () => {
    const process = begin(NIGHTLY);
    await process.idle();
    clock.putTo('2026-05-06T00:00:01Z');
    await process.idle();
    clock.putTo('2026-05-07T00:00:01Z');
    await process.idle();
    const [skipped, running] = await store.runs.list(9);
    expect(skipped).toMatchObject({
      state: 'skipped',
      error: {
        code: 'overlap',
        message: `Not begun, because the import ${running?.id.slice(0, 8)} of 2026-05-06 00:00 UTC is still going on.`,
      },
    });
    expect(skipped?.endedAt).toEqual(skipped?.requestedAt);
    expect(log).toEqual(['imports requested', skipped?.error?.message]);
    await end(running);
    clock.putTo('2026-05-08T00:00:01Z');
    await process.idle();
    expect(await states()).toEqual(['completed', 'skipped', 'requested']);
  });

  it('a skipped tick says what the earlier import waits for', async () => {
    const process = begin(NIGHTLY);
    await process.idle();
    clock.putTo('2026-05-06T00:00:01Z');
    await process.idle();
    const [running] = await store.runs.list(1);
    const reason = { code: 'unreachable', message: 'The CRM cannot be reached.', fix: 'Look at its status page.' };
    const waiting = { from: 'requested', reason, needsPerson: false, checkAt: '2026-05-07T00:00:00Z' } as const;
    if (running) await store.runs.move(running, 'waiting', { waiting });
    clock.putTo('2026-05-07T00:00:01Z');
    await process.idle();
    const [skipped] = await store.runs.list(1);
    expect(skipped?.error?.message).toMatch(/waits: The CRM cannot be reached\.$/);
    expect(skipped?.error?.fix).toBe('Look at its status page.');
  });

  it('a short interval does not fill the list with skipped runs while one import goes on', async () => {
    const process = begin({ kind: 'every', every: 20 });
    await until(() => opened > 9);
    await process.stop();
    expect(await states()).toEqual(['requested', 'skipped']);
  });

  it('ticks missed in the middle of an import are made good once when it has ended, also after a further restart', async () => {
    const first = begin(NIGHTLY);
    await first.idle();
    clock.putTo('2026-05-06T00:00:01Z');
    await first.idle();
    const running = await read();
    await first.stop();
    clock.putTo('2026-05-08T12:00:00Z');
    const second = begin(NIGHTLY);
    await second.idle();
    clock.putTo('2026-05-08T12:00:11Z');
    await second.idle();
    await second.stop();
    const short = running.id.slice(0, 8);
    const waits = `scheduled passes were missed while the import ${short} was going on; they are made good when it has ended`;
    expect([await states(), log]).toEqual([['reading'], ['imports requested', waits]]);
    await end(running);
    const [third, fourth] = [begin(NIGHTLY), begin(NIGHTLY)];
    await third.idle();
    await fourth.idle();
    clock.putTo('2026-05-08T12:05:00Z');
    await third.idle();
    await fourth.idle();
    expect(await states()).toEqual(['completed', 'requested']);
    expect(log[2]).toContain('2 scheduled passes were missed since 2026-05-07T00:00:00.000Z');
  });

  it.each([undefined, '2026-05-08T11:00:00Z'])(
    'ticks missed before the import under way began to read (%s) are made good by it',
    async (begun) => {
      const first = begin(NIGHTLY);
      await first.idle();
      clock.putTo('2026-05-06T00:00:01Z');
      await first.idle();
      await first.stop();
      clock.putTo(begun ?? '2026-05-08T11:00:00Z');
      if (begun) await read();
      clock.putTo('2026-05-08T12:00:00Z');
      const second = begin(NIGHTLY);
      await second.idle();
      const [running] = await store.runs.list(9);
      expect(log[1]).toContain(`is made good by the import ${running?.id.slice(0, 8)}, which is still going on`);
      await end(running);
      clock.putTo('2026-05-08T12:05:00Z');
      await second.idle();
      expect(await states()).toEqual(['completed']);
    },
  );

  it('a tick of an interval that was missed in the middle of an import is made good when it has ended', async () => {
    const daily: Schedule = { kind: 'every', every: 86_400_000 };
    const first = begin(daily);
    await first.idle();
    const running = await read();
    await first.stop();
    clock.putTo('2026-05-08T11:00:00Z');
    const second = begin(daily);
    await second.idle();
    expect(await states()).toEqual(['reading']);
    await end(running);
    clock.putTo('2026-05-08T11:00:11Z');
    await second.idle();
    expect(await states()).toEqual(['completed', 'requested']);
    await end((await store.runs.list(1))[0]);
    clock.putTo('2026-05-09T11:00:12Z');
    await second.idle();
    expect(await states()).toEqual(['completed', 'completed', 'requested']);
  });

  it('a restart within an interval, in the middle of an import, has missed nothing', async () => {
    const daily: Schedule = { kind: 'every', every: 86_400_000 };
    const first = begin(daily);
    await first.idle();
    const running = await read();
    await first.stop();
    clock.putTo('2026-05-05T13:00:00Z');
    const second = begin(daily);
    await second.idle();
    await end(running);
    clock.putTo('2026-05-05T13:05:00Z');
    await second.idle();
    expect(await states()).toEqual(['completed', 'skipped']);
  });

  it('an interval ticks at once and then again and again', async () => {
    const process = begin({ kind: 'every', every: 20_000 });
    await process.idle();
    expect(await states()).toEqual(['requested']);
    await end((await store.runs.list(1))[0]);
    clock.putTo('2026-05-05T12:00:21Z');
    await process.idle();
    expect(await states()).toEqual(['completed', 'requested']);
  });

  it('a tick that did not work out stays due and is tried again after a minute', async () => {
    const process = begin(NIGHTLY);
    await process.idle();
    trouble = new RetryableError({ code: 'unreachable', message: 'The CRM cannot be reached.', fix: 'Wait.' });
    clock.putTo('2026-05-06T00:00:01Z');
    await process.idle();
    expect(log).toEqual(['the scheduled pass did not happen: The CRM cannot be reached.']);
    trouble = undefined;
    clock.putTo('2026-05-06T00:10:00Z');
    await process.idle();
    expect(await states()).toEqual(['requested']);
    expect(log[1]).toBe('the scheduled pass of 2026-05-06T00:00:00.000Z comes late');
  });

  it('a schedule that was dealt with by a clock far ahead goes on from now', async () => {
    clock.putTo('2030-01-01T00:00:00Z');
    const first = begin(NIGHTLY);
    await first.idle();
    await first.stop();
    clock.putTo('2026-05-05T12:00:00Z');
    const second = begin(NIGHTLY);
    await second.idle();
    expect(log[0]).toContain('the clock was wrong then or is now');
    clock.putTo('2026-05-06T00:00:01Z');
    await second.idle();
    expect(await states()).toEqual(['requested']);
  });

  it('the time without a schedule is not made good when it gets one again', async () => {
    const first = begin(NIGHTLY);
    await first.idle();
    await first.stop();
    const without = begin(undefined);
    await without.idle();
    await without.stop();
    clock.putTo('2026-05-08T12:00:00Z');
    await begin(NIGHTLY).idle();
    expect(await states()).toEqual([]);
  });

  it.each([{ cron: '0 14 * * *' }, { timezone: 'America/New_York' }])(
    'another schedule (%o) misses nothing of the time before',
    async (other) => {
      const first = begin(NIGHTLY);
      await first.idle();
      clock.putTo('2026-05-06T00:30:00Z');
      await first.idle();
      await first.stop();
      await end((await store.runs.list(1))[0]);
      clock.putTo('2026-05-06T15:00:00Z');
      const second = begin({ ...NIGHTLY, ...other });
      await second.idle();
      expect(await states()).toEqual(['completed']);
      clock.putTo('2026-05-07T12:30:00Z');
      await second.idle();
      expect(await states()).toEqual(['completed', 'requested']);
    },
  );

  it.each([{ cron: '0 3 * * *' }, { cron: '00 2 * * *' }, { timezone: 'Europe/Prague' }])(
    'a tick that was missed is made good, also when another schedule (%o) came meanwhile',
    async (other) => {
      const first = begin(NIGHTLY);
      await first.idle();
      await first.stop();
      clock.putTo('2026-05-06T05:00:00Z');
      const second = begin({ ...NIGHTLY, ...other });
      await second.idle();
      expect(await states()).toEqual(['requested']);
      expect(log[0]).toBe('the scheduled pass of 2026-05-06T00:00:00.000Z comes late');
      await end((await store.runs.list(1))[0]);
      clock.putTo('2026-05-07T01:00:01Z');
      await second.idle();
      expect(await states()).toEqual(['completed', 'requested']);
    },
  );

  it.each([NIGHTLY, { ...NIGHTLY, cron: '0 4 * * *' }])(
    'a connection that was taken out of the config misses nothing until it is put back (%o)',
    async (later) => {
      const first = begin(NIGHTLY);
      await first.idle();
      await first.stop();
      await begin(undefined).idle();
      clock.putTo('2026-05-08T12:00:00Z');
      await begin(later).idle();
      expect([await states(), log]).toEqual([[], []]);
    },
  );

  it('a former schedule that cannot be read any more is said, and holds up none', async () => {
    const first = begin(NIGHTLY);
    await first.idle();
    await first.stop();
    await database.dataSource.query(`UPDATE connections SET ticked_schedule = '0 2 * * * Europe/Atlantis'`);
    const second = begin({ ...NIGHTLY, cron: '0 4 * * *' });
    await second.idle();
    expect(log).toEqual([expect.stringContaining('the schedule of before cannot be read')]);
    clock.putTo('2026-05-07T02:00:01Z');
    await second.idle();
    expect(await states()).toEqual(['requested']);
  });

  it('a schedule that is never due is said once', async () => {
    await begin({ ...NIGHTLY, cron: '0 2 31 2 *' }).idle();
    expect(log).toHaveLength(1);
    expect(log[0]).toContain("The schedule '0 2 31 2 *' is never due");
  });
});
