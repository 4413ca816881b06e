import { beforeEach, describe, expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
  });

  it('a record that was merged and lives again in one pass keeps its contact', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ben', Phone: '12' });
    await shop.pass();
    shop.crm.end('A', { how: 'merged', into: 'B' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    await shop.pass();
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ name: 'Ann' }, { name: 'Ben' }]);
  });

  describe('a record that lives again after it was merged into one that has never gone in', () => {
    beforeEach(async () => {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: '12' });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      await shop.pass();
    });
    const mendBoth = async (phone = phoneOf(1)): Promise<void> => {
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phone });
      await shop.pass();
      expect(shop.contacts()).toMatchObject([{ name: 'Ann' }, { name: 'Ben', phones: [phoneOf(2)] }]);
    };

    it.each([1, 3])('has its contact back, whatever its number is now (%i)', async (number) => {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(number) });
      await shop.pass();
      await mendBoth(phoneOf(number));
    });

    it('has it back when it fails at first', async () => {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'none' });
      await shop.pass();
      await mendBoth();
    });

    it('has it back when that one goes in by the same pass, before it', async () => {
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      await mendBoth();
    });

    it('leaves out its tags as before when it must not be called', async () => {
      const mapping = { ...CRM_MAPPING, tags: 'Campaign' };
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual([]);
      shop.crm.end('A', { how: 'merged', into: 'B' });
      shop.crm.end('C', { how: 'deleted' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      await shop.pass();
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual([]);
    });

    it('takes off the tag that its contact got at the end of that one', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      shop.crm.end('B', { how: 'deleted' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual(['left']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual([]);
    });

    it('has it back from all that have it by one merge after the other', async () => {
      shop.crm.put('C', { Name: 'Cat', Phone: '12' });
      shop.crm.end('B', { how: 'merged', into: 'C' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
      await shop.pass();
      expect(shop.contacts()).toMatchObject([{ name: 'Ann' }, { name: 'Cat', phones: [phoneOf(3)] }]);
    });
  });

  it('a record that lives again after a merge takes no contact that the survivor has of another one', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
    shop.crm.put('B', { Name: 'Ben', Phone: '12' });
    await shop.pass();
    const cat = shop.idOf('Cat');
    shop.crm.end('C', { how: 'merged', into: 'B' });
    shop.crm.end('A', { how: 'merged', into: 'B' });
    await shop.pass();
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    await shop.pass();
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    await shop.pass();
    expect(shop.contacts().map(({ id, name }) => [id, name])).toContainEqual([cat, 'Ben']);
    expect(shop.contacts()).toHaveLength(2);
  });
});
