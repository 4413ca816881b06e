import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { ShiftedClock } from '../support/shifted-clock.js';

/** A key that was refused is tried again within so many milliseconds. */
const NEXT_CHECK = 61_000;

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;
  const clock = new ShiftedClock();

  useCrmWorkshop(openFresh, { clock }, (opened) => {
    shop = opened;
  });

  async function preview() {
    const [run] = await shop.workshop.untilEnded(await shop.workshop.engine.requestPreview('drop'));
    if (!run) throw new Error('There was no preview.');
    const rows = await shop.workshop.operator.rows(run.id, 200);
    return { totals: run.totals, ends: rows.map(({ outcome, reason }) => [outcome, reason]) };
  }

  it('a preview counts a record that comes again with another number as the import does', async () => {
    const { crm } = shop;
    crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: '1' });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(2), Title: '2' });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(3), Title: '3' });
    const into = ['updated', 'would go into the contact that row 1 would create'];
    const { ends, totals } = await preview();
    expect(ends).toEqual([['created', 'would be a new contact'], into, into]);
    expect((await shop.pass()).totals).toEqual(totals);
  });

  it('also when its contact is there, and its second number is somebody else’s, and much lies in between', async () => {
    const { crm, workshop } = shop;
    const ann = workshop.sandbox.add({ name: 'Ann', ContactNumber: [{ public_number: phoneOf(1) }] });
    workshop.sandbox.add({ name: 'Somebody else', ContactNumber: [{ public_number: phoneOf(2) }] });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: '1' });
    for (let other = 0; other < 150; other += 1) crm.put(`${other}`, { Name: 'Other', Phone: phoneOf(100 + other) });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(2), Title: '2' });
    const { ends, totals } = await preview();
    expect(ends.at(-1)).toEqual(['updated', `would go into contact ${ann}, as row 1 of the same record`]);
    expect((await shop.pass()).totals).toEqual(totals);
    expect(workshop.sandbox.contacts()[0]?.phones.toSorted()).toEqual([phoneOf(1), phoneOf(2)]);
  });

  it('also when it is broken off in between', async () => {
    const { crm, workshop } = shop;
    workshop.sandbox.add({ name: 'Ben', ContactNumber: [{ public_number: phoneOf(5) }] });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: '1' });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(2), Title: '2' });
    crm.put('B', { Name: 'Ben', Phone: phoneOf(5), Mail: 'ben@example.com' });
    workshop.sandbox.fault({ kind: 'refuse key', match: '/contacts/show', times: 1 });
    const ids = await workshop.engine.requestPreview('drop');
    await workshop.until(ids, ({ waiting }) => waiting !== null);
    clock.advance(NEXT_CHECK);
    expect(await workshop.untilEnded(ids)).toMatchObject([{ totals: { created: 1, updated: 2 } }]);
  });

  it('but not when what came first is refused', async () => {
    const { crm } = shop;
    await shop.restart({ mapping: { name: 'Name', phone: 'Phone', favorite_agent: 'Agent' } });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Agent: 'nobody@example.com' });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(2) });
    const { ends, totals } = await preview();
    expect(ends.map(([outcome]) => outcome)).toEqual(['failed', 'created']);
    expect((await shop.pass()).totals).toEqual(totals);
  });
});
