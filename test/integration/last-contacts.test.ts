import { beforeEach, expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { MemorySource } from '../support/memory-source.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;
  let ann: number;
  const policies = { onDelete: 'delete', onMerge: 'delete second' } as const;
  const people = new MemorySource();
  const others = [{ id: 'people', connector: people.connector }];
  useCrmWorkshop(openFresh, { connection: policies, others }, (opened) => {
    shop = opened;
  });

  const BEN = { Name: 'Ben', Phone: phoneOf(2), Mail: 'Ben@example.com' };

  beforeEach(async () => {
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', BEN);
    await shop.pass();
    ann = shop.idOf('Ann');
  });

  /** An agent merges the contact of Ben into that of Ann. */
  function mergeContacts(lists: Readonly<Record<string, unknown>> = { ContactNumber: numbers(1, 2) }): void {
    shop.workshop.sandbox.remove(shop.idOf('Ben'));
    shop.workshop.sandbox.edit(ann, lists);
  }
  const numbers = (...them: readonly number[]) => them.map((number) => ({ public_number: phoneOf(number) }));
  const stays = (how: string) =>
    `${how}; contact ${ann} stays, because the record B has no other one in CloudTalk any more.`;

  it('the contact of a merged record stays where that of the other one was merged into it, and is that of the other', async () => {
    mergeContacts();
    shop.crm.end('A', { how: 'merged', into: 'B' });
    shop.crm.put('B', BEN);
    const run = await shop.pass();
    expect(run).toMatchObject({ totals: { removed: 0, skipped: 1, unchanged: 0, updated: 1 } });
    expect(await shop.reasons(run.id)).toContain(stays('Merged into the record B'));
    expect(shop.contacts()).toMatchObject([{ id: ann, name: 'Ben', phones: [phoneOf(1), phoneOf(2)] }]);
    shop.crm.put('B', BEN);
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 } });
  });

  it('the contact of a merged record stays where the other one has lost its own, whatever that had', async () => {
    mergeContacts({ title: 'Boss' });
    shop.crm.end('A', { how: 'merged', into: 'B' });
    const run = await shop.pass();
    expect(await shop.reasons(run.id)).toEqual([stays('Merged into the record B')]);
    expect(shop.contacts()).toMatchObject([{ id: ann }]);
  });

  it.each([
    ['number', { ContactNumber: numbers(1, 2) }],
    ['e-mail', { ContactEmail: [{ email: 'ben@EXAMPLE.com' }] }],
  ])('the contact of a deleted record stays where another one needs it that has its %s', async (_what, lists) => {
    mergeContacts(lists);
    shop.crm.end('A', { how: 'deleted' });
    const run = await shop.pass();
    expect(await shop.reasons(run.id)).toEqual([stays('Deleted in the source')]);
    shop.crm.put('B', BEN);
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1, created: 0 } });
    expect(shop.contacts()).toMatchObject([{ id: ann, name: 'Ben' }]);
  });

  it.each([false, true])(
    'a contact that stayed goes with the record for which it did, ends in one import: %s',
    async (atOnce) => {
      mergeContacts();
      shop.crm.end('A', { how: 'deleted' });
      if (!atOnce) await shop.pass();
      shop.crm.end('B', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: atOnce ? 2 : 1 } });
      expect(shop.contacts()).toEqual([]);
    },
  );

  it.each(['A', 'B'])(
    'a record whose number has changed takes the contact over, of which the end is read: %s first',
    async (first) => {
      mergeContacts();
      const reads = [
        () => shop.crm.end('A', { how: 'deleted' }),
        () => shop.crm.put('B', { ...BEN, Phone: phoneOf(3) }),
      ];
      for (const read of first === 'A' ? reads : reads.toReversed()) read();
      await shop.pass();
      expect(shop.contacts()).toMatchObject([{ id: ann, name: 'Ben' }]);
    },
  );

  it('a contact that stayed for a record stays for it also when an agent merges it into another one', async () => {
    shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
    await shop.pass();
    const cat = shop.idOf('Cat');
    mergeContacts();
    shop.crm.end('A', { how: 'deleted' });
    await shop.pass();
    shop.workshop.sandbox.remove(ann);
    shop.workshop.sandbox.edit(cat, { ContactNumber: numbers(1, 2, 3) });
    shop.crm.end('C', { how: 'deleted' });
    expect(await shop.pass()).toMatchObject({ totals: { removed: 0, skipped: 1 } });
    expect(shop.contacts().map(({ id }) => id)).toEqual([cat]);
  });

  it.each([true, false])('a contact stays for the heir of a record that fails, in one import: %s', async (atOnce) => {
    mergeContacts();
    shop.crm.end('B', { how: 'merged', into: 'N' });
    shop.crm.put('N', { ...BEN, Phone: '12' });
    if (!atOnce) await shop.pass();
    shop.crm.end('A', { how: 'deleted' });
    expect(await shop.pass()).toMatchObject({ totals: { removed: 0 } });
    shop.crm.put('N', BEN);
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ id: ann, name: 'Ben' }]);
  });

  it('the contact of a converted record stays where that of the other one is lost, and is that of the other', async () => {
    people.put('C', { Name: 'Cat', Phone: phoneOf(3) });
    await shop.pass('people');
    shop.workshop.sandbox.remove(shop.idOf('Cat'));
    shop.crm.end('A', { how: 'converted', into: 'C' });
    expect(await shop.pass()).toMatchObject({ totals: { removed: 0, skipped: 1 } });
    people.put('C', { Name: 'Cat', Phone: phoneOf(3) });
    await shop.pass('people');
    expect(shop.contacts()).toMatchObject([{ id: ann, name: 'Cat' }, { name: 'Ben' }]);
  });

  it.each(['is not read', 'fails'])(
    'a contact that stayed for a survivor which %s is that of the other one again when it lives again',
    async (how) => {
      shop.workshop.sandbox.remove(shop.idOf('Ben'));
      shop.crm.end('A', { how: 'merged', into: 'B' });
      if (how === 'fails') shop.crm.put('B', { ...BEN, Phone: '12' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      shop.crm.put('B', BEN);
      await shop.pass();
      expect(shop.contacts()).toMatchObject([
        { id: ann, name: 'Ann', phones: [phoneOf(1)] },
        { name: 'Ben', phones: [phoneOf(2)] },
      ]);
    },
  );

  it('the tags of a contact that stayed come off when its record must not be called', async () => {
    const mapping = { ...CRM_MAPPING, tags: 'Campaign' };
    await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } });
    shop.crm.put('B', { ...BEN, Campaign: 'spring' });
    await shop.pass();
    mergeContacts({ ContactNumber: numbers(1, 2), ContactsTag: [{ name: 'spring' }] });
    shop.crm.end('A', { how: 'deleted' });
    await shop.pass();
    shop.crm.put('B', { ...BEN, Campaign: 'summer' });
    await shop.pass();
    expect(shop.contacts()[0]?.tags.toSorted()).toEqual(['spring', 'summer']);
    shop.crm.put('B', { ...BEN, NoCall: true });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ id: ann, tags: [] }]);
  });

  it('a contact stays for a record whose own one is known to be lost', async () => {
    mergeContacts();
    await shop.workshop.store.links.forgetContact('default', ann + 1, 'lost');
    shop.crm.end('A', { how: 'deleted' });
    const run = await shop.pass();
    expect(await shop.reasons(run.id)).toEqual([stays('Deleted in the source')]);
  });

  it.each([{ how: 'deleted' } as const, { how: 'merged', into: 'B' } as const])(
    'a contact that was $how goes where the record that has its number has one of its own, or is no more',
    async (gone) => {
      shop.workshop.sandbox.edit(ann, { ContactNumber: numbers(1, 2) });
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
      await shop.pass();
      shop.crm.end('A', gone);
      expect(await shop.pass()).toMatchObject({ totals: { removed: 1 } });
      expect(shop.contacts().map(({ name }) => name)).toEqual(['Ben', 'Cat']);
      shop.workshop.sandbox.edit(shop.idOf('Cat'), { ContactNumber: numbers(2, 3) });
      for (const id of ['B', 'C']) {
        shop.crm.end(id, { how: 'deleted' });
        expect([id, await shop.pass()]).toMatchObject([id, { totals: { removed: 1 } }]);
      }
      expect(shop.contacts()).toEqual([]);
    },
  );

  it('a preview says that a contact would stay, and leaves what is known as it is', async () => {
    const links = () => shop.workshop.database.dataSource.query<unknown[]>('SELECT * FROM links ORDER BY key');
    const before = await links();
    mergeContacts();
    shop.crm.end('A', { how: 'deleted' });
    const [run] = await shop.workshop.untilEnded(await shop.workshop.engine.requestPreview('drop'));
    expect(await shop.reasons(run?.id ?? '')).toContain(stays('Deleted in the source'));
    expect(await links()).toEqual(before);
  });

  it('a contact that CloudTalk has no more is not deleted', async () => {
    shop.workshop.sandbox.remove(ann);
    shop.crm.end('A', { how: 'deleted' });
    const before = shop.workshop.sandbox.operations.length;
    const run = await shop.pass();
    expect((await shop.reasons(run.id))[0]).toContain('or merged into another one, which stays');
    expect(shop.workshop.sandbox.operations.slice(before).filter(({ commands }) => commands > 0)).toEqual([]);
  });
});
