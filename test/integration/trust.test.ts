import type { Database } from '@cloudtalk-sync/store';
import { expect, it } from 'vitest';
import { contactsCsv, csv, phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { FastClock } from '../support/fast-clock.js';
import { useDatabase, Workshop, type WorkshopOptions } from '../support/workshop.js';

const REPLACE = { numbers: 'replace', emails: 'replace', tags: 'add', attributes: 'managed' } as const;

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

  async function open(options: WorkshopOptions = {}): Promise<Workshop> {
    shop = await Workshop.open(database, options);
    return shop;
  }
  const titles = (workshop: Workshop): readonly string[] => workshop.sandbox.contacts().map(({ title }) => title);

  it('a value that goes back while an older one is still on its way is what stays', async () => {
    const workshop = await open();
    await workshop.drop('0.csv', csv('name,phone,title', `Jana,${phoneOf(1)},B`));
    await workshop.import();
    workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk' });
    await workshop.drop('1.csv', csv('name,phone,title', `Jana,${phoneOf(1)},A`));
    const first = await workshop.engine.requestPass('drop');
    await workshop.until(first, (run) => run.status === 'waiting');
    await workshop.drop('2.csv', csv('name,phone,title', `Jana,${phoneOf(1)},B`));
    const second = await workshop.engine.requestPass('drop');
    await workshop.until(second, (run) => run.status !== 'requested' && run.status !== 'reading');
    await workshop.stop();
    await workshop.start();
    await workshop.untilEnded([...first, ...second]);
    expect(titles(workshop)).toEqual(['B']);
  });

  it('a record that a source repeats ends as its last row says, also when that was accepted before', async () => {
    const { crm, pass, workshop } = await openCrmWorkshop(database);
    shop = workshop;
    crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Title: 'B' });
    await pass();
    crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Title: 'A' });
    crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Title: 'B' });
    await pass();
    expect(titles(workshop)).toEqual(['B']);
  });

  it('a number that went to somebody else leads nobody to the wrong contact, whatever replaces lists', async () => {
    const workshop = await open({ account: { directoryMaxAge: 1 }, connection: { lists: REPLACE } });
    const xaver = workshop.sandbox.add({ name: 'Xaver', ContactNumber: [{ public_number: phoneOf(1) }] });
    await workshop.drop('a.csv', contactsCsv(1));
    await workshop.import();
    workshop.sandbox.edit(xaver, { name: 'Xaver', ContactNumber: [{ public_number: phoneOf(2) }] });
    await workshop.drop('b.csv', csv('name,phone', `New owner,${phoneOf(1)}`));
    expect(await workshop.import()).toMatchObject([{ totals: { created: 1, updated: 0 } }]);
    expect(workshop.sandbox.contacts()).toContainEqual(
      expect.objectContaining({ name: 'Xaver', phones: [phoneOf(2)] }),
    );
  });

  it('a contact that somebody makes while an import waits is found', async () => {
    const clock = new FastClock();
    const workshop = await open({ clock, sandbox: { clock: clock.now }, account: { directoryMaxAge: 30_000 } });
    workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk' });
    await workshop.drop('a.csv', csv('name,phone', `Jana,${phoneOf(1)}`));
    const runs = await workshop.engine.requestPass('drop');
    await workshop.until(runs, (run) => run.status === 'waiting');
    workshop.sandbox.add({ name: 'Jana by an agent', ContactNumber: [{ public_number: phoneOf(1) }] });
    expect(await workshop.untilEnded(runs)).toMatchObject([{ totals: { updated: 1, created: 0 } }]);
    expect(workshop.sandbox.contacts()).toHaveLength(1);
  });

  it('a second number that was only seen once leads to its contact', async () => {
    const workshop = await open();
    workshop.sandbox.add({
      name: 'Xaver',
      ContactNumber: [{ public_number: phoneOf(1) }, { public_number: phoneOf(2) }],
    });
    await workshop.drop('a.csv', csv('name,phone', `Xaver,${phoneOf(1)}:${phoneOf(3)}`));
    await workshop.import();
    await workshop.drop('b.csv', csv('name,phone', `Xaver,${phoneOf(2)}`));
    await workshop.import();
    expect(workshop.sandbox.contacts()).toHaveLength(1);
  });

  it('an outage of CloudTalk fails no row, however long, and the import goes on by itself', async () => {
    const clock = new FastClock();
    const workshop = await open({ clock, sandbox: { clock: clock.now }, account: { settle: 60_000 } });
    workshop.sandbox.fault({ kind: 'error', when: 'before', status: 502, html: true, match: 'bulk', times: 1000 });
    await workshop.drop('a.csv', contactsCsv(3));
    const runs = await workshop.engine.requestPass('drop');
    await workshop.until(runs, ({ waiting }) => waiting?.code === 'cloudtalk_failing');
    const begun = clock.now().getTime();
    await expect.poll(() => clock.now().getTime() - begun).toBeGreaterThan(900_000);
    expect(await workshop.operator.run(runs[0] ?? '')).toMatchObject({
      totals: { failed: 0 },
      endedAt: null,
    });
    workshop.sandbox.calm();
    expect(await workshop.untilEnded(runs)).toMatchObject([{ status: 'completed', totals: { created: 3 } }]);
  });

  it('what CloudTalk merges into a contact of more numbers keeps them, also when the record comes again', async () => {
    const { crm, pass, workshop } = await openCrmWorkshop(database, { sandbox: { mergeOnAdd: true } });
    shop = workshop;
    crm.put('Z', { Name: 'Warm up', Phone: phoneOf(9) });
    await pass();
    workshop.sandbox.add({
      name: 'Made by an agent',
      ContactNumber: [{ public_number: phoneOf(1) }, { public_number: phoneOf(8) }],
    });
    crm.put('A', { Name: 'Jana', Phone: phoneOf(1) });
    crm.put('A', { Name: 'Jana', Phone: phoneOf(2) });
    await pass();
    const jana = workshop.sandbox.contacts().find(({ name }) => name === 'Jana');
    expect(jana?.phones.toSorted()).toEqual([phoneOf(1), phoneOf(2), phoneOf(8)]);
  });

  it('an emptied list loses what the record had put there, and nothing else', async () => {
    const mapping = {
      ...CRM_MAPPING,
      email: { from: 'Mail', clear: true as const },
      tags: [{ from: 'Tag', clear: true as const }],
    };
    const { crm, pass, workshop } = await openCrmWorkshop(database, { connection: { mapping } });
    shop = workshop;
    crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Mail: 'ours@example.com', Tag: 'ours' });
    await pass();
    workshop.sandbox.edit(workshop.sandbox.contacts()[0]?.id ?? 0, {
      ContactEmail: [{ email: 'ours@example.com' }, { email: 'theirs@example.com' }],
      ContactsTag: [{ name: 'ours' }, { name: 'theirs' }],
    });
    crm.put('A', { Name: 'Jana', Phone: phoneOf(1), Mail: '', Tag: null });
    await pass();
    expect(workshop.sandbox.contacts()).toMatchObject([{ emails: ['theirs@example.com'], tags: ['theirs'] }]);
  });

  it('rows that CloudTalk itself refuses stop an import as early as those that we refuse', async () => {
    const workshop = await open({ connection: { stopAtFailureShare: 0.9 } });
    workshop.sandbox.fault({ kind: 'refuse request', match: 'bulk', times: 1000 });
    await workshop.drop('a.csv', contactsCsv(150));
    const [run] = await workshop.import();
    expect(run).toMatchObject({ status: 'stopped', error: { code: 'too_many_failures' } });
    expect(run?.totals['not processed']).toBeGreaterThan(30);
  });

  it('a preview leaves the link of a contact that CloudTalk has lost', async () => {
    const workshop = await open();
    await workshop.drop('a.csv', csv('name,phone,tags', `Jana,${phoneOf(1)},x`));
    await workshop.import();
    const links = () => database.dataSource.query('SELECT * FROM links');
    const before: unknown = await links();
    workshop.sandbox.remove(workshop.sandbox.contacts()[0]?.id ?? 0);
    await workshop.drop('b.csv', csv('name,phone,tags', `Jana,${phoneOf(1)},x:y`));
    expect(await workshop.untilEnded(await workshop.engine.requestPreview('drop'))).toMatchObject([
      { totals: { created: 1 } },
    ]);
    expect(await links()).toEqual(before);
  });
});
