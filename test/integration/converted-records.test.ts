import type { Database } from '@cloudtalk-sync/store';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { emptyDatabase, forEachDatabase } from '../support/databases.js';
import { MemorySource } from '../support/memory-source.js';

forEachDatabase((openFresh) => {
  let database: Database;
  let shop: CrmWorkshop;
  let people: MemorySource;

  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    people = new MemorySource();
    const others = [
      { id: 'people', connector: people.connector },
      { id: 'companies', connector: new MemorySource().connector },
    ];
    shop = await openCrmWorkshop(database, { connection: { onDelete: 'delete' }, others });
  });
  afterEach(async () => {
    await shop.workshop.close();
    expect(shop.workshop.errors).toEqual([]);
  });

  const contacts = () => shop.workshop.sandbox.contacts();
  const living = async (): Promise<readonly string[]> =>
    (await database.dataSource.query<{ key: string }[]>('SELECT key FROM links WHERE gone IS NULL ORDER BY key')).map(
      ({ key }) => key,
    );
  const convert = async (): Promise<void> => {
    shop.crm.put('L1', { Name: 'Lea', Phone: phoneOf(1) });
    await shop.pass();
    shop.crm.end('L1', { how: 'converted', into: 'C1' });
    await shop.pass();
  };

  it('the contact of a converted record goes when the record is deleted that it was converted to', async () => {
    await convert();
    people.put('C1', { Name: 'Lea', Phone: phoneOf(1) });
    expect(await shop.pass('people')).toMatchObject({ totals: { created: 0, updated: 1 } });
    people.end('C1', { how: 'deleted' });
    expect(await shop.pass('people')).toMatchObject({ totals: { removed: 1 } });
    expect(contacts()).toEqual([]);
    expect(await living()).toEqual([]);
  });

  it('the contact goes also where that record was deleted before it was ever read', async () => {
    await convert();
    people.end('C1', { how: 'deleted' });
    expect(await shop.pass('people')).toMatchObject({ totals: { removed: 1 } });
    expect(contacts()).toEqual([]);
  });

  it('the contact stays as long as a record of another connection stands for it that only has the same id', async () => {
    shop.crm.put('1', { Name: 'Ann', Phone: phoneOf(1) });
    people.put('1', { Name: 'Ann', Phone: phoneOf(1) });
    await shop.pass();
    await shop.pass('people');
    shop.crm.end('1', { how: 'deleted' });
    expect(await shop.pass()).toMatchObject({ totals: { skipped: 1 } });
    expect(contacts()).toHaveLength(1);
    people.end('1', { how: 'deleted' });
    expect(await shop.pass('people')).toMatchObject({ totals: { removed: 1 } });
  });
});
