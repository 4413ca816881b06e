import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import type { RunView } from '@cloudtalk-sync/sync';
import { beforeEach, describe, expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

const REPORT = { status: 'Status', code: 'Code', message: 'Message', contactId: 'Contact' };

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
  });

  const sent = (): number => shop.workshop.sandbox.operations.filter(({ commands }) => commands > 0).length;

  describe('outcomes on the records', () => {
    beforeEach(async () => {
      shop.crm.writesBack = true;
      await shop.restart({ report: REPORT });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: '12' });
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
    });
    const retry = async ({ id }: RunView): Promise<RunView | undefined> => {
      const [retried] = await shop.workshop.untilEnded([await shop.workshop.operator.retry(id, undefined)]);
      return retried;
    };
    const refuseOne = (skip: number): void => {
      const fields = { name: ['No.'] };
      shop.workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', index: 0, skip, fields });
    };
    const told = () => shop.crm.written.splice(0).map(({ recordId, status, code }) => [recordId, status, code]);

    it('are written again when an answer was lost and nobody knows what the record holds', async () => {
      await shop.pass();
      const before = told();
      shop.crm.put('A', { Name: 'Ann', Phone: '12' });
      shop.crm.lostAnswer = new FatalError({ code: 'lost', message: 'The answer was lost.', fix: 'None.' });
      expect((await shop.pass()).writeBack).toMatchObject({ written: 0, failed: 1 });
      expect(told()).toEqual([['A', 'failed', 'phone_too_short']]);
      shop.crm.lostAnswer = undefined;
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      expect((await shop.pass()).writeBack).toMatchObject({ written: 1, failed: 0 });
      expect(told()).toEqual(before.filter(([id]) => id === 'A'));
      expect((await shop.pass()).writeBack ?? { written: 0 }).toMatchObject({ written: 0 });
    });

    it('are not written again when a record refused another one and is as it was told before', async () => {
      await shop.pass();
      told();
      shop.crm.locked.add('A');
      shop.crm.put('A', { Name: 'Ann', Phone: '12' });
      expect((await shop.pass()).writeBack).toMatchObject({ written: 0, failed: 1 });
      shop.crm.locked.clear();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(told()).toEqual([]);
    });

    it('are not written onto a record that ends in the pass that reads it', async () => {
      await shop.pass();
      told();
      shop.crm.put('D', { Name: 'Dan', Phone: phoneOf(4) });
      shop.crm.end('D', { how: 'deleted' });
      shop.crm.locked.add('D');
      for (let pass = 0; pass < 2; pass += 1) {
        expect((await shop.pass()).writeBack ?? { failed: 0 }).toMatchObject({ failed: 0 });
      }
      expect(told()).toEqual([]);
    });

    it('are written once, and again only when they change', async () => {
      expect((await shop.pass()).writeBack).toEqual({ written: 3, failed: 0, causes: [] });
      expect(shop.crm.written.find(({ recordId }) => recordId === 'A')).toMatchObject({
        status: 'imported',
        contactId: String(shop.idOf('Ann')),
        message: '',
      });
      expect(shop.crm.written.find(({ recordId }) => recordId === 'B')?.message).toMatch(/\w+ \w+/);
      expect(told()).toEqual([
        ['A', 'imported', ''],
        ['B', 'failed', 'phone_too_short'],
        ['C', 'imported', ''],
      ]);
      for (const [id, name, phone] of [
        ['A', 'Ann', phoneOf(1)],
        ['B', 'Ben', '12'],
        ['C', 'Catherine', phoneOf(3)],
      ] as const) {
        shop.crm.put(id, { Name: name, Phone: phone, Touched: 'by our own write' });
      }
      const before = sent();
      expect(await shop.pass()).toMatchObject({
        totals: { unchanged: 1, failed: 1, updated: 1 },
        writeBack: { written: 0 },
      });
      expect(sent()).toBe(before + 1);
      expect(told()).toEqual([]);
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      await shop.pass();
      expect(told()).toEqual([['B', 'imported', '']]);
    });

    it('that a record does not take fail nothing, are named, and are tried again by the next import', async () => {
      shop.crm.locked.add('A');
      const run = await shop.pass();
      expect(run).toMatchObject({
        status: 'completed with failures',
        writeBack: { written: 2, failed: 1, causes: [{ code: 'LOCKED', count: 1, example: 'A', fix: 'Unlock it.' }] },
      });
      told();
      await shop.pass();
      expect(told()).toEqual([]);
      shop.crm.locked.clear();
      expect(await shop.pass()).toMatchObject({ rows: 0, writeBack: { written: 1, failed: 0 } });
      expect(told()).toEqual([['A', 'imported', '']]);
    });

    it('reach the records behind those over which the source breaks down', async () => {
      shop.crm.breaking.add('A');
      for (const [index, id] of ['D', 'E'].entries()) shop.crm.put(id, { Name: id, Phone: phoneOf(4 + index) });
      expect(await shop.pass()).toMatchObject({
        status: 'completed with failures',
        writeBack: { written: 3, failed: 2, causes: [{ code: 'junk', count: 2, example: 'A' }] },
      });
      expect(told().map(([id]) => id)).toEqual(['C', 'D', 'E']);
    });

    it('reach the records behind ever so many over which the source breaks down, if not in one import', async () => {
      const breaking = Array.from({ length: 9 }, (_, index) => `K${String(index)}`);
      for (const [index, id] of [...breaking, 'Z'].entries())
        shop.crm.put(id, { Name: id, Phone: phoneOf(10 + index) });
      for (const id of breaking) shop.crm.breaking.add(id);
      expect((await shop.pass()).writeBack).toMatchObject({ written: 2, failed: 11 });
      expect((await shop.pass()).writeBack).toMatchObject({ written: 1, failed: 10 });
      expect(told().map(([id]) => id)).toEqual(['A', 'B', 'Z']);
      shop.crm.breaking.clear();
      expect((await shop.pass()).writeBack).toMatchObject({ written: 10, failed: 0 });
    });

    it('of a newer version stay where an older one is tried again', async () => {
      refuseOne(0);
      const failed = await shop.pass();
      expect(failed).toMatchObject({ totals: { failed: 2, created: 1 } });
      for (const [index, id] of ['A', 'B'].entries()) shop.crm.put(id, { Name: id, Phone: phoneOf(index + 1) });
      await shop.pass();
      expect(told().slice(-2)).toEqual([
        ['A', 'imported', ''],
        ['B', 'imported', ''],
      ]);
      const retried = await retry(failed);
      expect(retried).toMatchObject({ totals: { failed: 1, skipped: 1 }, writeBack: { written: 0 } });
      shop.crm.put('B', { Name: 'B', Phone: phoneOf(2) });
      expect(await shop.pass()).toMatchObject({ writeBack: { written: 0 } });
      expect(told()).toEqual([]);
    });

    it('of the newest version are told where a retry brings it in behind an older one', async () => {
      await shop.pass();
      told();
      refuseOne(1);
      shop.crm.put('D', { Name: 'Dan', Phone: '12' });
      shop.crm.put('D', { Name: 'Dan', Phone: phoneOf(4) });
      shop.crm.put('D', { Name: 'Dan', Phone: phoneOf(4), Mail: 'd@example.com' });
      const failed = await shop.pass();
      expect([failed.totals, told()]).toMatchObject([{ failed: 2, created: 1 }, [['D', 'failed', 'invalid_value']]]);
      const retried = await retry(failed);
      expect([retried?.totals, told()]).toMatchObject([{ failed: 1, updated: 1 }, [['D', 'imported', '']]]);
    });

    it('of a newer version that has failed stay where an older one is tried again', async () => {
      refuseOne(0);
      const failed = await shop.pass();
      for (const id of ['A', 'B']) shop.crm.put(id, { Name: id, Phone: phoneOf(1), Mail: 'nonsense' });
      await shop.pass();
      expect(told().slice(-2)).toEqual([
        ['A', 'failed', 'invalid_email'],
        ['B', 'failed', 'invalid_email'],
      ]);
      const retried = await retry(failed);
      expect([retried?.totals, told()]).toMatchObject([{ failed: 1, skipped: 1 }, []]);
    });

    it('of a record that is no more are said once, and told to it when it is there again', async () => {
      shop.crm.missing.add('A');
      expect(await shop.pass()).toMatchObject({
        status: 'completed with failures',
        writeBack: { written: 2, failed: 1, causes: [{ code: 'MISSING', count: 1, example: 'A' }] },
      });
      told();
      shop.crm.missing.clear();
      expect(await shop.pass()).toMatchObject({ rows: 0, writeBack: { written: 0, failed: 0 } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 }, writeBack: { written: 1, failed: 0 } });
      expect(told()).toEqual([['A', 'imported', '']]);
    });

    it('wait for a source that is out of reach, but not for ever', async () => {
      shop.crm.writeTrouble = new RetryableError(
        { code: 'away', message: 'It is away.', fix: 'Wait.' },
        { retryAt: new Date(Date.now() + 3_600_000) },
      );
      expect(await shop.pass()).toMatchObject({
        status: 'completed with failures',
        totals: { created: 2, failed: 1 },
        writeBack: { written: 0, failed: 3, causes: [{ code: 'away', count: 3 }] },
      });
      expect(shop.crm.writes).toBe(1);
      shop.crm.writeTrouble = undefined;
      expect(await shop.pass()).toMatchObject({ writeBack: { written: 3, failed: 0 } });
    });

    it('are written into another field as soon as one is named', async () => {
      await shop.pass();
      told();
      await shop.restart({ report: { ...REPORT, time: 'Synced' } });
      await shop.pass();
      expect(told()).toHaveLength(3);
      await shop.pass();
      expect(told()).toEqual([]);
    });
  });
});
