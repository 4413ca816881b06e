import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), City: 'Brno' });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
  });

  const withCity = { ...CRM_MAPPING, city: 'City' };

  it('an empty answer does not count as having read everything, is said, and is read again in full', async () => {
    await shop.pass();
    await shop.restart({ mapping: withCity });
    const kept = shop.crm.changes.splice(0);
    const empty = await shop.pass();
    expect(empty).toMatchObject({ status: 'completed', rows: 0 });
    expect(empty.warnings.map(({ message }) => message)).toEqual([
      'The source gave no record at all, though 2 were read before; the next import reads everything again.',
    ]);
    shop.crm.changes.push(...kept);
    expect(await shop.pass()).toMatchObject({ rows: 2, totals: { updated: 1, unchanged: 1 }, warnings: [] });
    expect(shop.contacts()[0]?.city).toBe('Brno');
    expect(await shop.pass()).toMatchObject({ rows: 0, warnings: [] });
    expect(shop.crm.readings).toEqual([0, 0, 0, 2]);
  });

  it('an answer of nothing but ended records does not count either, and moves no place', async () => {
    await shop.pass();
    await shop.restart({ mapping: withCity });
    const kept = shop.crm.changes.splice(0);
    shop.crm.end('B', { how: 'deleted' });
    const run = await shop.pass();
    expect(run.warnings[0]?.message).toContain('gave no living record at all, though one was read before');
    shop.crm.changes.splice(0, 1, ...kept.slice(0, 1));
    expect(await shop.pass()).toMatchObject({ rows: 1, totals: { updated: 1 }, warnings: [] });
  });

  it('a source that never had a record is read in peace, and one whose last record was deleted too', async () => {
    const kept = shop.crm.changes.splice(0);
    expect(await shop.pass()).toMatchObject({ rows: 0, warnings: [] });
    shop.crm.changes.push(...kept.slice(0, 1));
    await shop.pass();
    await shop.restart({ mapping: withCity });
    shop.crm.changes.splice(0);
    shop.crm.end('A', { how: 'deleted' });
    expect(await shop.pass()).toMatchObject({ rows: 1, warnings: [] });
    expect(await shop.pass()).toMatchObject({ rows: 0, warnings: [] });
    expect(shop.crm.readings.at(-1)).toBe(1);
  });
});
