import type { Database } from '@cloudtalk-sync/store';
import { expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { useDatabase, Workshop } from '../support/workshop.js';

const numbers = (...them: readonly number[]) => them.map((number) => ({ public_number: phoneOf(number) }));

forEachDatabase((openFresh) => {
  let database: Database;
  let shop: Workshop | undefined;

  useDatabase(
    openFresh,
    () => shop,
    (given) => {
      database = given;
    },
  );

  it('a number that a look at a contact brings to light makes no second contact of the next row', async () => {
    const workshop = (shop = await Workshop.open(database));
    workshop.sandbox.add({ name: 'Xaver', ContactNumber: numbers(1, 2) });
    await workshop.drop('a.csv', csv('name,phone,title', `Xaver,${phoneOf(1)},A`, `Xaver,${phoneOf(2)},B`));
    expect(await workshop.import()).toMatchObject([{ totals: { created: 0, updated: 2 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([{ phones: [phoneOf(1), phoneOf(2)], title: 'B' }]);
    expect(workshop.sandbox.operations.filter(({ commands }) => commands > 0).map(({ commands }) => commands)).toEqual([
      1, 1,
    ]);
  });

  it('a lost answer to an add is found in the contact that the add made, though the list hides an older one', async () => {
    const workshop = (shop = await Workshop.open(database));
    const office = workshop.sandbox.add({ name: 'Office', title: 'Reception', ContactNumber: numbers(50, 1) });
    workshop.sandbox.fault({ kind: 'drop', when: 'after', match: 'bulk' });
    await workshop.drop('a.csv', csv('name,phone,title', `Ann,${phoneOf(1)},CEO`));
    expect(await workshop.import()).toMatchObject([{ totals: { created: 1, updated: 0 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([
      { id: office, name: 'Office', title: 'Reception' },
      { name: 'Ann', title: 'CEO' },
    ]);
  });

  it('a preview counts such a row as an update', async () => {
    const workshop = (shop = await Workshop.open(database));
    workshop.sandbox.add({ name: 'Xaver', ContactNumber: numbers(1, 2) });
    await workshop.drop('a.csv', csv('name,phone', `Xaver,${phoneOf(1)}`, `Xaver,${phoneOf(2)}`));
    const previews = await workshop.engine.requestPreview('drop');
    expect(await workshop.untilEnded(previews)).toMatchObject([{ totals: { created: 0, updated: 2 } }]);
  });

  it('what CloudTalk merges into a contact that we know is not trampled by what we knew before', async () => {
    const { crm, workshop } = await openCrmWorkshop(database, { sandbox: { mergeOnAdd: true } });
    shop = workshop;
    const xaver = workshop.sandbox.add({
      name: 'Xaver',
      ContactNumber: numbers(1),
      ContactEmail: [{ email: 'theirs@example.com' }],
    });
    crm.put('first', { Name: 'Xaver', Phone: phoneOf(1), Mail: 'first@example.com' });
    for (let other = 0; other < 40; other += 1) crm.put(`${other}`, { Name: 'Other', Phone: phoneOf(100 + other) });
    crm.put('merged', { Name: 'Xaver', Phone: phoneOf(2), Mail: 'merged@example.com' });
    for (let other = 40; other < 80; other += 1) crm.put(`${other}`, { Name: 'Other', Phone: phoneOf(100 + other) });
    crm.put('last', { Name: 'Xaver', Phone: phoneOf(3), Mail: 'theirs@example.com' });
    workshop.sandbox.fault({ kind: 'slow', delay: 500, match: 'bulk', skip: 1 });
    const ids = await workshop.engine.requestPass('drop');
    await workshop.until(ids, ({ totals }) => totals.updated === 1);
    workshop.sandbox.edit(xaver, {
      ContactNumber: numbers(1, 2),
      ContactEmail: [{ email: 'theirs@example.com' }, { email: 'first@example.com' }],
    });
    await workshop.untilEnded(ids);
    const contact = workshop.sandbox.contacts().find(({ id }) => id === xaver);
    expect(contact?.phones.toSorted()).toEqual([phoneOf(1), phoneOf(2), phoneOf(3)]);
    expect(contact?.emails.toSorted()).toEqual(['first@example.com', 'merged@example.com', 'theirs@example.com']);
  });
});
