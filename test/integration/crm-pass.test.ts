import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
  });

  const sent = (): number => shop.workshop.sandbox.operations.filter(({ commands }) => commands > 0).length;

  it('a record keeps its contact by its id, whatever becomes of its number and e-mail', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
    expect(await shop.pass()).toMatchObject({ status: 'completed', totals: { created: 1 } });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(2), Mail: 'new@example.com' });
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1, created: 0 } });
    expect(shop.workshop.sandbox.contacts()).toMatchObject([
      { name: 'Ann', phones: [phoneOf(1), phoneOf(2)], emails: ['ann@example.com', 'new@example.com'] },
    ]);
  });

  it('the next pass reads on where the last completed one ended', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    await shop.pass();
    shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
    expect(await shop.pass()).toMatchObject({ rows: 1, totals: { created: 1 } });
    expect(shop.crm.readings).toEqual([0, 2]);
  });

  it('a pass without records leaves the place of the one before', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    await shop.pass();
    expect(await shop.pass()).toMatchObject({ status: 'completed', rows: 0 });
    await shop.pass();
    expect(shop.crm.readings).toEqual([0, 1, 1]);
  });

  it('a place that cannot be read any more is as none: everything is read again, and nothing sent twice', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    await shop.pass();
    await shop.workshop.database.dataSource.query(`UPDATE cursors SET cursor = '{"of": "another version"}'`);
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    expect(await shop.pass()).toMatchObject({ status: 'completed', totals: { created: 1, unchanged: 1 } });
    await shop.pass();
    expect(shop.crm.readings).toEqual([0, 0, 2]);
  });

  it('a record that comes again as it was is unchanged and costs nothing', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    await shop.pass();
    const before = sent();
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Unmapped: 'new' });
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 }, operations: 0 });
    expect(sent()).toBe(before);
  });

  it('other settings make the next pass read everything, and send only what comes out differently', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), City: 'Brno' });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    await shop.pass();
    await shop.restart({ mapping: { ...CRM_MAPPING, city: 'City' } });
    expect(await shop.pass()).toMatchObject({ rows: 2, totals: { updated: 1, unchanged: 1 } });
    expect(shop.crm.readings).toEqual([0, 0]);
    await shop.pass();
    expect(shop.crm.readings).toEqual([0, 0, 2]);
  });

  it('settings that are taken back after a stopped pass make the next one mend what that has sent', async () => {
    await shop.restart({ stopAfterFailures: 1 });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Right', City: 'Wrong' });
    await shop.pass();
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    shop.workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 1, fields: { name: ['No.'] } });
    await shop.restart({ mapping: { ...CRM_MAPPING, title: 'City' } });
    expect(await shop.pass()).toMatchObject({ status: 'stopped', totals: { updated: 1, failed: 1 } });
    await shop.restart({ mapping: CRM_MAPPING });
    expect(await shop.pass()).toMatchObject({ rows: 2, totals: { updated: 1, failed: 1 } });
    expect(shop.contacts()).toMatchObject([{ title: 'Right' }]);
    expect(await shop.pass()).toMatchObject({ rows: 0 });
  });

  it('a refused record is neither sent nor counted again until it changes', async () => {
    await shop.restart({ stopAfterFailures: 2 });
    shop.crm.put('A', { Name: 'Ann', Phone: '12' });
    shop.crm.put('A2', { Name: 'Ben', Phone: phoneOf(9) });
    shop.workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0, fields: { name: ['No.'] } });
    expect(await shop.pass()).toMatchObject({ status: 'stopped', totals: { failed: 2 } });
    const before = sent();
    expect(await shop.pass()).toMatchObject({ status: 'completed with failures', totals: { failed: 2 }, rows: 2 });
    expect(sent()).toBe(before);
    shop.crm.put('A2', { Name: 'Benjamin', Phone: phoneOf(9) });
    expect(await shop.pass()).toMatchObject({ status: 'completed', rows: 1, totals: { created: 1 } });
  });

  it('a stopped pass is read again from where it began', async () => {
    await shop.restart({ stopAfterFailures: 1 });
    shop.crm.put('A', { Name: 'Ann', Phone: '12' });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    expect(await shop.pass()).toMatchObject({ status: 'stopped', totals: { failed: 1, 'not processed': 1 } });
    expect(await shop.pass()).toMatchObject({ status: 'completed with failures', totals: { failed: 1, created: 1 } });
    expect(shop.crm.readings).toEqual([0, 0]);
  });

  it('a record that the source repeats with another number stays one contact, as last read', async () => {
    shop.crm.put('A', { Name: 'Old', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(5) });
    shop.crm.put('A', { Name: 'New', Phone: phoneOf(2) });
    expect(await shop.pass()).toMatchObject({ status: 'completed', rows: 3, totals: { created: 2 } });
    expect(shop.workshop.sandbox.contacts()).toMatchObject([
      { name: 'New', phones: [phoneOf(1), phoneOf(2)] },
      { name: 'Ben' },
    ]);
  });

  it('records that are one contact go in once, and each keeps a link and a fingerprint of its own', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ann B', Phone: phoneOf(1), Mail: 'b@example.com', Title: 'Boss' });
    expect(await shop.pass()).toMatchObject({ totals: { created: 1, merged: 1 } });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ann B', Phone: phoneOf(1), Mail: 'b@example.com', Title: 'Boss' });
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 2 }, operations: 0 });
    shop.crm.put('B', { Name: 'Ann B', Phone: phoneOf(7), Title: 'Chief' });
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
    expect(shop.workshop.sandbox.contacts()).toMatchObject([
      { name: 'Ann B', title: 'Chief', phones: [phoneOf(1), phoneOf(7)] },
    ]);
  });

  it('an unchanged record takes no part when a changed one has the same number', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Old' });
    await shop.pass();
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Old' });
    shop.crm.put('B', { Name: 'Ann B', Phone: phoneOf(1), Title: 'New' });
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1, updated: 1, merged: 0 } });
    expect(shop.workshop.sandbox.contacts()).toMatchObject([{ name: 'Ann B', title: 'New' }]);
  });

  it('values that a database refuses are stored, imported and reported all the same', async () => {
    shop.crm.put('A\u0000', {
      Name: 'Ann',
      Phone: phoneOf(1),
      Note: 'a\u0000b',
      'Odd\u0000': '\ud800',
      Text: '\\u0000',
    });
    expect(await shop.pass()).toMatchObject({ status: 'completed', totals: { created: 1 } });
    expect(shop.crm.reports[0]?.outcomes[0]?.fields).toMatchObject({
      Note: 'a\ufffdb',
      'Odd\ufffd': '\ufffd',
      Text: '\\u0000',
    });
    shop.crm.put('A\u0000', { Name: 'Ann', Phone: phoneOf(1), Note: 'a\u0000b' });
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 }, operations: 0 });
  });

  it('what an agent wrote into fields that the record did not change stays', async () => {
    await shop.restart({ mapping: { ...CRM_MAPPING, tags: { value: 'crm' }, attributes: { Tier: 'Tier' } } });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Tier: 'Gold' });
    await shop.pass();
    const id = shop.workshop.sandbox.contacts()[0]?.id ?? 0;
    shop.workshop.sandbox.edit(id, { ContactsTag: '', ContactAttribute: [{ attribute_id: 201, value: 'Silver' }] });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Tier: 'Gold', Mail: 'ann@example.com' });
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
    expect(shop.workshop.sandbox.contacts()).toMatchObject([
      { emails: ['ann@example.com'], tags: [], attributes: { Tier: 'Silver' } },
    ]);
  });

  it('two records of a contact that change in one pass leave there what they say, whatever was accepted last', async () => {
    shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Title: 'x' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'x' });
    await shop.pass();
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'y' });
    await shop.pass();
    expect(shop.workshop.sandbox.contacts()).toMatchObject([{ title: 'y' }]);
    shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Title: 'x', Mail: 'ann@example.com' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'x' });
    await shop.pass();
    expect(shop.workshop.sandbox.contacts()).toMatchObject([{ title: 'x', emails: ['ann@example.com'] }]);
  });
});
