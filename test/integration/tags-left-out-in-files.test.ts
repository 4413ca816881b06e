import type { SyncConnection } from '@cloudtalk-sync/sync';
import { expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { ShiftedClock } from '../support/shifted-clock.js';
import { useDatabase, Workshop } from '../support/workshop.js';

/** Files that name only some records of a contact, with ids and without, of which one must not be called. */
forEachDatabase((openFresh) => {
  const untag: SyncConnection['doNotCall'] = { fields: ['nocall'], then: 'untag' };
  const skip: SyncConnection['doNotCall'] = { fields: ['nocall'], then: 'skip' };
  const mapping = { name: 'name', phone: 'phone', title: 'title', tags: [{ value: 'crm' }, 'campaign'] };
  let connection: Partial<SyncConnection>;
  let workshop: Workshop;
  let clock: ShiftedClock;

  useDatabase(
    openFresh,
    () => workshop,
    async (database) => {
      connection = { mapping, doNotCall: untag };
      clock = new ShiftedClock();
      workshop = await Workshop.open(database, { folder: { idColumn: 'id' }, connection, clock });
    },
  );

  const header = 'id,name,phone,nocall,campaign,title';
  const give = async (...rows: readonly string[]) => {
    await workshop.drop('people.csv', csv(header, ...rows));
    const [run] = await workshop.import();
    return run;
  };
  const restart = async (doNotCall: SyncConnection['doNotCall']) => {
    await workshop.stop();
    Object.assign(connection, { doNotCall });
    await workshop.start();
  };
  const tags = () => workshop.sandbox.contacts()[0]?.tags.toSorted();
  const notToBeCalled = `A,Ann,${phoneOf(1)},yes,,`;

  it.each([
    ['the record that brought them', `B,Ann,${phoneOf(1)},,spring,`],
    ['the one that must not be called', notToBeCalled],
  ])('tags that came while the policy was skip are taken off by %s, whichever comes first', async (_, row) => {
    await give(notToBeCalled);
    await restart(skip);
    await give(`B,Ann,${phoneOf(1)},,spring,`);
    expect(tags()).toEqual(['crm', 'spring']);
    await restart(untag);
    await give(row);
    expect(tags()).toEqual([]);
  });

  it('tags that an import under skip brought after one under untag had waited are taken off by the next under untag', async () => {
    workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk', times: 2 });
    await workshop.drop('first.csv', csv(header, notToBeCalled));
    const first = await workshop.engine.requestPass('drop');
    await workshop.until(first, (run) => run.status === 'waiting');
    await restart(skip);
    await workshop.drop('second.csv', csv(header, `B,Ann,${phoneOf(1)},,spring,`));
    const second = await workshop.engine.requestPass('drop');
    clock.advance(600_000);
    await workshop.untilEnded([...first, ...second]);
    expect(tags()).toEqual(['crm', 'spring']);
    await restart(untag);
    await give(notToBeCalled);
    expect(tags()).toEqual([]);
  });

  it('a record that is folded into an unchanged row while the policy is skip leaves no tags out', async () => {
    await give(notToBeCalled);
    await restart(skip);
    await give(`,Ann,${phoneOf(1)},,spring,`);
    await give(`,Ann,${phoneOf(1)},,spring,`, `X,Ann,${phoneOf(1)},,spring,`);
    await restart(untag);
    await give(notToBeCalled);
    expect(workshop.sandbox.contacts()).toMatchObject([{ tags: [] }]);
  });

  it('tags of rows without ids come back while the policy is skip, also those of one that is not the last', async () => {
    await give(notToBeCalled);
    await give(`,Ann,${phoneOf(1)}:${phoneOf(2)},,,`);
    const rows = [`,Ann,${phoneOf(1)},,spring,`, `,Ann,${phoneOf(2)},,autumn,`];
    await give(...rows);
    expect(tags()).toEqual([]);
    await restart(skip);
    await give(...rows);
    expect(tags()).toEqual(['autumn', 'crm', 'spring']);
  });

  it('tags of rows without ids are taken off once: what an agent puts back stays, and costs nothing', async () => {
    await give(notToBeCalled);
    await give(`,Ann,${phoneOf(1)}:${phoneOf(2)},,,`);
    await give(`,Ann,${phoneOf(1)},,spring,`, `,Ann,${phoneOf(2)},,autumn,`);
    const [contact] = workshop.sandbox.contacts();
    workshop.sandbox.edit(contact?.id ?? 0, { ContactsTag: [{ name: 'autumn' }] });
    expect(await give(`A,Ann,${phoneOf(1)},yes,,Boss`)).toMatchObject({ operations: 1, totals: { updated: 1 } });
    expect(tags()).toEqual(['autumn']);
  });
});
