import { describe, expect, it } from 'vitest';
import type { Fault } from '../../apps/sandbox/src/index.js';
import { contactsCsv, csv, phoneOf } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { useWorkshop, type Workshop } from '../support/workshop.js';

/** What can go wrong with one bulk request of a run of 25 rows. */
const FAULTS: readonly Fault[] = [
  { kind: 'throttle', seconds: 1 },
  { kind: 'error', when: 'before' },
  { kind: 'error', when: 'middle' },
  { kind: 'error', when: 'after' },
  { kind: 'error', when: 'after', status: 502, html: true },
  { kind: 'time out', when: 'before' },
  { kind: 'time out', when: 'after' },
  { kind: 'apply late', delay: 300 },
  { kind: 'drop', when: 'before' },
  { kind: 'drop', when: 'after' },
  { kind: 'truncate' },
  { kind: 'stall' },
  { kind: 'slow', delay: 300 },
  { kind: 'command error', index: 3, applied: true },
  { kind: 'command error', index: 3, applied: false },
  { kind: 'omit command', index: 3, applied: true },
  { kind: 'omit command', index: 3, applied: false },
  { kind: 'refuse request' },
];

forEachDatabase((openFresh) => {
  let workshop: Workshop;
  useWorkshop(openFresh, { sandbox: { indexShows: 'first' } }, (opened) => {
    workshop = opened;
  });

  /** Every contact of `contactsCsv(25)` is there exactly once, and every row has said so. */
  async function expectEachOnce(): Promise<void> {
    const phones = workshop.sandbox.contacts().flatMap((contact) => contact.phones);
    expect(phones.toSorted()).toEqual(Array.from({ length: 25 }, (_, index) => phoneOf(index)));
    const receipt: unknown = JSON.parse(await workshop.report('.receipt.json'));
    expect(receipt).toMatchObject({ rows: 25, balanced: true });
  }

  it.each(FAULTS)('%o on the way makes no contact twice and loses none', async (fault) => {
    workshop.sandbox.fault({ ...fault, match: 'bulk', skip: 1 });
    await workshop.drop('contacts.csv', contactsCsv(25));
    const [run] = await workshop.import();
    expect(run).toMatchObject({ status: 'completed', totals: { created: 25 } });
    await expectEachOnce();
  });

  it('one refused command fails its row with CloudTalk’s words, and no other', async () => {
    workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 4, fields: { name: ['Not this one.'] } });
    await workshop.drop('contacts.csv', contactsCsv(25));
    const [run] = await workshop.import();
    expect(run).toMatchObject({ totals: { created: 24, failed: 1 } });
    const [row] = await workshop.operator.failedRows(run?.id ?? '', 10);
    expect(row?.issues[0]).toMatchObject({ field: 'name', code: 'invalid_value' });
    expect(row?.issues[0]?.message).toContain('Not this one.');
  });

  it('a request refused as a whole is made smaller until the guilty row stands alone', async () => {
    workshop.sandbox.fault({ kind: 'refuse request', match: 'bulk', times: 4 });
    await workshop.drop('contacts.csv', contactsCsv(10));
    const [run] = await workshop.import();
    expect(run).toMatchObject({ totals: { created: 9, failed: 1 } });
    const sizes = workshop.sandbox.operations.map((operation) => operation.commands).filter((size) => size > 0);
    expect(sizes.slice(0, 4)).toEqual([10, 5, 2, 1]);
  });

  it('a refused key lets the run wait with its rows ready, and it goes on when the key is right again', async () => {
    workshop.sandbox.fault({ kind: 'refuse key', status: 401, times: 1, match: 'bulk' });
    await workshop.drop('contacts.csv', contactsCsv(25));
    const ids = await workshop.engine.requestPass('drop');
    const [waiting] = await workshop.until(ids, (run) => run.status === 'waiting');
    expect(waiting).toMatchObject({ waiting: { code: 'key_refused', needsPerson: true }, open: 25 });
    await workshop.database.dataSource.query(
      `UPDATE runs SET waiting = jsonb_set(waiting, '{checkAt}', to_jsonb('2020-01-01T00:00:00Z'::text))`,
    );
    expect(await workshop.untilEnded(ids)).toMatchObject([{ status: 'completed', totals: { created: 25 } }]);
    await expectEachOnce();
  });

  it('a contact that was deleted in CloudTalk is made again, once', async () => {
    await workshop.drop('one.csv', csv('name,phone', 'Jana,0905123456'));
    await workshop.import();
    workshop.sandbox.remove(workshop.sandbox.contacts()[0]?.id ?? 0);
    await workshop.drop('two.csv', csv('name,phone,title', 'Jana,0905123456,Boss'));
    expect(await workshop.import()).toMatchObject([{ status: 'completed', totals: { created: 1 } }]);
    expect(workshop.sandbox.contacts()).toMatchObject([{ name: 'Jana', title: 'Boss', phones: ['+421905123456'] }]);
  });

  it('a second number that the list does not show is still found before an add in doubt is sent again', async () => {
    workshop.sandbox.fault({ kind: 'drop', when: 'after', match: 'bulk' });
    await workshop.drop('one.csv', csv('name,phone', 'Jana,0905123456:0905123457'));
    expect(await workshop.import()).toMatchObject([{ totals: { created: 1 } }]);
    expect(workshop.sandbox.contacts()).toHaveLength(1);
  });

  describe('when the engine is stopped in the middle', () => {
    it('goes on where it stood, and sends nothing twice', async () => {
      await workshop.drop('contacts.csv', contactsCsv(25));
      workshop.sandbox.fault({ kind: 'slow', delay: 500, match: 'bulk', skip: 1 });
      const ids = await workshop.engine.requestPass('drop');
      await workshop.until(ids, (run) => run.totals.created === 10);
      await workshop.stop();
      await workshop.start();
      expect(await workshop.untilEnded(ids)).toMatchObject([{ status: 'completed', totals: { created: 25 } }]);
      await expectEachOnce();
    });
  });
});
