import { systemClock } from '@cloudtalk-sync/connector-kit';
import type { Database } from '@cloudtalk-sync/store';
import type { RunView, Schedule } from '@cloudtalk-sync/sync';
import { describe, expect, it } from 'vitest';
import { contactsCsv, phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { WakingClock } from '../support/waking-clock.js';
import { useDatabase, Workshop } from '../support/workshop.js';

const nightly = (time: string): Schedule => ({ kind: 'cron', cron: time, timezone: 'Europe/Bratislava' });
/** Long enough for anything a test waits for on a busy machine, in milliseconds. */
const DEADLINE = 60_000;

forEachDatabase((openFresh) => {
  let database: Database;
  let clock: WakingClock;
  let workshop: Workshop;

  useDatabase(
    openFresh,
    () => workshop,
    (given) => {
      database = given;
    },
  );

  const runs = async (): Promise<readonly RunView[]> => [...(await workshop.operator.runs({ limit: 100 }))].reverse();
  const tickedAt = async (): Promise<Date | null | undefined> =>
    (await workshop.store.accounts.connection('drop'))?.tickedAt;

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const begun = Date.now();
    while (!(await isSo())) {
      if (Date.now() - begun > DEADLINE) throw new Error(`Not so in time: ${JSON.stringify(await runs())}`);
      await systemClock.wait(10);
    }
  }

  /** Keeps the schedule, and waits until it is known up to when it is dealt with. */
  async function keep(schedule: Schedule): Promise<void> {
    workshop.engine.keepSchedules([{ id: 'drop', schedule }]);
    await until(async () => (await tickedAt()) !== null);
  }

  async function untilEnded(count: number): Promise<readonly RunView[]> {
    await until(async () => (await runs()).filter((run) => run.endedAt !== null).length >= count);
    return runs();
  }

  describe('of a CRM', () => {
    let shop: CrmWorkshop;

    async function open(time: string): Promise<void> {
      clock = new WakingClock(time);
      shop = await openCrmWorkshop(database, { clock });
      workshop = shop.workshop;
    }

    it('after an outage of three nights what changed meanwhile is read by one import', async () => {
      await open('2026-05-05T12:00:00Z');
      await keep(nightly('0 2 * * *'));
      await workshop.stop();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      clock.putTo('2026-05-08T12:00:00Z');
      await workshop.start();
      await keep(nightly('0 2 * * *'));
      expect(await untilEnded(1)).toMatchObject([{ kind: 'pass', status: 'completed', totals: { created: 1 } }]);
      expect(workshop.sandbox.contacts()).toMatchObject([{ name: 'Ann' }]);
      clock.putTo('2026-05-09T00:00:00Z');
      expect(await untilEnded(2)).toHaveLength(2);
    });

    it('a restart between two ticks neither loses the next nor repeats the last', async () => {
      await open('2026-05-05T12:00:00Z');
      await keep(nightly('0 2 * * *'));
      clock.putTo('2026-05-06T00:00:00Z');
      await untilEnded(1);
      for (const time of ['2026-05-06T00:10:00Z', '2026-05-06T23:50:00Z', '2026-05-07T00:10:00Z']) {
        await workshop.stop();
        clock.putTo(time);
        await workshop.start();
        await keep(nightly('0 2 * * *'));
      }
      const made = await untilEnded(2);
      expect(made.map((run) => run.requestedAt.slice(0, 10))).toEqual(['2026-05-06', '2026-05-07']);
    });

    it('a tick while the import before is going on stands in the list as skipped, and says why', async () => {
      await open('2026-05-05T12:00:00Z');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.blockAt = 0;
      await keep(nightly('0 2 * * *'));
      clock.putTo('2026-05-06T00:00:00Z');
      await until(async () => (await runs())[0]?.status === 'reading');
      clock.putTo('2026-05-07T00:00:00Z');
      const [running, skipped] = await untilEnded(1);
      expect(skipped).toMatchObject({ status: 'skipped', rows: 0, startedAt: null, error: { code: 'overlap' } });
      expect(skipped?.error?.message).toContain(running?.id.slice(0, 8));
      shop.crm.blockAt = undefined;
      expect(await untilEnded(2)).toMatchObject([{ status: 'completed', totals: { created: 1 } }, { id: skipped?.id }]);
      clock.putTo('2026-05-08T00:00:00Z');
      expect(await untilEnded(3)).toMatchObject([{}, {}, { status: 'completed' }]);
    });

    it('in the night in which 02:30 is skipped an import is made at 03:00, and no second one', async () => {
      await open('2026-03-28T12:00:00Z');
      await keep(nightly('30 2 * * *'));
      clock.putTo('2026-03-29T00:30:00Z');
      expect(await runs()).toHaveLength(0);
      clock.putTo('2026-03-29T01:00:00Z');
      await untilEnded(1);
      clock.putTo('2026-03-29T01:30:00Z');
      expect(await runs()).toHaveLength(1);
      clock.putTo('2026-03-30T00:30:00Z');
      const made = await untilEnded(2);
      expect(made.map((run) => run.requestedAt.slice(0, 16))).toEqual(['2026-03-29T01:00', '2026-03-30T00:30']);
    });

    it('in the night in which 02:30 comes twice an import is made at the first, and no second one', async () => {
      await open('2026-10-24T12:00:00Z');
      await keep(nightly('30 2 * * *'));
      clock.putTo('2026-10-25T00:30:00Z');
      await untilEnded(1);
      clock.putTo('2026-10-25T01:30:00Z');
      expect(await runs()).toHaveLength(1);
      clock.putTo('2026-10-26T01:30:00Z');
      const made = await untilEnded(2);
      expect(made.map((run) => run.requestedAt.slice(0, 16))).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
    });
  });

  it('a drop is looked through at each tick, and a tick during a look leaves no trace', async () => {
    clock = new WakingClock(new Date().toISOString());
    workshop = await Workshop.open(database, { clock });
    await workshop.drop('contacts.csv', contactsCsv(1));
    await keep({ kind: 'cron', cron: '* * * * * *', timezone: 'UTC' });
    expect(await untilEnded(1)).toMatchObject([{ kind: 'file', status: 'completed' }]);
    const before = await tickedAt();
    await until(async () => Number(await tickedAt()) > Number(before) + 2_000);
    expect(await runs()).toHaveLength(1);
  });
});
