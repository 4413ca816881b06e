import { expect, it } from 'vitest';
import { type Clock, systemClock } from '@cloudtalk-sync/connector-kit';
import type { Database } from '@cloudtalk-sync/store';
import { contactsCsv, csv, phoneOf } from '../builders/csv.js';
import { openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { ShiftedClock } from '../support/shifted-clock.js';
import { useDatabase, Workshop } from '../support/workshop.js';

/** Milliseconds. */
const HOUR = 3_600_000;

/** A clock by which the engine does not look every second for work that nobody rang for. */
const WITHOUT_BEAT: Clock = {
  now: systemClock.now,
  wait: (milliseconds, signal) => systemClock.wait(milliseconds === 1000 ? HOUR : milliseconds, signal),
};

forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;

  useDatabase(
    openFresh,
    () => workshop,
    async (given) => {
      database = given;
      workshop = await Workshop.open(database);
    },
  );

  const batches = (): readonly number[] =>
    workshop.sandbox.operations.map(({ commands }) => commands).filter((commands) => commands > 0);

  it('two files with one number make one contact, and the later file has the last word', async () => {
    await workshop.drop('a.csv', csv('name,phone,title', `First,${phoneOf(1)},Old`));
    await workshop.drop('b.csv', csv('name,phone,title', `Second,${phoneOf(1)},New`));
    expect(await workshop.import()).toMatchObject([{ totals: { created: 1 } }, { totals: { updated: 1 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([{ name: 'Second', title: 'New', phones: [phoneOf(1)] }]);
  });

  it('the same file dropped twice at once is sent once', async () => {
    const content = contactsCsv(25);
    await workshop.drop('a.csv', content);
    await workshop.drop('b.csv', content);
    expect(await workshop.import()).toMatchObject([{ totals: { created: 25 } }, { totals: { unchanged: 25 } }]);
    expect(workshop.sandbox.contacts()).toHaveLength(25);
  });

  it('a later version of a record waits for the row into which an earlier one was folded', async () => {
    await workshop.close();
    workshop = await Workshop.open(database, { folder: { idColumn: 'id' } });
    const file = (...rows: readonly string[]): string => csv('id,name,phone', ...rows);
    await workshop.drop('a.csv', file(`K,Ann,${phoneOf(1)}`, `X,Ann,${phoneOf(1)}`));
    await workshop.drop('b.csv', file(`X,Xen,${phoneOf(2)}`));
    expect(await workshop.import()).toMatchObject([{ totals: { created: 1, merged: 1 } }, { totals: { updated: 1 } }]);
    await workshop.drop('c.csv', file(`X,Xen,${phoneOf(2)}`));
    expect(await workshop.import()).toMatchObject([{ totals: { unchanged: 1 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([{ name: 'Xen', phones: [phoneOf(1), phoneOf(2)] }]);
  });

  it('a later version of a record goes into no other row while an earlier one is still to be sent', async () => {
    await workshop.close();
    workshop = await Workshop.open(database, { folder: { idColumn: 'id' } });
    const file = (...rows: readonly string[]): string => csv('id,name,phone', ...rows);
    await workshop.drop('a.csv', file(`X,Xen,${phoneOf(2)}`));
    await workshop.drop('b.csv', file(`K,Ann,${phoneOf(1)}`, `X,Xena,${phoneOf(1)}`));
    expect(await workshop.import()).toMatchObject([
      { totals: { created: 1 } },
      { totals: { created: 1, updated: 1, merged: 0 } },
    ]);
    expect(workshop.sandbox.contacts()).toMatchObject([{ name: 'Xena' }, { name: 'Ann' }]);
  });

  it('files that share an e-mail of one row and a number of another come out as one contact after the other would', async () => {
    await workshop.drop('a.csv', csv('name,phone,email', `A,${phoneOf(1)},shared@example.com`));
    await workshop.drop('b.csv', csv('name,phone,email', `B,${phoneOf(2)},SHARED@example.com`));
    await workshop.drop('c.csv', csv('name,phone', `C,${phoneOf(2)}`));
    expect(await workshop.import()).toMatchObject([
      { totals: { created: 1 } },
      { totals: { updated: 1 } },
      { totals: { updated: 1 } },
    ]);
    expect(workshop.sandbox.contacts()).toMatchObject([
      { name: 'C', phones: [phoneOf(1), phoneOf(2)], emails: ['shared@example.com'] },
    ]);
  });

  it('batches are filled over the end of a file with the rows of the next', async () => {
    const clock = new ShiftedClock();
    await workshop.close();
    workshop = await Workshop.open(database, { clock });
    workshop.sandbox.fault({ kind: 'refuse key', times: Infinity });
    await workshop.drop('a.csv', contactsCsv(14));
    await workshop.drop('b.csv', contactsCsv(16, 100));
    const ids = await workshop.engine.requestPass('drop');
    await workshop.until(ids, (run) => run.status === 'waiting' && run.rows > 0);
    workshop.sandbox.calm();
    clock.advance(HOUR);
    await workshop.untilEnded(ids);
    expect(batches()).toEqual([10, 10, 10]);
  });

  it('a preview that is still being read holds back nobody', async () => {
    await workshop.close();
    const shop = await openCrmWorkshop(database);
    ({ workshop } = shop);
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.heldReading = 1;
    const previews = await workshop.engine.requestPreview('drop');
    await workshop.until(previews, () => shop.crm.readings.length === 1);
    expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
    shop.crm.heldReading = undefined;
    await workshop.untilEnded(previews);
  });

  it('an import goes on between the rows of a preview', async () => {
    await workshop.drop('a.csv', contactsCsv(600));
    await workshop.import();
    const tagged = contactsCsv(600).replaceAll('.com', '.com,vip').replace('email', 'email,tags');
    await workshop.drop('b.csv', tagged);
    const previews = await workshop.engine.requestPreview('drop');
    await workshop.until(previews, (run) => run.totals.updated > 0);
    const imports = await workshop.engine.requestPass('drop');
    await workshop.until(imports, (run) => run.totals.updated > 0);
    expect(await workshop.until(previews, () => true)).not.toMatchObject([{ open: 0 }]);
  });

  it('rows of one contact that end with nothing to send wait for each other, and for no beat', async () => {
    await workshop.close();
    const shop = await openCrmWorkshop(database, { clock: WITHOUT_BEAT });
    ({ workshop } = shop);
    for (const id of ['A', 'B', 'C']) shop.crm.put(id, { Name: 'Ann', Phone: phoneOf(1) });
    await shop.pass();
    for (const id of ['A', 'B', 'C']) shop.crm.end(id, { how: 'deleted' });
    expect(await shop.pass()).toMatchObject({ totals: { skipped: 3 }, operations: 0 });
  });

  it('a row in doubt holds back later rows of its contact, and no others', async () => {
    const clock = new ShiftedClock();
    await workshop.close();
    workshop = await Workshop.open(database, { clock, account: { settle: HOUR } });
    workshop.sandbox.fault({ kind: 'drop', match: 'bulk', when: 'after' });
    await workshop.drop('a.csv', csv('name,phone,email', `Held,${phoneOf(1)},`));
    const first = await workshop.engine.requestPass('drop');
    await workshop.until(first, () => workshop.sandbox.contacts().length === 1);
    await workshop.drop('b.csv', contactsCsv(10, 50) + csv(`Later,${phoneOf(1)},`, `Last,${phoneOf(1)},`));
    const second = await workshop.engine.requestPass('drop');
    await workshop.until(second, (run) => run.totals.created === 10);
    expect(await workshop.store.rows.totals(first[0] ?? '')).toMatchObject({ 'in doubt': 1 });
    expect(await workshop.store.rows.totals(second[0] ?? '')).toMatchObject({ ready: 1, folded: 1 });
    clock.advance(HOUR);
    expect(await workshop.untilEnded([...first, ...second])).toMatchObject([
      { totals: { created: 1 } },
      { totals: { created: 10, updated: 1, merged: 1 } },
    ]);
    const holders = workshop.sandbox.contacts().filter(({ phones }) => phones.includes(phoneOf(1)));
    expect(holders).toMatchObject([{ name: 'Last' }]);
  });

  it('a number that an agent moved to another contact is matched where it is now', async () => {
    await workshop.drop('a.csv', csv('name,phone', `A,${phoneOf(1)}`, `B,${phoneOf(2)}`));
    await workshop.import();
    const [a, b] = workshop.sandbox.contacts();
    workshop.sandbox.edit(a?.id ?? 0, { ContactNumber: [{ public_number: 421905777777 }] });
    workshop.sandbox.edit(b?.id ?? 0, {
      ContactNumber: [{ public_number: 421905000002 }, { public_number: 421905000001 }],
    });
    await workshop.drop('b.csv', csv('name,phone,email', `Moved,${phoneOf(2)}:${phoneOf(1)},m@example.com`));
    await workshop.import();
    await workshop.drop('c.csv', csv('name,phone,title', `Again,${phoneOf(3)}:${phoneOf(1)},Boss`));
    await workshop.import();
    expect(workshop.sandbox.contacts()).toMatchObject([
      { name: 'A', phones: ['+421905777777'] },
      { name: 'Again', title: 'Boss', phones: [phoneOf(2), phoneOf(1), phoneOf(3)] },
    ]);
  });
});
