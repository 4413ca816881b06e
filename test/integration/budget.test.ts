import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '@cloudtalk-sync/store';
import type { Operation } from '../../apps/sandbox/src/index.js';
import { contactsCsv } from '../builders/csv.js';
import { emptyDatabase, forEachDatabase } from '../support/databases.js';
import { WakingClock } from '../support/waking-clock.js';
import { Workshop, type WorkshopOptions } from '../support/workshop.js';

/** CloudTalk's limit for a company (API reference 1.7), and our part of it. */
const LIMIT = 60;
const SHARE = 0.8;
/** What is left to the company's other tools. */
const RESERVE = LIMIT * (1 - SHARE);
/** The engine waits so long only for its budget; milliseconds. */
const LONG = 15_000;
/** Long enough for anything a test waits for on a busy machine; milliseconds. */
const DEADLINE = 60_000;

const START = Date.parse('2026-05-04T08:00:00Z');

forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;
  let clock: WakingClock;

  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    clock = new WakingClock(new Date(START).toISOString());
  });
  afterEach(async () => {
    await workshop.close();
    expect(workshop.errors).toEqual([]);
  });

  /** An engine and a CloudTalk with the real limit, at one time. */
  async function open(options: WorkshopOptions['sandbox'] = {}): Promise<void> {
    workshop = await Workshop.open(database, {
      clock,
      sandbox: { operationsPerMinute: LIMIT, clock: clock.now, ...options },
      account: { operationsPerMinute: LIMIT, share: SHARE, requestTimeout: 30_000, settle: 60_000 },
    });
  }

  async function untilHeldUp(): Promise<void> {
    const begun = Date.now();
    while (clock.longestWait < LONG) {
      if (Date.now() - begun > DEADLINE) throw new Error('The engine does not wait for its budget.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function restart(): Promise<void> {
    await workshop.stop();
    clock.longestWait = 0;
    await workshop.start();
    await untilHeldUp();
  }

  function minutesOn(minutes: number): void {
    clock.longestWait = 0;
    clock.putTo(new Date(START + minutes * 60_000 + 5_000).toISOString());
  }

  const throttled = (): readonly Operation[] => workshop.sandbox.operations.filter(({ status }) => status === 429);

  it('a 429 is remembered over restarts', async () => {
    await open();
    await workshop.drop('a.csv', contactsCsv(1));
    await workshop.import();
    workshop.sandbox.useUp(0);
    await workshop.drop('b.csv', contactsCsv(1, 1));
    const ids = await workshop.engine.requestPass('drop');
    await untilHeldUp();
    for (let restarts = 0; restarts < 3; restarts += 1) await restart();
    expect(throttled()).toHaveLength(1);
    minutesOn(2);
    expect(await workshop.untilEnded(ids)).toMatchObject([{ status: 'completed', totals: { created: 1 } }]);
    expect(throttled()).toHaveLength(1);
  });

  it('a 429 is remembered although the headers say that there is room', async () => {
    await open();
    workshop.sandbox.fault({ kind: 'throttle', seconds: 40, match: 'bulk' });
    await workshop.drop('a.csv', contactsCsv(1));
    const ids = await workshop.engine.requestPass('drop');
    await untilHeldUp();
    const before = workshop.sandbox.operations.length;
    await restart();
    expect(workshop.sandbox.operations).toHaveLength(before);
    minutesOn(2);
    await workshop.untilEnded(ids);
  });

  describe('where a bulk request costs its number of commands', () => {
    it('the reserve stays whole however often the engine is begun anew', async () => {
      await open({ bulkCost: 'command' });
      workshop.sandbox.fault({ kind: 'slow', delay: 300, match: 'bulk', skip: 3 });
      await workshop.drop('a.csv', contactsCsv(200));
      const ids = await workshop.engine.requestPass('drop');
      await workshop.until(ids, (run) => run.totals.created === 30);
      for (let minute = 1; minute <= 4; minute += 1) {
        await restart();
        minutesOn(2 * minute);
      }
      expect(await workshop.untilEnded(ids)).toMatchObject([{ status: 'completed', totals: { created: 200 } }]);
      expect(throttled()).toEqual([]);
      const left = workshop.sandbox.operations.map(({ remaining }) => remaining ?? LIMIT);
      expect(Math.min(...left)).toBeGreaterThanOrEqual(Math.floor(RESERVE));
    });

    it('the last batch of a minute is as small as what is left', async () => {
      await open({ bulkCost: 'command' });
      await workshop.drop('a.csv', contactsCsv(60));
      const ids = await workshop.engine.requestPass('drop');
      await untilHeldUp();
      expect(workshop.sandbox.operations.map(({ operations }) => operations)).toEqual([1, 10, 10, 10, 10, 7]);
      minutesOn(2);
      await workshop.untilEnded(ids);
    });

    it('the forecast knows the price that an earlier import has found out', async () => {
      workshop = await Workshop.open(database, { sandbox: { bulkCost: 'command' } });
      await workshop.drop('a.csv', contactsCsv(45));
      expect(await workshop.import()).toMatchObject([{ forecast: { operations: 5 } }]);
      await workshop.stop();
      await workshop.start();
      await workshop.drop('b.csv', contactsCsv(45, 45));
      expect(await workshop.import()).toMatchObject([{ forecast: { operations: 45 }, operations: 45 }]);
    });
  });

  it('the forecast counts the contacts that must be looked at, which only the directory shows', async () => {
    await open({ operationsPerMinute: 100_000 });
    for (let number = 0; number < 30; number += 1) {
      workshop.sandbox.add({ name: 'There', ContactNumber: [{ public_number: 421905000000 + number }] });
    }
    await workshop.drop('a.csv', contactsCsv(30));
    expect(await workshop.import()).toMatchObject([
      { totals: { updated: 30 }, forecast: { operations: 30 + 3, seconds: Math.ceil((33 * 60) / 48) }, operations: 34 },
    ]);
  });
});
