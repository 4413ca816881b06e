import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;
  useCrmWorkshop(openFresh, { connection: { onDelete: 'delete' } }, (given) => void (shop = given));

  it('a record that changes while all are read ends as it was read last, although it shared a number with another before', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(1), Title: 'Old' });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), Title: 'New' });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ name: 'Ben', title: 'New', phones: [phoneOf(1), phoneOf(2)] }]);
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), Title: 'New' });
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 } });
  });

  it('a version that shared a number with another record is forgotten when a later one has gone in', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    for (const Title of ['One', 'Two']) shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(1), Title });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), Title: 'Three' });
    await shop.pass();
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), Title: 'Three' });
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 } });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(1), Title: 'One' });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ title: 'One' }]);
  });

  it('a record whose last version shares a number with another leaves no contact that nobody stands for', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), Title: 'Old' });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(1), Title: 'New' });
    await shop.pass();
    for (const id of ['A', 'B']) shop.crm.end(id, { how: 'deleted' });
    await shop.pass();
    expect(shop.contacts()).toEqual([]);
  });

  it('the last of several records of one contact has the last word, whatever comes between', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
    await shop.pass();
    shop.crm.put('B', { Name: 'First', Phone: phoneOf(1) });
    shop.crm.put('C', { Name: 'Second', Mail: 'ann@example.com' });
    shop.crm.put('D', { Name: 'Third', Phone: phoneOf(1) });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ name: 'Third' }]);
  });

  it('a record that ends between others of its contact leaves that to them', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    await shop.pass();
    const id = shop.idOf('Ann');
    shop.crm.put('B', { Name: 'First', Phone: phoneOf(1) });
    shop.crm.end('A', { how: 'deleted' });
    shop.crm.put('C', { Name: 'Last', Phone: phoneOf(1) });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ id, name: 'Last' }]);
  });
});
