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
