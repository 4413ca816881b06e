import { RetryableError } from '@cloudtalk-sync/errors';
import type { Database } from '@cloudtalk-sync/store';
import { expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { MemorySource } from '../support/memory-source.js';
import { ShiftedClock } from '../support/shifted-clock.js';
import { useDatabase, Workshop } from '../support/workshop.js';

/** Milliseconds. */
const HOUR = 3_600_000;

forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;

  useDatabase(
    openFresh,
    () => workshop,
    (given) => {
      database = given;
    },
  );

  it('two rows in doubt that come out as one contact go in one after the other', async () => {
    workshop = await Workshop.open(database);
    const numbers = [{ public_number: phoneOf(1) }, { public_number: phoneOf(2) }];
    workshop.sandbox.add({ name: 'Only its first number is listed', ContactNumber: numbers });
    workshop.sandbox.fault({ kind: 'drop', when: 'before', match: 'bulk' });
    await workshop.drop('a.csv', csv('name,phone,title', `First,${phoneOf(2)},A`, `Second,${phoneOf(1)},B`));
    expect(await workshop.import()).toMatchObject([{ status: 'completed', totals: { updated: 2 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([
      { name: 'Second', title: 'B', phones: [phoneOf(1), phoneOf(2)] },
    ]);
  });

  it('a row in doubt lets that of an import go first which was asked for before it and read after it', async () => {
    const clock = new ShiftedClock();
    const second = new MemorySource();
    const others = [{ id: 'second', connector: second.connector, options: {} }];
    const shop = await openCrmWorkshop(database, { clock, account: { settle: 3 * HOUR }, others });
    ({ workshop } = shop);
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'asked for first' });
    second.put('Z', { Name: 'Ann', Phone: phoneOf(1), Title: 'asked for last' });
    shop.crm.trouble = new RetryableError({ code: 'away', message: 'The CRM is away.', fix: 'Wait.' });
    const first = await workshop.engine.requestPass('drop');
    await workshop.until(first, (run) => run.status === 'waiting');
    workshop.sandbox.fault({ kind: 'drop', when: 'before', match: 'bulk' });
    const last = await workshop.engine.requestPass('second');
    await expect.poll(() => workshop.store.rows.totals(last[0] ?? '')).toMatchObject({ 'in doubt': 1 });
    shop.crm.trouble = undefined;
    clock.advance(HOUR);
    await workshop.until(first, (run) => run.status === 'delivering');
    clock.advance(2 * HOUR);
    expect(await workshop.untilEnded([...first, ...last])).toMatchObject([
      { totals: { created: 1 } },
      { totals: { updated: 1 } },
    ]);
    expect(workshop.sandbox.contacts()).toMatchObject([{ title: 'asked for last', phones: [phoneOf(1)] }]);
  });
});
