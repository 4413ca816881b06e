import { expect, it } from 'vitest';
import { previewText } from '../../apps/cli/src/preview-text.js';
import { phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, async (opened) => {
    shop = opened;
    shop.crm.writesBack = true;
    await shop.restart({ report: { status: 'Status' } });
    shop.crm.locked.add('A');
    shop.crm.put('A', { Name: 'Ann', Phone: '12' });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    await shop.pass();
    shop.crm.end('A', { how: 'deleted' });
    shop.crm.end('B', { how: 'deleted' });
  });

  const ben = () => shop.workshop.sandbox.contacts()[0]?.id;
  const links = () => shop.workshop.database.dataSource.query<unknown[]>('SELECT * FROM links ORDER BY key');
  async function preview() {
    const [run] = await shop.workshop.untilEnded(await shop.workshop.engine.requestPreview('drop'));
    if (!run) throw new Error('There was no preview.');
    const rows = await shop.workshop.operator.rows(run.id, 10);
    return { run, rows, ends: rows.slice(-2).map(({ outcome, reason }) => [outcome, reason]) };
  }
  const NO_CONTACT = ['skipped', 'It is no more in the source, and stands for no contact in CloudTalk.'];

  it('a preview of deletions says which contacts stay, and leaves what is known as it is', async () => {
    const before = await links();
    expect((await preview()).ends).toEqual([
      NO_CONTACT,
      ['skipped', `Deleted in the source; its contact ${ben()} stays, as onDelete: keep says.`],
    ]);
    expect(await links()).toEqual(before);
    expect(await shop.pass()).toMatchObject({ totals: { skipped: 2 } });
  });

  it('a preview of deletions says which contacts would be deleted', async () => {
    await shop.restart({ onDelete: 'delete' });
    const before = await links();
    const { ends, rows, run } = await preview();
    expect(ends).toEqual([NO_CONTACT, ['removed', 'would be deleted']]);
    expect(previewText(run, rows)).toContain('1 deleted, 1 skipped, 1 failed');
    expect(await links()).toEqual(before);
    expect(shop.workshop.sandbox.contacts()).toHaveLength(1);
  });

  it('a preview of deletions says which contacts would be tagged', async () => {
    await shop.restart({ onDelete: { tag: 'left' } });
    const before = await links();
    expect((await preview()).ends).toEqual([
      NO_CONTACT,
      ['updated', `Deleted in the source; its contact ${ben()} would get the tag 'left'`],
    ]);
    expect(await links()).toEqual(before);
    expect(shop.workshop.sandbox.contacts()[0]?.tags).toEqual([]);
  });
});
