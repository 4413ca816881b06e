import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { MemorySource } from '../support/memory-source.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  const others = [{ id: 'people', connector: new MemorySource().connector }];
  useCrmWorkshop(openFresh, { connection: { onMerge: 'delete second' }, others }, async (opened) => {
    shop = opened;
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    await shop.pass();
  });

  const links = () => shop.workshop.database.dataSource.query<unknown[]>('SELECT * FROM links ORDER BY key');
  /** What a preview says of each record, having left all that is known as it is. */
  async function preview(): Promise<Readonly<Record<string, readonly (string | null | undefined)[]>>> {
    const before = await links();
    const [run] = await shop.workshop.untilEnded(await shop.workshop.engine.requestPreview('drop'));
    expect(await links()).toEqual(before);
    const rows = await shop.workshop.operator.rows(run?.id ?? '', 10);
    return Object.fromEntries(rows.map(({ outcome, reason, record = '' }) => [record, [outcome, reason]]));
  }

  it('a preview of a merge into a new record says that this goes into the contact of the merged one', async () => {
    shop.crm.end('A', { how: 'merged', into: 'N' });
    shop.crm.put('N', { Name: 'Anna', Phone: phoneOf(7) });
    const ann = shop.idOf('Ann');
    expect(await preview()).toEqual({
      A: ['skipped', `Merged into the record N; contact ${ann} now stands for that.`],
      N: ['updated', `would go into contact ${ann} (handed down): name 'Ann' -> 'Anna', number ${phoneOf(7)} added`],
    });
    expect(await shop.pass()).toMatchObject({ totals: { created: 0, updated: 1, skipped: 1 } });
    expect(shop.workshop.sandbox.contacts().map(({ name }) => name)).toEqual(['Anna', 'Ben']);
  });

  it('a preview of merges in a row, and of two into one, hands down as the import does', async () => {
    shop.crm.end('A', { how: 'merged', into: 'M' });
    shop.crm.end('M', { how: 'merged', into: 'N' });
    shop.crm.end('B', { how: 'merged', into: 'N' });
    shop.crm.put('N', { Name: 'Nora', Phone: phoneOf(7) });
    const [ann, ben] = [shop.idOf('Ann'), shop.idOf('Ben')];
    const { A, B, N } = await preview();
    expect(A).toEqual(['skipped', `Merged into the record M; contact ${ann} now stands for that.`]);
    expect(B).toEqual(['skipped', `Merged into the record N; contact ${ben} now stands for that.`]);
    expect(N?.[1]).toContain(`would go into contact ${ben} (handed down)`);
    expect(await shop.pass()).toMatchObject({ totals: { created: 0, updated: 1 } });
    expect(shop.workshop.sandbox.contacts().map(({ id, name }) => [id, name])).toContainEqual([ben, 'Nora']);
  });

  it.each(['AB', 'BA'])(
    'of two that are merged into a new record (%s) the one goes on that has its number',
    async (order) => {
      const [ann, ben] = [shop.idOf('Ann'), shop.idOf('Ben')];
      for (const id of order) shop.crm.end(id, { how: 'merged', into: 'N' });
      shop.crm.put('N', { Name: 'Anna', Phone: phoneOf(1), Mail: 'ben@example.com' });
      expect(await preview()).toMatchObject({
        A: ['skipped', `Merged into the record N; contact ${ann} now stands for that.`],
        B: ['removed', 'would be deleted'],
        N: ['updated', expect.stringContaining(`would go into contact ${ann} (handed down)`) as string],
      });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 1, updated: 1, skipped: 1 } });
      expect(shop.contacts().map(({ id, name }) => [id, name])).toEqual([[ann, 'Anna']]);
      expect(ben).not.toBe(ann);
    },
  );

  it('a preview of a merge into a record with a contact deletes the second one, which no heir is given', async () => {
    shop.crm.end('A', { how: 'merged', into: 'B' });
    expect((await preview())['A']).toEqual(['removed', 'would be deleted']);
  });

  it('a preview of a conversion says that the contact stands for the record of the other connection', async () => {
    shop.crm.end('A', { how: 'converted', into: 'P' });
    expect((await preview())['A']).toEqual([
      'skipped',
      `Converted to the record P; contact ${shop.idOf('Ann')} now stands for that.`,
    ]);
  });
});
