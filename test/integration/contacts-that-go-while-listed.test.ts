import { describe, expect, it } from 'vitest';
import { csv, phoneOf } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { useWorkshop, type Workshop } from '../support/workshop.js';

const THERE = 1_100;
/** The border of the first page lies here: when a contact goes, these move to it. */
const AT_THE_BORDER = [1_000, 1_001, 1_002, 1_003, 1_004];

forEachDatabase((openFresh) => {
  let workshop: Workshop;
  let ids: readonly number[];

  useWorkshop(openFresh, { account: { requestTimeout: 20_000 } }, (opened) => {
    workshop = opened;
    ids = Array.from({ length: THERE }, (_, number) =>
      workshop.sandbox.add({ name: 'There', ContactNumber: [{ public_number: phoneOf(number) }] }),
    );
  });

  const listings = (): readonly string[] =>
    workshop.sandbox.operations.map(({ path }) => path).filter((path) => path.startsWith('/contacts/index'));
  const searches = (): number => listings().filter((path) => path.includes('keyword')).length;
  const readings = (): number => listings().length - searches();

  /**
   * Imports rows for the contacts at the border, and does that while the first page of each of so many readings is on
   * its way.
   */
  async function importWhile(times: number, act: (time: number) => void): Promise<unknown> {
    workshop.sandbox.fault({ kind: 'slow', delay: 500, match: '/contacts/index', times: 2 * times });
    await workshop.drop('a.csv', csv('name,phone', ...AT_THE_BORDER.map((number) => `Row,${phoneOf(number)}`)));
    const runs = await workshop.engine.requestPass('drop');
    for (let time = 0; time < times; time += 1) {
      await expect.poll(readings, { interval: 5 }).toBeGreaterThan(2 * time);
      act(time);
    }
    const [run] = await workshop.untilEnded(runs);
    return run?.totals;
  }

  /** Others take that many contacts of the first page out, and put as many in. */
  function exchange(count: number, from = 0): void {
    for (const id of ids.slice(from, from + count)) workshop.sandbox.remove(id);
    for (let number = from; number < from + count; number += 1) {
      workshop.sandbox.add({ name: 'New', ContactNumber: [{ public_number: phoneOf(500_000 + number) }] });
    }
  }

  /** How often somebody at the border is in CloudTalk. */
  function times(): readonly number[] {
    const phones = workshop.sandbox.contacts().flatMap((contact) => contact.phones);
    return AT_THE_BORDER.map((number) => phones.filter((phone) => phone === phoneOf(number)).length);
  }

  describe('while CloudTalk’s contacts are listed', () => {
    it('one that goes and one that comes hide none from us', async () => {
      expect(await importWhile(1, () => exchange(1))).toMatchObject({ created: 0, updated: 5 });
      expect(times()).toEqual([1, 1, 1, 1, 1]);
      expect(readings()).toBe(2);
    });

    it('so many that go that one may have slipped through let the list be read again', async () => {
      expect(await importWhile(1, () => exchange(20))).toMatchObject({ created: 0, updated: 5 });
      expect(times()).toEqual([1, 1, 1, 1, 1]);
      expect(readings()).toBe(4);
    });

    it('so many that go in every reading let each row be searched', async () => {
      expect(await importWhile(3, (time) => exchange(20, 20 * time))).toMatchObject({ created: 0, updated: 5 });
      expect(times()).toEqual([1, 1, 1, 1, 1]);
      expect([readings(), searches()]).toEqual([6, 5]);
    });
  });
});
