import type { Database } from '@cloudtalk-sync/store';
import { expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { useDatabase, Workshop } from '../support/workshop.js';

const numbers = (...them: readonly number[]) => them.map((number) => ({ public_number: phoneOf(number) }));
const MAPPING = { name: 'Name', phone: ['Phone', 'Office'], title: 'Title' };

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

  async function openCrm(): Promise<CrmWorkshop> {
    const shop = await openCrmWorkshop(database, { connection: { mapping: MAPPING } });
    ({ workshop } = shop);
    return shop;
  }
  /** The contacts in the order in which they were made. */
  const contacts = (): readonly unknown[] =>
    workshop.sandbox.contacts().map(({ name, title, phones }) => [name, title, phones]);

  it('the second version of a record goes into the contact that the first one made, also where each is searched', async () => {
    const { crm, pass } = await openCrm();
    for (let other = 0; other < 4100; other += 1) {
      workshop.sandbox.add({ name: 'Other', ContactNumber: numbers(1000 + other) });
    }
    workshop.sandbox.add({ name: 'Somebody else', ContactNumber: numbers(2) });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: '1' });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(2), Title: '2' });
    expect(await pass()).toMatchObject({ totals: { created: 1, updated: 1 } });
    expect(workshop.sandbox.operations.filter(({ path }) => path.includes('keyword'))).not.toEqual([]);
    expect(contacts().slice(4100)).toEqual([
      ['Somebody else', '', [phoneOf(2)]],
      ['Ann', '2', [phoneOf(1), phoneOf(2)]],
    ]);
  });

  it('records with a contact each keep it when they are given one number in one pass', async () => {
    const { crm, pass } = await openCrm();
    crm.put('A', { Name: 'Adam', Phone: phoneOf(1) });
    crm.put('B', { Name: 'Beata', Phone: phoneOf(2) });
    await pass();
    crm.put('A', { Name: 'Adam', Phone: phoneOf(1), Office: phoneOf(9) });
    crm.put('B', { Name: 'Beata', Phone: phoneOf(2), Office: phoneOf(9) });
    expect(await pass()).toMatchObject({ totals: { updated: 2, merged: 0 } });
    expect(contacts()).toEqual([
      ['Adam', '', [phoneOf(1), phoneOf(9)]],
      ['Beata', '', [phoneOf(2), phoneOf(9)]],
    ]);
    crm.put('B', { Name: 'Beata', Phone: phoneOf(2), Office: phoneOf(9), Title: 'Boss' });
    expect(await pass()).toMatchObject({ totals: { updated: 1 } });
    expect(workshop.sandbox.contacts()).toMatchObject([{ title: '' }, { title: 'Boss' }]);
  });

  it('a record with a contact does not follow a new one of the same number into the contact of somebody else', async () => {
    const { crm, pass } = await openCrm();
    crm.put('A', { Name: 'Adam', Phone: phoneOf(1) });
    crm.put('Z', { Name: 'Zita', Phone: phoneOf(8) });
    await pass();
    crm.put('N', { Name: 'Nora', Phone: phoneOf(8), Office: phoneOf(9) });
    crm.put('A', { Name: 'Adam', Phone: phoneOf(1), Office: phoneOf(9) });
    expect(await pass()).toMatchObject({ totals: { updated: 2 } });
    expect(contacts()).toEqual([
      ['Adam', '', [phoneOf(1), phoneOf(9)]],
      ['Nora', '', [phoneOf(8), phoneOf(9)]],
    ]);
  });

  it('rows without ids that were two contacts before stay two when they are given one number', async () => {
    workshop = await Workshop.open(database);
    await workshop.drop('a.csv', csv('name,phone', `Adam,${phoneOf(1)}`, `Beata,${phoneOf(2)}`));
    await workshop.import();
    const both = csv('name,phone', `Adam,${phoneOf(1)}:${phoneOf(9)}`, `Beata,${phoneOf(2)}:${phoneOf(9)}`);
    await workshop.drop('b.csv', both);
    expect(await workshop.import()).toMatchObject([{ totals: { updated: 2 } }]);
    expect(contacts()).toEqual([
      ['Adam', '', [phoneOf(1), phoneOf(9)]],
      ['Beata', '', [phoneOf(2), phoneOf(9)]],
    ]);
    await workshop.drop('c.csv', both);
    expect(await workshop.import()).toMatchObject([{ totals: { unchanged: 2 } }]);
  });
});
