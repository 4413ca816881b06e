import { beforeEach, describe, expect, it } from 'vitest';
import { endedText, runText } from '../../apps/cli/src/run-text.js';
import { phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
  });

  describe('a record that is no more', () => {
    beforeEach(async () => {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    });

    it('leaves its contact, and is said once', async () => {
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      shop.crm.end('X', { how: 'deleted' });
      const run = await shop.pass();
      expect(run).toMatchObject({ status: 'completed', rows: 1, totals: { skipped: 1 } });
      expect(await shop.reasons(run.id)).toEqual([
        `Deleted in the source; its contact ${shop.idOf('Ann')} stays, as onDelete: keep says.`,
      ]);
      shop.crm.end('A', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ rows: 0 });
      expect(shop.contacts()).toHaveLength(2);
    });

    it('takes its contact with it where the policy says so, also in the run that brought it', async () => {
      await shop.restart({ onDelete: 'delete' });
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
      shop.crm.end('C', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { created: 3, removed: 1 } });
      shop.crm.end('A', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 1 } });
      expect(shop.contacts().map(({ name }) => name)).toEqual(['Ben']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
      expect(shop.contacts().map(({ name }) => name)).toEqual(['Ben', 'Ann']);
    });

    it('is no more again without a contact when it could not be imported meanwhile', async () => {
      await shop.restart({ onDelete: 'delete' });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: '12' });
      expect(await shop.pass()).toMatchObject({ totals: { failed: 1 } });
      shop.crm.end('A', { how: 'deleted' });
      const run = await shop.pass();
      expect(await shop.reasons(run.id)).toEqual([
        'It is no more in the source, and stands for no contact in CloudTalk.',
      ]);
    });

    it('leaves a contact for which another record stands, whatever the policy', async () => {
      await shop.restart({ onDelete: 'delete' });
      shop.crm.put('A2', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      const run = await shop.pass();
      expect(run).toMatchObject({ totals: { skipped: 1 } });
      expect((await shop.reasons(run.id))[0]).toContain('because another record stands for it');
      expect(shop.contacts()).toHaveLength(2);
    });

    it.each([
      ['is refused', { Phone: '12' }],
      ['must not be called', { Phone: phoneOf(1), NoCall: true }],
    ])('keeps the contact of another record that ends when it is back and %s', async (_what, fields) => {
      await shop.restart({ onDelete: 'delete', doNotCall: { fields: ['NoCall'], then: 'skip' } });
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', ...fields });
      await shop.pass();
      shop.crm.end('C', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { skipped: 1, removed: 0 } });
      expect(shop.contacts().map(({ name }) => name)).toEqual(['Ann', 'Ben']);
    });

    it('says that its contact was gone before, as an agent may have merged it, where it was to be deleted', async () => {
      await shop.restart({ onDelete: 'delete' });
      await shop.pass();
      shop.workshop.sandbox.remove(shop.idOf('Ann'));
      shop.crm.end('A', { how: 'deleted' });
      const run = await shop.pass();
      expect(run).toMatchObject({ totals: { removed: 1 } });
      expect((await shop.reasons(run.id))[0]).toContain('or merged into another one, which stays');
    });

    it('that was merged hands its contact down to a record that has none', async () => {
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'M' });
      shop.crm.end('M', { how: 'merged', into: 'N' });
      shop.crm.put('N', { Name: 'Ann New', Phone: phoneOf(9) });
      expect(await shop.pass()).toMatchObject({ totals: { created: 0, updated: 1 } });
      expect(shop.contacts()).toMatchObject([{ name: 'Ann New', phones: [phoneOf(1), phoneOf(9)] }, { name: 'Ben' }]);
    });

    it('that was merged hands its contact down to one that CloudTalk had lost, which brings all that it has', async () => {
      const ben = { Name: 'Ben', Phone: phoneOf(2), Mail: 'ben@example.com', Title: 'Boss' };
      shop.crm.put('B', ben);
      shop.crm.put('D', { Name: 'Dan', Mail: 'ben@example.com' });
      await shop.pass();
      shop.workshop.sandbox.remove(shop.contacts()[1]?.id ?? 0);
      shop.crm.put('D', { Name: 'Dan', Mail: 'dan@example.com' });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      shop.crm.put('B', ben);
      await shop.pass();
      expect(shop.contacts()).toMatchObject([
        {
          name: 'Ben',
          title: 'Boss',
          phones: [phoneOf(1), phoneOf(2)],
          emails: ['ann@example.com', 'ben@example.com'],
        },
        { name: 'Dan' },
      ]);
    });

    it('that was merged into one with a contact keeps the second one and says so', async () => {
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      const run = await shop.pass();
      expect((await shop.reasons(run.id))[0]).toContain(`contact ${shop.idOf('Ann')} is a second one and stays`);
      expect(shop.contacts()).toHaveLength(2);
    });

    it('is shown with the reason, as are others for the same one, with their number', async () => {
      for (const number of [3, 4, 5]) shop.crm.put(`C${number}`, { Name: `Cat ${number}`, Phone: phoneOf(number) });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      for (const number of [3, 4, 5]) shop.crm.end(`C${number}`, { how: 'deleted' });
      const run = await shop.pass();
      const causes = await shop.workshop.operator.causes(run.id);
      expect(causes.skipped).toMatchObject([
        { rows: 3, firstRecord: 'C3' },
        { rows: 1, firstRecord: 'A' },
      ]);
      const text = runText(run, [], causes);
      expect(text).toContain(`3 × first record C3: Deleted in the source; its contact ${shop.idOf('Cat 3')} stays, as`);
      expect(text).toContain(`1 × record A: Merged into the record B, whose contact is ${shop.idOf('Ben')}; contact`);
      expect(await endedText(shop.workshop.operator, [run])).toContain('3 × first record C3: Deleted');
    });

    it('that was merged into one with a contact loses the second one where the policy says so', async () => {
      await shop.restart({ onMerge: 'delete second' });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 1 } });
      expect(shop.contacts().map(({ name }) => name)).toEqual(['Ben']);
    });

    it.each([
      ['delete second', []],
      ['relink', ['Ann']],
    ] as const)('that was merged into one that is deleted before it follows onMerge: %s', async (onMerge, left) => {
      await shop.restart({ onDelete: 'delete', onMerge });
      const others = Array.from({ length: 30 }, (_, index) => `C${index}`);
      for (const [index, id] of others.entries()) shop.crm.put(id, { Name: id, Phone: phoneOf(index + 3) });
      await shop.pass();
      for (const id of ['B', ...others]) shop.crm.end(id, { how: 'deleted' });
      shop.crm.end('A', { how: 'merged', into: 'B' });
      const run = await shop.pass();
      expect(shop.contacts().map(({ name }) => name)).toEqual(left);
      expect((await shop.reasons(run.id)).filter((reason) => reason !== null)).toEqual(
        left.map(
          (name) =>
            `Merged into the record B, which is no more; contact ${shop.idOf(name)} stays, as onMerge: relink says.`,
        ),
      );
    });

    it('whose deletion got no answer is looked up, and is gone once', async () => {
      await shop.restart({ onDelete: 'delete' });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      shop.crm.end('B', { how: 'deleted' });
      shop.workshop.sandbox.fault({ kind: 'drop', match: 'bulk', when: 'after' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 2 } });
      expect(shop.contacts()).toEqual([]);
    });
  });

  it.each([true, false])(
    'a merge that mends its survivor deletes the second contact (the survivor is read first: %s)',
    async (first) => {
      await shop.restart({ onMerge: 'delete second' });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      shop.crm.put('N', { Name: 'Anna', Phone: '12' });
      await shop.pass();
      const mend = () => shop.crm.put('N', { Name: 'Anna', Phone: phoneOf(1) });
      if (first) mend();
      for (const id of ['B', 'A']) shop.crm.end(id, { how: 'merged', into: 'N' });
      if (!first) mend();
      expect(await shop.pass()).toMatchObject({ totals: { removed: 1, updated: 1 } });
      expect(shop.contacts().map(({ name }) => name)).toEqual(['Anna']);
    },
  );

  describe('a record that lives again keeps its contact when the other record of it is deleted', () => {
    beforeEach(async () => {
      await shop.restart({ onDelete: 'delete' });
      for (const id of ['A', 'C']) shop.crm.put(id, { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
    });

    it('before it in the same import', async () => {
      const ann = shop.idOf('Ann');
      shop.crm.end('C', { how: 'deleted' });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(shop.contacts().map(({ id }) => id)).toEqual([ann]);
    });

    it('after CloudTalk had refused it', async () => {
      shop.workshop.sandbox.fault({ kind: 'refuse command', index: 0, match: 'bulk', fields: { name: ['No.'] } });
      shop.crm.put('A', { Name: 'Anna', Phone: phoneOf(1) });
      expect(await shop.pass()).toMatchObject({ totals: { failed: 1 } });
      shop.crm.end('C', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 0, skipped: 1 } });
      expect(shop.contacts()).toHaveLength(1);
    });
  });

  describe('a record that comes back after it was merged', () => {
    beforeEach(async () => {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      await shop.pass();
    });
    const known = () => shop.contacts().map(({ name, phones }) => [name, ...phones]);

    it('has the contact of its number again, and leaves that of the other record alone', async () => {
      const ann = shop.idOf('Ann');
      shop.crm.put('A', { Name: 'Anna', Phone: phoneOf(1), Title: 'Boss' });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
      expect(known()).toEqual([
        ['Anna', phoneOf(1)],
        ['Ben', phoneOf(2)],
      ]);
      shop.crm.put('A', { Name: 'Anna', Phone: phoneOf(7) });
      await shop.pass();
      expect(shop.contacts()[0]).toMatchObject({ id: ann, phones: [phoneOf(1), phoneOf(7)] });
    });

    it('gets a new contact where no contact has its number or e-mail', async () => {
      shop.workshop.sandbox.edit(shop.idOf('Ann'), { ContactNumber: [{ public_number: 421901000005 }] });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(8) });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
      expect(known()).toContainEqual(['Ben', phoneOf(2)]);
      expect(known()).toContainEqual(['Ann', phoneOf(8)]);
    });
  });
});
