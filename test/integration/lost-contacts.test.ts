import type { Database } from '@cloudtalk-sync/store';
import { expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { useDatabase, Workshop } from '../support/workshop.js';

const numbers = (...them: readonly number[]) => them.map((number) => ({ public_number: phoneOf(number) }));

forEachDatabase((openFresh) => {
  let database: Database;
  let shop: Workshop | undefined;

  useDatabase(
    openFresh,
    () => shop,
    (given) => {
      database = given;
    },
  );

  /** A record whose contact an agent then merges into one of more numbers, and the id of that one. */
  async function openWithMerged(): Promise<CrmWorkshop & { readonly merged: number }> {
    const opened = await openCrmWorkshop(database);
    shop = opened.workshop;
    const { sandbox } = opened.workshop;
    opened.crm.put('A', { Name: 'Jana', Phone: phoneOf(1) });
    await opened.pass();
    sandbox.remove(sandbox.contacts()[0]?.id ?? 0);
    return { ...opened, merged: sandbox.add({ name: 'Jana', ContactNumber: numbers(1, 8) }) };
  }

  it('a record whose number changes goes into the contact that an agent merged its own into', async () => {
    const { crm, merged, pass, workshop } = await openWithMerged();
    crm.put('A', { Name: 'Jana', Phone: phoneOf(2) });
    expect(await pass()).toMatchObject({ totals: { updated: 1, created: 0 } });
    expect(workshop.sandbox.contacts()).toMatchObject([{ id: merged, phones: [phoneOf(1), phoneOf(8), phoneOf(2)] }]);
  });

  it('a preview says so', async () => {
    const { crm, merged, workshop } = await openWithMerged();
    crm.put('A', { Name: 'Jana', Phone: phoneOf(2) });
    const previews = await workshop.engine.requestPreview('drop');
    expect(await workshop.untilEnded(previews)).toMatchObject([{ totals: { updated: 1, created: 0 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([{ id: merged, phones: [phoneOf(1), phoneOf(8)] }]);
  });

  it('what a record had before leads nowhere when another record stands for it', async () => {
    const { crm, merged, pass, workshop } = await openWithMerged();
    crm.put('B', { Name: 'Eva', Phone: phoneOf(1) });
    await pass();
    crm.put('A', { Name: 'Jana', Phone: phoneOf(2) });
    expect(await pass()).toMatchObject({ totals: { updated: 0, created: 1 } });
    expect(workshop.sandbox.contacts()).toMatchObject([{ id: merged, name: 'Eva' }, { phones: [phoneOf(2)] }]);
  });

  it('a row whose contact goes away between the search and the look at it goes into the next that it matches', async () => {
    const { crm, pass, workshop } = await openCrmWorkshop(database, { account: { requestTimeout: 20_000 } });
    shop = workshop;
    const { sandbox } = workshop;
    const before = sandbox.add({ name: 'Before', ContactNumber: numbers(1) });
    crm.put('Z', { Name: 'Other', Phone: phoneOf(9) });
    await pass();
    sandbox.remove(before);
    const again = sandbox.add({ name: 'Again', ContactNumber: numbers(1) });
    const next = sandbox.add({ name: 'Next', ContactEmail: [{ email: 'a@example.com' }] });
    sandbox.fault({ kind: 'slow', delay: 500, match: '/contacts/index' });
    crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'a@example.com' });
    const runs = await workshop.engine.requestPass('drop');
    const searches = (): number => sandbox.operations.filter(({ path }) => path.includes('keyword')).length;
    await expect.poll(searches, { interval: 5 }).toBe(1);
    sandbox.remove(again);
    expect(await workshop.untilEnded(runs)).toMatchObject([{ totals: { created: 0, updated: 1 } }]);
    expect(sandbox.contacts()).toContainEqual(expect.objectContaining({ id: next, name: 'Ann', phones: [phoneOf(1)] }));
    expect(sandbox.contacts()).toHaveLength(2);
  });

  it('a row whose contact goes away twice has failed, and goes in when it comes again', async () => {
    const workshop = (shop = await Workshop.open(database, { account: { requestTimeout: 20_000 } }));
    const { sandbox } = workshop;
    const line = (title: string): string => csv('name,phone,title', `Jana,${phoneOf(1)},${title}`);
    await workshop.drop('a.csv', line('A'));
    await workshop.import();
    sandbox.remove(sandbox.contacts()[0]?.id ?? 0);
    const merged = sandbox.add({ name: 'Jana', ContactNumber: numbers(1) });
    sandbox.fault({ kind: 'slow', delay: 2000, match: '/contacts/show' });
    await workshop.drop('b.csv', line('B'));
    const ids = await workshop.engine.requestPass('drop');
    const isShown = (): boolean => sandbox.operations.some(({ path }) => path.startsWith('/contacts/show'));
    await expect.poll(isShown, { interval: 5 }).toBe(true);
    sandbox.remove(merged);
    expect(await workshop.untilEnded(ids)).toMatchObject([{ totals: { failed: 1 } }]);
    expect(await workshop.report('.errors.csv')).toContain(
      '"CloudTalk lost the contact of this row twice while the row was sent: it was deleted, or merged into another.",' +
        `"Nothing is wrong with the row: try it again with 'retry', or let the record come again."`,
    );
    await workshop.drop('c.csv', line('B'));
    expect(await workshop.import()).toMatchObject([{ totals: { created: 1 } }]);
    expect(sandbox.contacts()).toMatchObject([{ title: 'B' }]);
  });

  it('records that went into such a row go in when they come again, as it does', async () => {
    const opened = await openCrmWorkshop(database, { account: { requestTimeout: 20_000 } });
    const { crm, pass, workshop } = opened;
    shop = workshop;
    const { sandbox } = workshop;
    const jana = (title: string) => ({ Name: 'Jana', Phone: phoneOf(1), Title: title });
    crm.put('A', jana('A'));
    await pass();
    sandbox.remove(sandbox.contacts()[0]?.id ?? 0);
    const merged = sandbox.add({ name: 'Jana', ContactNumber: numbers(1) });
    sandbox.fault({ kind: 'slow', delay: 2000, match: '/contacts/show' });
    for (const id of ['A', 'B', 'C']) crm.put(id, jana('B'));
    const ids = await workshop.engine.requestPass('drop');
    const isShown = (): boolean => sandbox.operations.some(({ path }) => path.startsWith('/contacts/show'));
    await expect.poll(isShown, { interval: 5 }).toBe(true);
    sandbox.remove(merged);
    expect(await workshop.untilEnded(ids)).toMatchObject([{ totals: { failed: 3 } }]);
    crm.put('C', jana('B'));
    expect(await pass()).toMatchObject({ totals: { created: 1 } });
    crm.put('B', jana('B'));
    expect(await pass()).toMatchObject({ totals: { failed: 0 } });
  });
});
