import type { Database } from '@cloudtalk-sync/store';
import type { SyncConnection } from '@cloudtalk-sync/sync';
import { expect, it } from 'vitest';
import { TagsLeftOut1764500000000 } from '../../libs/store/src/migrations/1764500000000-tags-left-out.js';
import { KnownTags1765300000000 } from '../../libs/store/src/migrations/1765300000000-known-tags.js';
import { MIGRATIONS } from '../../libs/store/src/migrations/index.js';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { MemorySource } from '../support/memory-source.js';
import { ShiftedClock } from '../support/shifted-clock.js';
import { useDatabase } from '../support/workshop.js';

/** Milliseconds. */
const DAY = 24 * 3_600_000;

/** Several records of one contact, of which one must not be called. */
forEachDatabase((openFresh) => {
  const mapping = { ...CRM_MAPPING, tags: [{ value: 'crm' }, 'Campaign'] };
  const settings: Partial<SyncConnection> = { mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } };
  let database: Database;
  let shop: CrmWorkshop;
  let other: MemorySource;
  let clock: ShiftedClock;

  useDatabase(
    openFresh,
    () => shop.workshop,
    async (given) => {
      database = given;
      other = new MemorySource();
      clock = new ShiftedClock();
      const others = [{ id: 'other', ...settings, connector: other.connector }];
      shop = await openCrmWorkshop(given, { connection: settings, others, clock });
    },
  );

  const put = (id: string, fields: object) => shop.crm.put(id, { Name: 'Ann', Phone: phoneOf(1), ...fields });
  const tags = () => shop.contacts()[0]?.tags.toSorted();
  /** Makes the next pass read all records again. */
  const readAll = (company: string) => shop.restart({ mapping: { ...mapping, company } });

  it('a record that brings its tags again brings nothing else, so that a later one keeps the last word', async () => {
    put('B', { Title: 'B', Campaign: 'spring' });
    put('A', { Title: 'A', NoCall: true });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ title: 'A', tags: [] }]);
    shop.crm.erase('A');
    put('A', { Title: 'A' });
    await readAll('Company');
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ title: 'A' }]);
    expect(tags()).toEqual(['crm', 'spring']);
  });

  it.each<[string, SyncConnection['doNotCall']]>([
    ['skip', { fields: ['NoCall'], then: 'skip' }],
    ['nothing', undefined],
  ])('tags come back while the policy is %s, and are taken off again when it is as before', async (_, policy) => {
    put('B', { Campaign: 'spring' });
    put('C', { Campaign: 'winter' });
    put('A', { NoCall: true });
    await shop.pass();
    expect(tags()).toEqual([]);
    await shop.restart({ doNotCall: policy });
    await shop.pass();
    expect(tags()).toEqual(['crm', 'spring', 'winter']);
    await shop.restart({ doNotCall: settings.doNotCall });
    await shop.pass();
    expect(tags()).toEqual([]);
  });

  it('a record that was skipped meanwhile keeps tags off, also before it is read again', async () => {
    put('A', { NoCall: true });
    await shop.pass();
    await shop.restart({ doNotCall: { fields: ['NoCall'], then: 'skip' } });
    put('B', { Campaign: 'spring' });
    await shop.pass();
    expect(tags()).toEqual(['crm', 'spring']);
    shop.crm.changes.splice(0);
    await shop.restart({ doNotCall: settings.doNotCall });
    put('C', { Campaign: 'autumn' });
    await shop.pass();
    expect(tags()).toEqual([]);
  });

  it.each(['may be called', 'is deleted'])(
    'tags that came back while the policy is skip do not come again when the record that had left them out %s',
    async (how) => {
      put('B', { Campaign: 'spring' });
      put('A', { NoCall: true });
      await shop.pass();
      await shop.restart({ doNotCall: { fields: ['NoCall'], then: 'skip' } });
      await shop.pass();
      expect(tags()).toEqual(['crm', 'spring']);
      shop.workshop.sandbox.edit(shop.idOf('Ann'), { ContactsTag: [{ name: 'crm' }] });
      if (how === 'is deleted') shop.crm.end('A', { how: 'deleted' });
      else put('A', {});
      put('B', { Campaign: 'spring' });
      await shop.pass();
      expect(tags()).toEqual(['crm']);
    },
  );

  it('tags are taken off once: what an agent puts back stays, and costs nothing', async () => {
    put('B', { Campaign: 'spring' });
    await shop.pass();
    put('A', { NoCall: true });
    await shop.pass();
    expect(tags()).toEqual([]);
    shop.workshop.sandbox.edit(shop.idOf('Ann'), { ContactsTag: [{ name: 'spring' }] });
    put('A', { NoCall: true, Title: 'New' });
    expect(await shop.pass()).toMatchObject({ operations: 1 });
    expect(tags()).toEqual(['spring']);
  });

  it('what an agent puts on the contact that takes the place of a lost one stays, though the record brought it there', async () => {
    put('B', { Campaign: 'spring' });
    await shop.pass();
    shop.workshop.sandbox.remove(shop.idOf('Ann'));
    put('B', { Campaign: 'summer' });
    expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
    shop.workshop.sandbox.edit(shop.idOf('Ann'), {
      ContactsTag: ['crm', 'summer', 'spring'].map((name) => ({ name })),
    });
    put('B', { Campaign: 'summer', NoCall: true });
    await shop.pass();
    expect(tags()).toEqual(['spring']);
  });

  it('tags that were left out for a record with another contact by now are back with the next full reading', async () => {
    put('B', { NoCall: true });
    put('C', { Campaign: 'spring' });
    shop.crm.put('A', { Name: 'Abe', Phone: phoneOf(2) });
    await shop.pass();
    shop.workshop.sandbox.remove(shop.idOf('Ann'));
    put('C', { Campaign: 'spring', Title: 'New' });
    await shop.pass();
    shop.crm.end('A', { how: 'merged', into: 'B' });
    for (const NoCall of [true, false]) {
      shop.crm.put('B', { Name: 'Abe', Phone: phoneOf(1), NoCall });
      await shop.pass();
    }
    expect(shop.contacts().find(({ name }) => name === 'Ann')?.tags).toEqual([]);
    shop.crm.changes.splice(0);
    put('C', { Campaign: 'spring', Title: 'New' });
    await readAll('Company');
    await shop.pass();
    expect(shop.contacts().find(({ name }) => name === 'Ann')?.tags).toEqual(['crm', 'spring']);
  });

  /** Makes the database as it was before a migration, changes it there, and migrates it again. */
  const upgrade = async (first: (typeof MIGRATIONS)[number], change?: string): Promise<void> => {
    const runner = database.dataSource.createQueryRunner();
    const migrations = MIGRATIONS.slice(MIGRATIONS.indexOf(first)).map((Migration) => new Migration());
    for (const migration of migrations.toReversed()) await migration.down(runner);
    if (change !== undefined) await runner.query(change);
    for (const migration of migrations) await migration.up(runner);
    await runner.release();
  };

  it.each([
    ['whose tags were left out', TagsLeftOut1764500000000],
    ['which tags were left out', KnownTags1765300000000],
  ])('an upgrade that cannot tell %s brings them back all the same', async (_, first) => {
    put('B', { Campaign: 'spring' });
    put('A', { NoCall: true });
    await shop.pass();
    await upgrade(first);
    shop.crm.erase('A');
    put('A', {});
    await readAll('Company');
    await shop.pass();
    expect(tags()).toEqual(['crm', 'spring']);
  });

  it('an upgrade counts no tag as there of a record of which it was only known that some are not', async () => {
    put('B', { Campaign: 'spring' });
    await shop.pass();
    put('A', { NoCall: true });
    await shop.pass();
    const marks = `UPDATE links SET accepted = jsonb_set(accepted, '{withoutTags}', '[]') WHERE key = 'id:B'`;
    await upgrade(KnownTags1765300000000, marks);
    put('A', {});
    await shop.pass();
    put('B', { Campaign: 'spring' });
    await shop.pass();
    expect(tags()).toEqual(['crm', 'spring']);
  });

  it('an upgrade recalls a record for whose sake tags would be off that came while the policy was another', async () => {
    put('A', { NoCall: true });
    await shop.pass();
    const [{ known }] = (await database.dataSource.query('SELECT accepted_fingerprint AS known FROM links')) as [
      { known: string },
    ];
    await shop.restart({ doNotCall: undefined });
    shop.crm.changes.splice(0);
    put('B', { Campaign: 'spring' });
    await shop.pass();
    await upgrade(KnownTags1765300000000, `UPDATE links SET accepted_fingerprint = '${known}' WHERE key = 'id:A'`);
    await shop.restart({ doNotCall: settings.doNotCall });
    shop.crm.changes.splice(0);
    put('A', { NoCall: true });
    await shop.pass();
    expect(tags()).toEqual([]);
  });

  it.each(['deleted', 'merged into another one'])(
    'a contact that was %s in CloudTalk gets no tags beside a record that must not be called',
    async (how) => {
      put('B', { Campaign: 'spring' });
      put('A', { NoCall: true });
      await shop.pass();
      const { sandbox } = shop.workshop;
      sandbox.remove(shop.idOf('Ann'));
      const number = { public_number: Number(phoneOf(1).slice(1)) };
      if (how !== 'deleted') sandbox.add({ name: 'Merged', ContactNumber: [number] });
      put('B', { Campaign: 'spring', Title: 'New' });
      await shop.pass();
      expect(shop.contacts()).toMatchObject([{ title: 'New', tags: [] }]);
    },
  );

  it.each(['may be called again', 'is deleted'])(
    'tags left out for a record whose contact was lost come back when it %s',
    async (how) => {
      put('B', { Campaign: 'spring' });
      put('A', { NoCall: true });
      await shop.pass();
      shop.workshop.sandbox.remove(shop.idOf('Ann'));
      put('B', { Campaign: 'spring', Title: 'New' });
      await shop.pass();
      shop.crm.changes.splice(0);
      put('B', { Campaign: 'spring', Title: 'New' });
      if (how === 'is deleted') shop.crm.end('A', { how: 'deleted' });
      else put('A', {});
      await readAll('Company');
      await shop.pass();
      await readAll('Other company');
      await shop.pass();
      expect(tags()).toEqual(['crm', 'spring']);
    },
  );

  it('a new record brings no tags to the number of one that must not be called, whose contact nobody has missed', async () => {
    put('A', { NoCall: true });
    await shop.pass();
    shop.workshop.sandbox.remove(shop.idOf('Ann'));
    clock.advance(DAY);
    put('D', { Campaign: 'spring' });
    const [preview] = await shop.workshop.untilEnded(await shop.workshop.operator.preview('drop'));
    expect(await shop.reasons(preview?.id ?? '')).not.toContain(expect.stringContaining('spring'));
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ name: 'Ann', tags: [] }]);
  });

  it('tags that came with another record in one import go when that must not be called again', async () => {
    put('C', { Campaign: 'spring' });
    put('A', { Campaign: 'autumn', NoCall: true });
    await shop.pass();
    put('C', { Campaign: 'spring', Title: 'New' });
    put('A', { Campaign: 'autumn' });
    await shop.pass();
    expect(tags()).toEqual(['autumn', 'crm', 'spring']);
    put('A', { Campaign: 'autumn', Title: 'Newer' });
    await shop.pass();
    put('A', { Campaign: 'autumn', NoCall: true });
    await shop.pass();
    expect(tags()).toEqual([]);
  });

  it('a record with a contact of its own keeps its tags, though it gets the number of one that must not be called', async () => {
    shop.crm.put('A', { Name: 'Otto', Phone: phoneOf(2), NoCall: true });
    put('B', { Campaign: 'spring' });
    await shop.pass();
    await shop.restart({ mapping: { ...mapping, phone: ['Phone', 'Mobile'] } });
    put('B', { Campaign: 'spring', Mobile: phoneOf(2), Title: 'New' });
    await shop.pass();
    expect(shop.contacts().map(({ name, tags: theirs }) => [name, theirs.toSorted()])).toEqual([
      ['Otto', []],
      ['Ann', ['crm', 'spring']],
    ]);
  });

  it('tags that other patterns no longer mean come back for all records of the contact', async () => {
    const untag = (...campaignTags: string[]) =>
      shop.restart({ doNotCall: { fields: ['NoCall'], then: 'untag', campaignTags } });
    await untag('spring*', 'autumn*');
    put('B', { Campaign: 'spring' });
    put('A', { NoCall: true });
    await shop.pass();
    expect(tags()).toEqual(['crm']);
    await untag('autumn*');
    await shop.pass();
    await readAll('Company');
    await shop.pass();
    expect(tags()).toEqual(['crm', 'spring']);
  });

  it.each([
    ['the record that leaves them out', ['A']],
    ['the one that brought them first', ['B', 'A']],
  ])('tags that more patterns mean are taken off, which was left in before, by %s', async (_, order) => {
    const some: SyncConnection['doNotCall'] = { fields: ['NoCall'], then: 'untag', campaignTags: ['spring*'] };
    await shop.restart({ doNotCall: some, mapping: { ...CRM_MAPPING, tags: ['Campaign', 'Group'] } });
    put('B', { Campaign: 'spring', Group: 'vip' });
    await shop.pass();
    put('A', { NoCall: true });
    await shop.pass();
    expect(tags()).toEqual(['vip']);
    shop.crm.changes.splice(0);
    for (const id of order) put(id, id === 'A' ? { NoCall: true } : { Campaign: 'spring', Group: 'vip' });
    await shop.restart({ doNotCall: settings.doNotCall });
    await shop.pass();
    expect(tags()).toEqual([]);
  });

  it.each([
    ['D', 'B', 'A'],
    ['B', 'D', 'A'],
    ['A', 'D', 'B'],
  ])(
    'what other patterns left on the contact is taken off also after those let everything in, read as %s, %s, %s',
    async (...order) => {
      const some: SyncConnection['doNotCall'] = { fields: ['NoCall'], then: 'untag', campaignTags: ['spring*'] };
      await shop.restart({ doNotCall: some, mapping: { ...CRM_MAPPING, tags: ['Campaign', 'Group'] } });
      const fields = { A: {}, B: { Campaign: 'spring', Group: 'vip' }, D: { NoCall: true } };
      put('B', fields.B);
      put('A', { NoCall: true });
      await shop.pass();
      put('A', fields.A);
      await shop.pass();
      shop.crm.changes.splice(0);
      for (const id of order) put(id, fields[id as keyof typeof fields]);
      await shop.restart({ doNotCall: settings.doNotCall });
      await shop.pass();
      expect(tags()).toEqual([]);
    },
  );

  it.each([
    ['the record itself', 'B'],
    ['another one', 'A'],
  ])('what the record brought before it brought something else goes as well, for %s', async (_, id) => {
    put('B', { Campaign: 'spring' });
    await shop.pass();
    put('B', { Campaign: 'autumn' });
    await shop.pass();
    expect(tags()).toEqual(['autumn', 'crm', 'spring']);
    put(id, { Campaign: 'autumn', NoCall: true });
    await shop.pass();
    expect(tags()).toEqual([]);
    shop.workshop.sandbox.edit(shop.idOf('Ann'), { ContactsTag: [{ name: 'spring' }] });
    put('B', { Campaign: 'autumn', NoCall: id === 'B', Title: 'Boss' });
    await shop.pass();
    expect(tags()).toEqual(['spring']);
  });

  it('patterns are taken off once: what an agent puts back stays when another record changes', async () => {
    const some: SyncConnection['doNotCall'] = { fields: ['NoCall'], then: 'untag', campaignTags: ['spring*'] };
    await shop.restart({ doNotCall: some });
    put('B', { Campaign: 'spring' });
    await shop.pass();
    put('A', { NoCall: true });
    await shop.pass();
    shop.workshop.sandbox.edit(shop.idOf('Ann'), { ContactsTag: [{ name: 'crm' }, { name: 'spring' }] });
    put('B', { Campaign: 'spring', Title: 'Boss' });
    await shop.pass();
    expect(tags()).toEqual(['crm', 'spring']);
  });

  it('tags that came back at the end of a record go again when it is back as it was', async () => {
    await shop.restart({ doNotCall: { fields: ['NoCall'], then: 'untag', campaignTags: ['spring'] } });
    put('B', { Campaign: 'spring' });
    put('A', { NoCall: true });
    await shop.pass();
    shop.crm.end('A', { how: 'deleted' });
    put('B', { Campaign: 'spring', Title: 'New' });
    await shop.pass();
    expect(tags()).toEqual(['crm', 'spring']);
    put('A', { NoCall: true });
    await shop.pass();
    expect(tags()).toEqual(['crm']);
  });

  it('a record that is back after its end frees no tags that its end has freed', async () => {
    put('C', { Campaign: 'spring' });
    put('B', { NoCall: true });
    await shop.pass();
    shop.crm.end('B', { how: 'deleted' });
    put('C', { Campaign: 'spring', Title: 'New' });
    await shop.pass();
    expect(tags()).toEqual(['crm', 'spring']);
    put('B', {});
    await shop.pass();
    put('B', { NoCall: true });
    await shop.pass();
    expect(tags()).toEqual([]);
  });

  it('a record that may be called again says nothing of tags of another connection', async () => {
    put('A', { NoCall: true });
    await shop.pass();
    other.put('B', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
    await shop.pass('other');
    put('A', {});
    await shop.pass();
    other.put('B', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', NoCall: true });
    await shop.pass('other');
    expect(tags()).not.toContain('spring');
  });
});
