import { beforeEach, describe, expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { MemorySource } from '../support/memory-source.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;
  const other = new MemorySource();

  useCrmWorkshop(openFresh, { others: [{ id: 'other', connector: other.connector }] }, (opened) => {
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

  it('a retry of a record that fails again lets it not live again after its merge', async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ben', Phone: '12' });
    await shop.pass();
    const ann = shop.idOf('Ann');
    shop.crm.put('A', { Name: 'Ann', Phone: '13' });
    const failed = await shop.pass();
    shop.crm.end('A', { how: 'merged', into: 'B' });
    await shop.pass();
    await shop.workshop.untilEnded([await shop.workshop.operator.retry(failed.id, undefined)]);
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ id: ann, name: 'Ben' }]);
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

    it('has it back when another connection brings the same person', async () => {
      other.put('Z', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass('other');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      await mendBoth();
    });

    it('has it back beside another record of it, which was merged and lives again as well', async () => {
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      shop.crm.end('C', { how: 'merged', into: 'B' });
      await shop.pass();
      for (const id of ['A', 'C']) shop.crm.put(id, { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      await mendBoth();
    });

    it('has it back when the import stops before it, and is retried', async () => {
      await shop.restart({ stopAfterFailures: 1 });
      shop.crm.put('C', { Name: 'Cat', Phone: '13' });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      const stopped = await shop.pass();
      expect(stopped.status).toBe('stopped');
      await shop.restart({ stopAfterFailures: 9 });
      await shop.workshop.untilEnded([await shop.workshop.operator.retry(stopped.id, undefined)]);
      await mendBoth();
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

  describe.each([
    ['is refused', { Name: 'Ann', Phone: '12' }],
    ['must not be called', { Name: 'Ann', Phone: phoneOf(1), NoCall: true }],
  ])('a record that lives again after it was merged into one with a contact, and %s,', (_what, fields) => {
    const beginWith = async (numberOfBen: number, policies: Readonly<Record<string, unknown>>): Promise<void> => {
      await shop.restart({ ...policies, doNotCall: { fields: ['NoCall'], then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(numberOfBen) });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      await shop.pass();
      shop.crm.put('A', fields);
      await shop.pass();
    };

    it('keeps the contact of both when that one is deleted', async () => {
      await beginWith(1, { onDelete: 'delete' });
      shop.crm.end('B', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 0, skipped: 1 } });
      expect(shop.contacts()).toHaveLength(1);
    });

    it('is told nothing of the contact of that one', async () => {
      shop.crm.writesBack = true;
      await beginWith(2, { report: { status: 'Status', contactId: 'Contact' } });
      expect(shop.crm.written.at(-1)).toMatchObject({ recordId: 'A', contactId: '' });
    });

    it('has the contact of one that is merged into it', async () => {
      await beginWith(2, { onMerge: 'delete second' });
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
      await shop.pass();
      const cat = shop.idOf('Cat');
      shop.crm.end('C', { how: 'merged', into: 'A' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(shop.contacts().map(({ id, name }) => [id, name])).toEqual([
        [shop.idOf('Ben'), 'Ben'],
        [cat, 'Ann'],
      ]);
    });
  });

  it('a record that lives again and must not be called loses its tags, whatever the survivor brought', async () => {
    const mapping = { ...CRM_MAPPING, tags: 'Campaign' };
    await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
    await shop.pass();
    shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'summer' });
    await shop.pass();
    shop.crm.end('A', { how: 'merged', into: 'B' });
    await shop.pass();
    expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['spring', 'summer']);
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
    await shop.pass();
    expect(shop.contacts()[0]?.tags).toEqual([]);
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
