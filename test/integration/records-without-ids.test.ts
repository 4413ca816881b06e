import type { Database } from '@cloudtalk-sync/store';
import type { RunView } from '@cloudtalk-sync/sync';
import { expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { useDatabase, Workshop, type WorkshopOptions } from '../support/workshop.js';

const HEADER = 'name,phone,email,title,company';
const [A, B] = [phoneOf(1), phoneOf(2)];

forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;

  useDatabase(
    openFresh,
    () => workshop,
    async (given) => {
      database = given;
      workshop = await Workshop.open(database);
    },
  );

  const reopen = async (options: WorkshopOptions): Promise<void> => {
    await workshop.close();
    workshop = await Workshop.open(database, options);
  };
  const importRows = async (...rows: readonly string[]): Promise<RunView> => {
    await workshop.drop('contacts.csv', csv(HEADER, ...rows));
    const [run] = await workshop.import();
    if (!run) throw new Error('The file made no run.');
    return run;
  };
  /** The one contact, as CloudTalk has it. */
  const contact = () => {
    const contacts = workshop.sandbox.contacts();
    expect(contacts).toHaveLength(1);
    return contacts[0];
  };
  const commands = (): number => workshop.sandbox.operations.reduce((sum, request) => sum + request.commands, 0);
  /** Somebody with both numbers, whom rows know by one each. */
  const importBothNumbers = () => importRows(`Jana,${A}:${B},,,`);
  /** Has the first file wait for CloudTalk while the second is read, and then both sent. */
  const importBehind = async (first: string, second: string): Promise<readonly RunView[]> => {
    workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk' });
    await workshop.drop('first.csv', csv(HEADER, first));
    const waiting = await workshop.engine.requestPass('drop');
    await workshop.until(waiting, (run) => run.status === 'waiting');
    await workshop.drop('second.csv', csv(HEADER, second));
    const next = await workshop.engine.requestPass('drop');
    await workshop.until(next, (run) => run.status !== 'requested' && run.status !== 'reading');
    await workshop.stop();
    await workshop.start();
    return workshop.untilEnded([...waiting, ...next]);
  };

  it.each([
    ['a row between has its e-mail', [`${A},j@example.com`], [`${A},`, ',j@example.com', `${A},`]],
    ['a row between has its second number', [`${A}:${B},`], [`${A},`, `${B},`, `${A},`]],
    ['a row between shares its e-mail', [], [`${A},`, `${B},j@example.com`, `${A},j@example.com`]],
    ['both are said twice', [`${A},j@example.com`], [`${A},`, ',j@example.com', `${A},`, ',j@example.com']],
  ])(
    'the last row of a file has the last word, and the one before it where that says nothing, where %s',
    async (_where, before, rows) => {
      await importRows(...before.map((identities) => `Jana,${identities},,`));
      const file = rows.map((identities, row) =>
        [row, identities, `title ${row}`, row < rows.length - 1 ? `company ${row}` : ''].join(','),
      );
      await importRows(...file);
      const last = rows.length - 1;
      expect(contact()).toMatchObject({ name: `${last}`, title: `title ${last}`, company: `company ${last - 1}` });
      const sent = commands();
      await importRows(...file);
      expect(commands()).toBe(sent);
    },
  );

  it.each([
    ['another of its numbers', [`${A}:${B},,`, `${B},,yes`, `${A}:${B},,`]],
    ['another number', [`${A},j@example.com,yes`, `${B},j@example.com,`]],
    [
      'each of its numbers',
      [`${A},j@example.com,`, `${B},j@example.com,yes`, `${A},j@example.com,`, `${B},j@example.com,`],
    ],
  ])('a person who may be called again, said under %s, gets the tags back', async (_what, rows) => {
    const mapping = { name: 'name', phone: 'phone', email: 'email', tags: [{ value: 'crm' }] };
    await reopen({ connection: { mapping, doNotCall: { fields: ['no_call'], then: 'untag' } } });
    for (const [number, row] of rows.entries()) {
      await workshop.drop(`${number}.csv`, csv('name,phone,email,no_call', `Jana,${row}`));
      await workshop.import();
      expect(contact()?.tags).toEqual(row.endsWith('yes') ? [] : ['crm']);
    }
  });

  it('an unchanged row needs no newer list of the agents', async () => {
    await reopen({ connection: { mapping: { name: 'name', phone: 'phone', favorite_agent: 'title' } } });
    const row = `Jana,${A},,alice.agent@example.com,`;
    expect(await importRows(row)).toMatchObject({ totals: { created: 1 } });
    await database.dataSource.query(`UPDATE lookups SET read_at = '2020-01-01'`);
    expect(await importRows(row)).toMatchObject({ totals: { unchanged: 1 }, operations: 0 });
  });

  it('a row between takes over what the last one says of attributes, country and agent', async () => {
    await reopen({ sandbox: { attributes: [{ id: 201, title: 'Tier' }] } });
    await importRows(`Jana,${A},j@example.com,,`);
    const last = `J3,${A},,gold,Slovakia,alice.agent@example.com`;
    const rows = [`J1,${A},,,,`, 'J2,,j@example.com,,,', last];
    await workshop.drop('more.csv', csv('name,phone,email,Tier,country,favorite_agent', ...rows));
    expect(await workshop.import()).toMatchObject([{ totals: { failed: 0 } }]);
    expect(contact()).toMatchObject({ name: 'J3', attributes: { Tier: 'gold' } });
  });

  it('a row takes nothing from rows of a contact that turns out to have lost its e-mail', async () => {
    await importRows(`Jana,${A},j@example.com,,`);
    workshop.sandbox.edit(contact()?.id ?? 0, { ContactEmail: [] });
    await importRows(`J1,${A},,T1,`, 'J2,,j@example.com,T2,', `J3,${A},,T3,`);
    await importRows('J3,,j@example.com,T3,');
    const own = workshop.sandbox.contacts().find(({ emails }) => emails.includes('j@example.com'));
    expect(own).toMatchObject({ name: 'J3', title: 'T3', phones: [] });
  });

  it.each([
    ['another first number', `${A},`, `${B}:${A},`],
    ['a number beside the e-mail', ',j@example.com', `${A},j@example.com`],
  ])('a value goes back although it was changed by a row with %s', async (_what, first, other) => {
    await importRows(`Jana,${first},X,C1`);
    await importRows(`Jana,${other},Y,C2`);
    await importRows(`Jana,${first},X,C1`);
    expect(contact()).toMatchObject({ title: 'X', company: 'C1' });
    const before = commands();
    await importRows(`Jana,${other},Y,C3`);
    await importRows(`Jana,${first},X,C3`);
    expect(contact()).toMatchObject({ title: 'X', company: 'C3' });
    expect(commands()).toBe(before + 2);
  });

  it('a contact of two folded rows goes back after one of them came alone', async () => {
    const both = [`Jana,${A},j@example.com,Old,`, `Jana,${B},j@example.com,X,`];
    await importRows(...both);
    await importRows(`Jana,${B},j@example.com,Y,`);
    expect(await importRows(...both)).toMatchObject({ totals: { updated: 1, merged: 1 } });
    expect(contact()).toMatchObject({ title: 'X' });
    expect(await importRows(...both)).toMatchObject({ totals: { unchanged: 2 }, operations: 0 });
  });

  it('what agents changed since stays when the next row comes under another key', async () => {
    await importRows(`Jana,${A},j@example.com,X,C1`);
    workshop.sandbox.edit(contact()?.id ?? 0, { company: 'Theirs' });
    await importRows('Jana,,j@example.com,Y,C1');
    expect(contact()).toMatchObject({ title: 'Y', company: 'Theirs', phones: [A] });
  });

  it('an emptied number goes, although it was what the record was known by', async () => {
    await reopen({
      connection: { mapping: { name: 'name', phone: { from: 'phone', clear: true as const }, email: 'email' } },
    });
    await importRows(`Jana,${A},j@example.com,,`);
    const theirs = [A, B].map((number) => ({ public_number: number }));
    workshop.sandbox.edit(contact()?.id ?? 0, { ContactNumber: theirs });
    await importRows('Jana,,j@example.com,,');
    expect(contact()).toMatchObject({ phones: [B], emails: ['j@example.com'] });
    expect(await importRows('Jana,,j@example.com,,')).toMatchObject({ totals: { unchanged: 1 }, operations: 0 });
    await importRows(`Jana,${A},j@example.com,,`);
    expect(contact()?.phones.toSorted()).toEqual([A, B]);
  });

  it('a value that goes back while that of another key is still to be sent is what stays', async () => {
    await importRows(`Jana,${A},,X,`);
    await importBehind(`Jana,${B}:${A},,Y,`, `Jana,${A},,X,`);
    expect(contact()).toMatchObject({ title: 'X' });
  });

  it('a row that is unchanged costs nothing, also behind a file that is still to be sent', async () => {
    await importRows(`Jana,${A},,X,`, `Karl,${phoneOf(9)},,X,`);
    const runs = await importBehind(`Karl,${phoneOf(9)},,Y,`, `Jana,${A},,X,`);
    expect(runs).toMatchObject([{ totals: { updated: 1 } }, { totals: { unchanged: 1 }, operations: 0 }]);
  });

  it('two rows that go into one contact cost nothing until one of them changes, and the last one counts', async () => {
    await importBothNumbers();
    const first = `Jana,${A},,X,C1`;
    expect(await importRows(first, `Jana,${B},,Y,`)).toMatchObject({ totals: { updated: 2 } });
    expect(contact()).toMatchObject({ title: 'Y', company: 'C1' });
    expect(await importRows(first, `Jana,${B},,Y,`)).toMatchObject({ totals: { unchanged: 2 }, operations: 0 });
    const before = commands();
    expect(await importRows(first, `Jana,${B},,Y2,`)).toMatchObject({ totals: { unchanged: 1, updated: 1 } });
    expect(commands()).toBe(before + 1);
    for (let night = 3; night <= 4; night += 1) {
      expect(await importRows(first, `Jana,${B},,Y2,`)).toMatchObject({ totals: { unchanged: 2 }, operations: 0 });
    }
    expect(contact()).toMatchObject({ title: 'Y2', company: 'C1' });
  });

  it('a later row that is unchanged comes after an earlier one that is not, and then both cost nothing', async () => {
    await importBothNumbers();
    await importRows(`Jana,${A},,X,`, `Jana,${B},,Y,`);
    expect(await importRows(`Jana,${A},,X2,`, `Jana,${B},,Y,`)).toMatchObject({ totals: { updated: 2 } });
    expect(contact()).toMatchObject({ title: 'Y' });
    expect(await importRows(`Jana,${A},,X2,`, `Jana,${B},,Y,`)).toMatchObject({ operations: 0 });
  });

  it('a later row that is unchanged comes after one that had no link to their contact', async () => {
    await importRows(`Jana,${A},j@example.com,X,`);
    await importRows(`Jana,${A},,Y,`);
    const rows = [`Jana,${B},j@example.com,Z,`, `Jana,${A},,Y,`];
    expect(await importRows(...rows)).toMatchObject({ totals: { updated: 2 } });
    expect(contact()).toMatchObject({ title: 'Y' });
    expect(await importRows(...rows)).toMatchObject({ operations: 0 });
  });

  it.each([
    ['the first alone', [`Jana,${A},,X,`]],
    ['the other way round', [`Jana,${B},,Y,`, `Jana,${A},,X,`]],
  ])('two rows that go into one contact end as the last one says when they come again, %s', async (_what, rows) => {
    await importBothNumbers();
    await importRows(`Jana,${A},,X,`, `Jana,${B},,Y,`);
    await importRows(...rows);
    expect(contact()).toMatchObject({ title: 'X' });
    expect(await importRows(...rows)).toMatchObject({ operations: 0 });
  });

  it('both of two rows are said again after another file has spoken of their contact', async () => {
    await importRows(`Jana,${A}:${B},j@example.com,,`);
    const both = [`Jana,${A},,,C1`, `Jana,${B},,Y,`];
    await importRows(...both);
    await importRows('Jana,,j@example.com,,C2');
    await importRows(`Jana,${B},,Y,`);
    expect(contact()).toMatchObject({ title: 'Y', company: 'C2' });
    await importRows(...both);
    expect(contact()).toMatchObject({ title: 'Y', company: 'C1' });
    expect(await importRows(...both)).toMatchObject({ operations: 0 });
  });
});
