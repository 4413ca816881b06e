import { RetryableError } from '@cloudtalk-sync/errors';
import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, async (opened) => {
    shop = opened;
    shop.crm.canBeAsked = true;
    await shop.restart({ onDelete: 'delete' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
  });

  const names = () => shop.workshop.sandbox.contacts().map(({ name }) => name);
  const links = () =>
    shop.workshop.database.dataSource.query<{ key: string; gone: unknown }[]>('SELECT * FROM links ORDER BY key');
  const goneKeys = async () => (await links()).filter(({ gone }) => gone !== null).map(({ key }) => key);
  let turns = 0;
  /** Makes the next pass read everything, as another mapping does. */
  const inFull = (more: Parameters<CrmWorkshop['restart']>[0] = {}) => {
    turns += 1;
    return shop.restart({ mapping: { ...CRM_MAPPING, title: `Title${turns}` }, ...more });
  };
  async function fill(count: number): Promise<readonly string[]> {
    const ids = Array.from({ length: count }, (_, index) => `R${index}`);
    for (const [index, id] of ids.entries()) shop.crm.put(id, { Name: `Person ${index}`, Phone: phoneOf(100 + index) });
    await shop.pass();
    return ids;
  }

  it('a record that was erased for good loses its contact with the next reading of everything, and once', async () => {
    await shop.pass();
    expect(shop.crm.asked).toEqual([]);
    shop.crm.erase('B');
    expect(await shop.pass()).toMatchObject({ rows: 0 });
    expect(shop.crm.asked).toEqual([]);
    await inFull();
    expect(await shop.pass()).toMatchObject({ rows: 3, totals: { removed: 1, unchanged: 2 }, warnings: [] });
    expect(names()).toEqual(['Ann', 'Cat']);
    expect(await goneKeys()).toEqual(['id:B']);
    expect(shop.crm.asked.map((ids) => [...ids].sort())).toEqual([['A', 'B', 'C']]);
    await inFull();
    expect(await shop.pass()).toMatchObject({ rows: 2, totals: { removed: 0 } });
    expect(shop.crm.asked).toHaveLength(1);
  });

  it('a record that only left the condition, or lies in the bin, is no erased one', async () => {
    await shop.pass();
    shop.crm.erase('B');
    shop.crm.elsewhere.add('B');
    await inFull();
    expect(await shop.pass()).toMatchObject({ rows: 2, totals: { removed: 0 } });
    expect(shop.crm.asked).toHaveLength(1);
    expect(names()).toEqual(['Ann', 'Ben', 'Cat']);
    expect(await goneKeys()).toEqual([]);
  });

  it('a source that calls erased who was just read is not believed until it gives that record no more', async () => {
    await shop.pass();
    shop.crm.erase('B');
    shop.crm.onAsked = () => shop.crm.erase('A');
    await inFull();
    const run = await shop.pass();
    expect(run).toMatchObject({ status: 'completed', rows: 2, totals: { removed: 0 } });
    expect(run.warnings.map(({ message }) => message)).toEqual([
      'Asked which records were erased, the source named one that it had just given, so that its answer is not believed: the contacts of those it was asked about stay as they are. The next reading of everything asks again.',
    ]);
    expect(names()).toEqual(['Ann', 'Ben', 'Cat']);
    shop.crm.onAsked = () => undefined;
    await inFull();
    expect(await shop.pass()).toMatchObject({ totals: { removed: 2 }, warnings: [] });
    expect(names()).toEqual(['Cat']);
  });

  it('of a source that gave nothing, or nothing that lives, nobody is asked about', async () => {
    await shop.pass();
    for (const id of ['A', 'B', 'C']) shop.crm.erase(id);
    await inFull();
    expect((await shop.pass()).warnings[0]?.message).toContain('gave no record at all');
    shop.crm.end('A', { how: 'deleted' });
    expect((await shop.pass()).warnings[0]?.message).toContain('gave no living record at all');
    expect(shop.crm.asked).toEqual([]);
    expect(names()).toEqual(['Ben', 'Cat']);
  });

  it('so many at once are not believed, are said, and keep their contacts', async () => {
    const ids = await fill(60);
    for (const id of ids.slice(0, 51)) shop.crm.erase(id);
    await inFull();
    const run = await shop.pass();
    expect(run).toMatchObject({ status: 'completed', rows: 12, totals: { removed: 0 } });
    expect(run.warnings.map(({ message }) => message)).toEqual([
      'More than 50 of the 51 records that the source gave before, and not this time, are unknown to it now. So many are rather hidden from the user of the connection than erased: their contacts stay as they are. If they were erased, set mostErased of the connection as high as their number, at most to 51: the next import then follows them.',
    ]);
    expect(names()).toHaveLength(63);
    expect(await goneKeys()).toEqual([]);
    shop.crm.elsewhere.add('R0');
    await inFull();
    expect(await shop.pass()).toMatchObject({ totals: { removed: 50 }, warnings: [] });
  });

  it('as many as the config names are believed, and followed by the next import', async () => {
    const ids = await fill(60);
    for (const id of ids.slice(0, 51)) shop.crm.erase(id);
    await shop.restart({ mostErased: 50 });
    expect((await shop.pass()).warnings[0]?.message).toContain('More than 50 of the 51 records');
    await shop.restart({ mostErased: 51 });
    expect(await shop.pass()).toMatchObject({ totals: { removed: 51 }, warnings: [] });
  });

  it('a source that fails while it is asked leaves all as it is, and is asked anew', async () => {
    await shop.pass();
    shop.crm.erase('B');
    await inFull();
    shop.crm.onAsked = (question) => {
      if (question > 1) return;
      throw new RetryableError({ code: 'away', message: 'It is away.', fix: 'Wait.' }, { retryAt: new Date() });
    };
    expect(await shop.pass()).toMatchObject({ rows: 3, totals: { removed: 1, unchanged: 2 } });
    expect(shop.crm.asked).toHaveLength(2);
    expect(names()).toEqual(['Ann', 'Cat']);
  });

  it('an import that is stopped in the midst of asking makes no row twice', async () => {
    const ids = await fill(150);
    for (const id of ids.slice(0, 149)) shop.crm.erase(id);
    for (const id of ids.slice(3, 149)) shop.crm.elsewhere.add(id);
    await inFull();
    const isReached = new Promise<void>((resolve) => {
      shop.crm.onAsked = async (question) => {
        if (question !== 2) return;
        resolve();
        await new Promise((go) => setTimeout(go, 200));
      };
    });
    const [id = ''] = await shop.workshop.operator.pass('drop');
    await isReached;
    await shop.restart();
    const [run] = await shop.workshop.untilEnded([id]);
    expect(run).toMatchObject({ rows: 7, totals: { removed: 3, unchanged: 4 } });
    expect(await goneKeys()).toEqual(['id:R0', 'id:R1', 'id:R2']);
    expect(shop.crm.asked).toHaveLength(4);
    expect(Math.max(...shop.crm.asked.map(({ length }) => length))).toBe(100);
  });

  it('a preview says which contacts would be deleted, and changes nothing', async () => {
    await shop.pass();
    shop.crm.erase('B');
    await inFull();
    const before = await links();
    const [run] = await shop.workshop.untilEnded(await shop.workshop.engine.requestPreview('drop'));
    const rows = await shop.workshop.operator.rows(run?.id ?? '', 10);
    expect(rows.at(-1)).toMatchObject({ record: 'B', outcome: 'removed', reason: 'would be deleted' });
    expect(await links()).toEqual(before);
    expect(names()).toHaveLength(3);
  });

  it('a record that comes back has a contact again', async () => {
    await shop.pass();
    shop.crm.erase('B');
    await inFull();
    await shop.pass();
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
    expect(names()).toContain('Ben');
    expect(await goneKeys()).toEqual([]);
  });
});
