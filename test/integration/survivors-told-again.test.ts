import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { MemorySource } from '../support/memory-source.js';
import { useDatabase } from '../support/workshop.js';

const REPORT = { status: 'Status', code: 'Code', message: 'Message', contactId: 'Contact' };
const CAT = { Name: 'Cat', Phone: phoneOf(3) };

/** Others are merged into C: Ann's A, Ben's B, which has failed, and some that nobody has read. */
forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;
  /** Another connection to the same CRM. */
  let other: MemorySource;

  useDatabase(
    openFresh,
    () => shop.workshop,
    async (database) => {
      other = new MemorySource();
      const others = [{ id: 'other', connector: other.connector }];
      shop = await openCrmWorkshop(database, { connection: { report: REPORT }, others });
      for (const crm of [shop.crm, other]) crm.writesBack = true;
      await shop.restart();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: '12' });
      shop.crm.put('C', CAT);
    },
  );

  const told = ({ written } = shop.crm) => written.splice(0).map(({ recordId, status }) => [recordId, status]);
  const merge = (loser: string) => {
    shop.crm.end(loser, { how: 'merged', into: 'C' });
  };
  const imported = async () => {
    await shop.pass();
    return told();
  };

  it.each([
    ['read with the merge', 'A', true],
    ['not read again', 'A', false],
    ['into which one went that had failed', 'B', true],
    ['into which one went that was never read', 'Z', true],
  ])('a survivor is told once for each merge: %s', async (_, loser, isRead) => {
    await imported();
    merge(loser);
    if (isRead) shop.crm.put('C', CAT);
    await shop.pass();
    expect(shop.crm.written).toMatchObject([{ recordId: 'C', contactId: String(shop.idOf('Cat')) }]);
    expect(told()).toEqual([['C', 'imported']]);
    merge(loser);
    expect(await imported()).toEqual([]);
    await shop.restart({ mapping: { ...CRM_MAPPING, title: 'Role' } });
    expect(await imported()).toEqual([]);
  });

  it.each([
    ['came back', () => shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) }), [['C', 'imported']]],
    ['came back and failed', () => shop.crm.put('A', { Name: 'Ann', Phone: '12' }), [['C', 'imported']]],
    ['only counted as deleted, as with an archived survivor', () => shop.crm.end('A', { how: 'deleted' }), []],
  ])('between two readings of its merge a record %s', async (_, happens, again) => {
    await imported();
    merge('A');
    await imported();
    happens();
    await imported();
    merge('A');
    expect(await imported()).toEqual(again);
  });

  it('a survivor is told of a record that was deleted before, and restored to be merged', async () => {
    await imported();
    shop.crm.end('A', { how: 'deleted' });
    await imported();
    merge('A');
    expect(await imported()).toEqual([['C', 'imported']]);
  });

  it('a survivor that is back with the merge is told', async () => {
    await imported();
    shop.crm.end('C', { how: 'deleted' });
    await imported();
    merge('A');
    expect(await imported()).toEqual([]);
    shop.crm.put('C', CAT);
    expect(await imported()).toEqual([['C', 'imported']]);
  });

  it('a survivor is told also when the end of the other record fails, once', async () => {
    await shop.restart({ onMerge: 'delete second' });
    await imported();
    shop.workshop.sandbox.fault({
      kind: 'refuse command',
      match: 'bulk',
      index: 0,
      skip: 0,
      fields: { name: ['No.'] },
    });
    merge('A');
    const failed = await shop.pass();
    expect([failed.totals, told()]).toMatchObject([{ failed: 1 }, [['C', 'imported']]]);
    await shop.workshop.untilEnded([await shop.workshop.operator.retry(failed.id, undefined)]);
    expect([shop.contacts().map(({ name }) => name), told()]).toEqual([['Cat'], []]);
  });

  it('a survivor is told once that another connection reads, whether that tells of the merge or not', async () => {
    await imported();
    other.put('C', CAT);
    await shop.pass('other');
    told(other);
    merge('A');
    expect(await imported()).toEqual([['C', 'imported']]);
    await shop.pass('other');
    expect(told(other)).toEqual([['C', 'imported']]);
    other.end('A', { how: 'merged', into: 'C' });
    await shop.pass('other');
    expect([await imported(), told(other)]).toEqual([[], []]);
  });

  it('a survivor that another connection reads is told of each merge of a record that was restored and merged again', async () => {
    await imported();
    other.put('C', CAT);
    await shop.pass('other');
    for (let merges = 1; merges <= 2; merges += 1) {
      merge('A');
      told(other);
      expect(await imported()).toEqual([['C', 'imported']]);
      await shop.pass('other');
      expect(told(other)).toEqual([['C', 'imported']]);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await imported();
    }
  });

  it('a survivor that had failed is told the contact that it inherits, once', async () => {
    await imported();
    shop.crm.end('A', { how: 'merged', into: 'B' });
    await shop.pass();
    expect(shop.crm.written).toMatchObject([{ recordId: 'B', contactId: String(shop.idOf('Ann')) }]);
    expect(told()).toEqual([['B', 'failed']]);
    shop.crm.put('B', { Name: 'Ben', Phone: '12' });
    expect(await imported()).toEqual([]);
  });

  it('so is one of another connection, into which a record was converted', async () => {
    await imported();
    other.put('B', { Name: 'Ben', Phone: '12' });
    await shop.pass('other');
    told(other);
    shop.crm.end('A', { how: 'converted', into: 'B' });
    await imported();
    await shop.pass('other');
    expect(other.written).toMatchObject([{ recordId: 'B', contactId: String(shop.idOf('Ann')) }]);
    expect(told(other)).toEqual([['B', 'failed']]);
    other.put('B', { Name: 'Ben', Phone: '12' });
    await shop.pass('other');
    expect(told(other)).toEqual([]);
  });

  it('nobody is told twice of merges from before the first import, however often they are read', async () => {
    merge('Z');
    expect(await imported()).toHaveLength(3);
    merge('Z');
    expect(await imported()).toEqual([]);
  });
});
