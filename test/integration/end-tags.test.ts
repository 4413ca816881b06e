import type { OnDelete } from '@cloudtalk-sync/mapping';
import { beforeEach, describe, expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { MemorySource } from '../support/memory-source.js';
import { useDatabase } from '../support/workshop.js';

const MANAGED_TAGS = {
  numbers: 'union',
  emails: 'union',
  tags: { managed: 'crm-' },
  attributes: 'managed',
} as const;
const REPLACED_TAGS = { numbers: 'union', emails: 'union', tags: 'replace', attributes: 'managed' } as const;

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;
  /** What the connection `other` reads. */
  let other: MemorySource;

  useDatabase(
    openFresh,
    () => shop.workshop,
    async (database) => {
      other = new MemorySource();
      const mapping = { ...CRM_MAPPING, tags: 'Campaign' };
      shop = await openCrmWorkshop(database, { others: [{ id: 'other', connector: other.connector, mapping }] });
    },
  );

  describe('the contact of a record that is no more', () => {
    beforeEach(async () => {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    });

    it('is not tagged where an agent merged it into that of another record', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      const [ann, ben] = [shop.idOf('Ann'), shop.idOf('Ben')];
      shop.workshop.sandbox.remove(ann);
      const numbers = [1, 2].map((number) => ({ public_number: phoneOf(number) }));
      shop.workshop.sandbox.edit(ben, { ContactNumber: numbers });
      shop.crm.end('A', { how: 'deleted' });
      const run = await shop.pass();
      expect(shop.contacts()).toMatchObject([{ id: ben, tags: [] }]);
      expect(await shop.reasons(run.id)).toEqual([
        `Deleted in the source; contact ${ben} stays, because another record stands for it.`,
      ]);
    });

    it('is tagged, and untagged when the record comes back', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.workshop.sandbox.edit(shop.idOf('Ann'), { ContactsTag: [{ name: 'vip' }] });
      shop.crm.end('A', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
      expect(shop.contacts()[0]?.tags).toEqual(['vip', 'left']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
      expect(shop.contacts()[0]?.tags).toEqual(['vip']);
    });

    it.each<readonly [string, Parameters<CrmWorkshop['restart']>[0]]>([
      ['where the policy is another one by then', { onDelete: 'keep' }],
      ['where tags are replaced', { onDelete: { tag: 'left' }, lists: REPLACED_TAGS }],
      ['where it must not be called', { onDelete: { tag: 'left' }, doNotCall: { fields: ['NoCall'], then: 'untag' } }],
    ])('is untagged when the record comes back also %s', async (_when, settings) => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual(['left']);
      await shop.restart(settings);
      shop.crm.erase('A');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com', NoCall: true });
      await shop.pass();
      expect(shop.contacts().map(({ tags }) => tags)).toEqual([[], []]);
    });

    it.each<readonly [string, OnDelete]>([
      ['untagged', { tag: 'left' }],
      ['there', 'delete'],
    ])('is %s when the pass that reads its end reads it alive before and after', async (_what, onDelete) => {
      await shop.restart({ onDelete });
      for (const title of ['', 'Boss']) {
        shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com', Title: title });
        shop.crm.end('A', { how: 'deleted' });
      }
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com', Title: 'Head' });
      const run = await shop.pass();
      expect(run).toMatchObject({ totals: { created: 2, merged: 3, skipped: 2, removed: 0, updated: 0 } });
      expect(await shop.reasons(run.id)).toContain(
        'It was no more in the source, and was back before all of it was read.',
      );
      expect(shop.contacts().map(({ name, tags, title }) => [name, title, ...tags])).toContainEqual(['Ann', 'Head']);
    });

    it.each<readonly [string, Parameters<CrmWorkshop['restart']>[0]]>([
      ['another record', {}],
      ['another record that must not be called', { doNotCall: { fields: ['NoCall'], then: 'untag' } }],
    ])('is untagged when %s of the connection comes to stand for it', async (_what, settings) => {
      await shop.restart({ onDelete: { tag: 'left' }, ...settings });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual(['left']);
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual([]);
      shop.workshop.sandbox.edit(shop.idOf('Ann'), { ContactsTag: [{ name: 'left' }] });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Boss' });
      await shop.pass();
      expect(shop.contacts()[0]).toMatchObject({ title: 'Boss', tags: ['left'] });
    });

    it('is not tagged in a pass that reads the end of its record and the beginning of another one', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('D', { Name: 'Ben', Phone: phoneOf(2) });
      shop.crm.end('B', { how: 'deleted' });
      await shop.pass();
      expect(shop.contacts().map(({ tags }) => tags)).toEqual([[], []]);
    });

    it.each(['A', 'C'])('is untagged when the record %s of two that ended together comes back', async (id) => {
      await shop.restart({ onDelete: { tag: 'left' } });
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      for (const ended of ['A', 'C']) shop.crm.end(ended, { how: 'deleted' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual(['left']);
      shop.crm.put(id, { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual([]);
    });

    it('is untagged when the record comes back in one pass with another one that is read before it', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1), Title: 'Boss' });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(shop.contacts()).toMatchObject([{ name: 'Ann', title: 'Boss', tags: [] }, { name: 'Ben' }]);
    });

    it('keeps the tag while the record is back and refused, and is untagged once it goes in, as it was before', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      for (const time of ['first', 'second']) {
        shop.crm.end('A', { how: 'deleted' });
        expect([time, await shop.pass()]).toMatchObject([time, { rows: 1, totals: { failed: 0 } }]);
        shop.crm.put('A', { Name: 'Ann', Phone: '12' });
        expect([time, await shop.pass()]).toMatchObject([time, { totals: { failed: 1 } }]);
        expect(shop.contacts()[0]?.tags).toEqual(['left']);
      }
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual([]);
    });

    it('is untagged when one of two records that ended together is back refused, and mended as it was before', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      for (const ended of ['A', 'C']) shop.crm.end(ended, { how: 'deleted' });
      await shop.pass();
      for (const Phone of ['12', phoneOf(1)]) {
        shop.crm.put('A', { Name: 'Ann', Phone, Mail: 'ann@example.com' });
        await shop.pass();
      }
      expect(shop.contacts()[0]?.tags).toEqual([]);
    });

    it('has the tags that the record brings when it comes back, by the policy and the mapping of its tags', async () => {
      const clearing = { ...CRM_MAPPING, tags: [{ from: 'Campaign', clear: true as const }] };
      await shop.restart({ mapping: clearing, onDelete: { tag: 'left' }, lists: MANAGED_TAGS });
      for (const id of ['A', 'B']) {
        shop.crm.put(id, { Name: id, Phone: phoneOf(id === 'A' ? 1 : 2), Campaign: 'crm-a' });
        await shop.pass();
        shop.crm.end(id, { how: 'deleted' });
      }
      await shop.pass();
      expect(shop.contacts().map(({ tags }) => tags)).toEqual([
        ['crm-a', 'left'],
        ['crm-a', 'left'],
      ]);
      shop.crm.put('A', { Name: 'A', Phone: phoneOf(1), Campaign: 'crm-b' });
      shop.crm.put('B', { Name: 'B', Phone: phoneOf(2), Campaign: '' });
      await shop.pass();
      expect(shop.contacts().map(({ tags }) => tags)).toEqual([['crm-b'], []]);
    });

    it('is untagged when the record comes back also where an agent had merged it before', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.workshop.sandbox.remove(shop.idOf('Ann'));
      const merged = shop.workshop.sandbox.add({ name: 'Ann', ContactNumber: [{ public_number: phoneOf(1) }] });
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      const tags = () => shop.contacts().find(({ id }) => id === merged)?.tags;
      expect(tags()).toEqual(['left']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(tags()).toEqual([]);
    });

    it.each<readonly [string, string]>([
      ['a record that was merged', 'C'],
      ['a record that was never read', 'D'],
    ])('is as agents left it but for the tag where it had come from %s', async (_whom, heir) => {
      const lists = { ...REPLACED_TAGS, numbers: 'replace' } as const;
      await shop.restart({ onDelete: { tag: 'left' }, lists });
      shop.crm.put('C', { Name: 'Cat', Phone: '12' });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: heir });
      await shop.pass();
      const numbers = [1, 9].map((number) => ({ public_number: phoneOf(number) }));
      shop.workshop.sandbox.edit(shop.idOf('Ann'), {
        name: 'Anna',
        title: 'Chief',
        ContactNumber: numbers,
        ContactsTag: [{ name: 'vip' }],
      });
      shop.crm.end(heir, { how: 'deleted' });
      await shop.pass();
      expect(shop.contacts()[0]).toMatchObject({
        name: 'Anna',
        title: 'Chief',
        phones: [phoneOf(1), phoneOf(9)],
        tags: ['vip', 'left'],
      });
    });

    it('keeps the tag of an agent that has the same name', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.workshop.sandbox.edit(shop.idOf('Ann'), { ContactsTag: [{ name: 'left' }] });
      shop.crm.end('A', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Boss' });
      await shop.pass();
      expect(shop.contacts()[0]).toMatchObject({ title: 'Boss', tags: ['left'] });
    });

    it('keeps the tag when the record comes back where a record of another connection brings that tag', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass('drop');
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass('drop');
      other.put('O', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'left' });
      await shop.pass('other');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Boss' });
      await shop.pass('drop');
      expect(shop.contacts()[0]).toMatchObject({ title: 'Boss', tags: ['left'] });
    });

    it('keeps the tag when the record comes back where the source says that tag itself', async () => {
      const mapping = { ...CRM_MAPPING, tags: 'Campaign' };
      await shop.restart({ mapping, onDelete: { tag: 'left' } });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'left' });
      await shop.pass();
      expect(shop.contacts()[0]?.tags).toEqual(['left']);
    });
  });
});
