import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@cloudtalk-sync/store';
import { afterEach, expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { ShiftedClock } from '../support/shifted-clock.js';
import { useDatabase, Workshop } from '../support/workshop.js';

/** Milliseconds. */
const QUARTER = 15 * 60_000;

/** A suppression file that is changed, or away, while imports need it. */
forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;
  let clock: ShiftedClock;
  let folder: string;
  let file: string;

  useDatabase(
    openFresh,
    () => workshop,
    async (given) => {
      database = given;
      clock = new ShiftedClock();
      folder = await mkdtemp(join(tmpdir(), 'suppression-'));
      file = join(folder, 'no.csv');
      await suppress(9);
    },
  );
  afterEach(() => rm(folder, { recursive: true }));

  const suppress = (...numbers: number[]): Promise<void> => writeFile(file, csv('phone', ...numbers.map(phoneOf)));
  const skip = () => ({ file, then: 'skip' }) as const;
  async function openCrm(): Promise<CrmWorkshop> {
    const shop = await openCrmWorkshop(database, { clock, connection: { stopAfterFailures: 5000, doNotCall: skip() } });
    ({ workshop } = shop);
    return shop;
  }

  it('is another one while a pass goes on, and taken back: the next one reads everything', async () => {
    const shop = await openCrm();
    for (let n = 0; n < 1100; n += 1) shop.crm.put(`R${n}`, { Name: `R${n}`, Phone: '12' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.blockAt = 1050;
    const first = await workshop.engine.requestPass('drop');
    await workshop.until(first, (run) => run.rows > 0);
    await workshop.stop();
    await suppress(9, 1);
    await workshop.start();
    shop.crm.blockAt = undefined;
    expect(await workshop.untilEnded(first)).toMatchObject([{ totals: { skipped: 1 } }]);
    await suppress(9);
    expect(await shop.pass()).toMatchObject({ rows: 1101, totals: { created: 1 } });
    expect(await shop.pass()).toMatchObject({ rows: 0 });
  });

  it('is away when a retry needs it, which goes on as soon as the config does without', async () => {
    const shop = await openCrm();
    shop.crm.put('A', { Name: 'Ann', Phone: '12' });
    const failed = await shop.pass();
    await rm(file);
    const retry = await workshop.engine.requestRetry(failed.id);
    await workshop.until([retry], (run) => run.waiting?.code === 'suppression_unreadable');
    await shop.restart({ doNotCall: undefined });
    expect(await workshop.untilEnded([retry])).toMatchObject([{ totals: { failed: 1 } }]);
  });

  it('is away when a dropped file needs it, which waits for it and goes on by itself', async () => {
    workshop = await Workshop.open(database, { clock, connection: { doNotCall: skip() } });
    await rm(file);
    await workshop.drop('a.csv', csv('name,phone', `Ann,${phoneOf(1)}`, `Ben,${phoneOf(9)}`));
    const ids = await workshop.engine.requestPass('drop');
    await workshop.until(ids, (run) => run.waiting?.code === 'suppression_unreadable');
    await suppress(9);
    clock.advance(QUARTER);
    expect(await workshop.untilEnded(ids)).toMatchObject([{ totals: { created: 1, skipped: 1 } }]);
  });
});
