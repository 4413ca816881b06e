import type { Database } from '@cloudtalk-sync/store';
import { expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { useDatabase, Workshop } from '../support/workshop.js';

const numbers = (...them: readonly number[]) => them.map((number) => ({ public_number: phoneOf(number) }));

forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;

  useDatabase(
    openFresh,
    () => workshop,
    (given) => {
      database = given;
    },
  );

  /** Contact C of number 1 and an e-mail, known to us; then an agent moves the number to a new contact D. */
  async function openWithMoved(directoryMaxAge: number): Promise<void> {
    workshop = await Workshop.open(database, { account: { directoryMaxAge } });
    const { sandbox } = workshop;
    const c = sandbox.add({ name: 'C', ContactNumber: numbers(1), ContactEmail: [{ email: 'e1@example.com' }] });
    await workshop.drop('a.csv', csv('name,phone', `Other,${phoneOf(50)}`));
    await workshop.import();
    sandbox.edit(c, { ContactNumber: numbers(9) });
    sandbox.add({ name: 'D', ContactNumber: numbers(1) });
  }

  it.each([
    ['young', 3_600_000],
    ['read anew', 1],
  ])('a row goes where its number is now, not where its e-mail is, with a directory that is %s', async (_age, age) => {
    await openWithMoved(age);
    await workshop.drop('b.csv', csv('name,phone,email', `Row,${phoneOf(1)},e1@example.com`));
    expect(await workshop.import()).toMatchObject([{ totals: { updated: 1 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([
      { name: 'C', phones: [phoneOf(9)] },
      { name: 'Other' },
      { name: 'Row', phones: [phoneOf(1)], emails: ['e1@example.com'] },
    ]);
  });

  it('a number of which a look at its old contact has shown that it moved is searched, not taken for a new one', async () => {
    await openWithMoved(3_600_000);
    await workshop.drop('b.csv', csv('name,email,title', `Row,e1@example.com,Boss`));
    await workshop.import();
    expect(workshop.sandbox.contacts()).toMatchObject([{ name: 'Row' }, {}, { name: 'D' }]);
    await workshop.drop('c.csv', csv('name,phone,title', `Dora,${phoneOf(1)},Chief`));
    expect(await workshop.import()).toMatchObject([{ totals: { created: 0, updated: 1 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([{ name: 'Row' }, {}, { name: 'Dora', title: 'Chief' }]);
  });
});
