import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import type { Database } from '@cloudtalk-sync/store';
import { startCloudTalkSandbox } from '../../apps/sandbox/src/index.js';
import { contactsCsv, csv, phoneOf } from '../builders/csv.js';
import { openCrmWorkshop } from '../support/crm-workshop.js';
import { emptyDatabase, forEachDatabase } from '../support/databases.js';
import { ShiftedClock } from '../support/shifted-clock.js';
import { Workshop } from '../support/workshop.js';

/** Milliseconds. */
const MINUTE = 60_000;

forEachDatabase((openFresh) => {
  let database: Database;
  let workshop: Workshop;
  let clock: ShiftedClock;

  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    clock = new ShiftedClock();
  });
  afterEach(async () => {
    await workshop.close();
    expect(workshop.errors).toEqual([]);
  });

  describe('a run waits and goes on', () => {
    it('when CloudTalk’s address answers nobody, and then answers again', async () => {
      const other = await startCloudTalkSandbox({ operationsPerMinute: 100_000 });
      await other.close();
      workshop = await Workshop.open(database, { clock, account: { baseUrl: other.url } });
      await workshop.drop('a.csv', contactsCsv(12));
      const ids = await workshop.engine.requestPass('drop');
      const [waiting] = await workshop.until(ids, (run) => run.status === 'waiting');
      expect(waiting).toMatchObject({ waiting: { code: 'unreachable', needsPerson: false }, open: 12, operations: 0 });
      const healed = await startCloudTalkSandbox({
        operationsPerMinute: 100_000,
        port: Number(new URL(other.url).port),
      });
      try {
        clock.advance(MINUTE);
        expect(await workshop.untilEnded(ids)).toMatchObject([{ status: 'completed', totals: { created: 12 } }]);
        expect(healed.contacts()).toHaveLength(12);
      } finally {
        await healed.close();
      }
    });

    it('when it comes while another run waits for a refused key, with the same sentence', async () => {
      workshop = await Workshop.open(database, { clock });
      workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk', times: 1 });
      await workshop.drop('a.csv', contactsCsv(5));
      const first = await workshop.engine.requestPass('drop');
      const [waiting] = await workshop.until(first, (run) => run.status === 'waiting');
      await workshop.drop('b.csv', contactsCsv(5, 100));
      const second = await workshop.engine.requestPass('drop');
      const [along] = await workshop.until(second, (run) => run.status === 'waiting');
      expect(along).toMatchObject({ waiting: waiting?.waiting, open: 5, operations: 0 });
      await workshop.drop('c.csv', csv('name,phone', 'Nothing to send,12'));
      const third = await workshop.engine.requestPass('drop');
      expect(await workshop.untilEnded(third)).toMatchObject([{ totals: { failed: 1 }, operations: 0 }]);
      expect(await workshop.until(first, () => true)).toMatchObject([{ status: 'waiting' }]);
      clock.advance(MINUTE);
      const ended = await workshop.untilEnded([...first, ...second]);
      expect(ended).toMatchObject([{ totals: { created: 5 } }, { totals: { created: 5 } }]);
    });

    it('when the key is refused while the account’s agents are asked for, before any row is read', async () => {
      workshop = await Workshop.open(database, { clock });
      workshop.sandbox.fault({ kind: 'refuse key', match: '/agents', times: 2 });
      await workshop.drop('a.csv', csv('name,phone,favorite_agent', `A,${phoneOf(1)},alice.agent@example.com`));
      const ids = await workshop.engine.requestPass('drop');
      const [waiting] = await workshop.until(ids, (run) => run.status === 'waiting');
      expect(waiting).toMatchObject({ waiting: { code: 'key_refused', needsPerson: true }, rows: 0 });
      clock.advance(MINUTE);
      await workshop.until(ids, (run) => run.waiting !== null && run.waiting.checkAt !== waiting?.waiting?.checkAt);
      clock.advance(2 * MINUTE);
      expect(await workshop.untilEnded(ids)).toMatchObject([{ status: 'completed', totals: { created: 1 } }]);
    });

    it('when outcomes cannot be written, and the next one waits along, so that nothing older comes after it', async () => {
      const shop = await openCrmWorkshop(database, { clock });
      ({ workshop } = shop);
      shop.crm.writesBack = true;
      await shop.restart({ report: { status: 'Status' } });
      shop.crm.put('A', { Name: 'Ann', Phone: '12' });
      const [retryAt, reason] = [
        new Date(clock.now().getTime() + 10 * MINUTE),
        { code: 'away', message: 'Away.', fix: '' },
      ];
      shop.crm.writeTrouble = new RetryableError(reason, { retryAt });
      const first = await workshop.engine.requestPass('drop');
      await workshop.until(first, (run) => run.status === 'waiting');
      shop.crm.writeTrouble = undefined;
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      const second = await workshop.engine.requestPass('drop');
      const [along] = await workshop.until(second, (run) => run.status === 'waiting');
      expect(along).toMatchObject({ waiting: { code: 'away' }, rows: 0 });
      clock.advance(11 * MINUTE);
      await workshop.untilEnded([...first, ...second]);
      expect(shop.crm.written.map(({ status }) => status)).toEqual(['failed', 'imported']);
      expect(await workshop.store.accounts.cursor('drop')).toEqual({ position: 2 });
    });

    it('when one before it has not been read, and is never older than that', async () => {
      const shop = await openCrmWorkshop(database, { clock });
      ({ workshop } = shop);
      const put = (title: string): void => shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: title });
      put('first');
      const retryAt = new Date(clock.now().getTime() + 10 * MINUTE);
      shop.crm.trouble = new RetryableError({ code: 'away', message: 'Away.', fix: '' }, { retryAt });
      const first = await workshop.engine.requestPass('drop');
      await workshop.until(first, (run) => run.status === 'waiting');
      shop.crm.trouble = undefined;
      shop.crm.blockAt = 1;
      const second = await workshop.engine.requestPass('drop');
      expect(await workshop.until(second, (run) => run.status === 'waiting')).toMatchObject([
        { waiting: { code: 'away' } },
      ]);
      clock.advance(11 * MINUTE);
      await workshop.until(second, (run) => run.waiting?.code === 'behind');
      put('second');
      shop.crm.blockAt = undefined;
      expect(await workshop.untilEnded([...first, ...second])).toMatchObject([{ rows: 2 }, { rows: 0 }]);
      expect(shop.contacts()).toMatchObject([{ title: 'second' }]);
      expect(await workshop.store.accounts.cursor('drop')).toEqual({ position: 2 });
    });

    it('as a retry of a drop, no longer than until the files before it are read, so that it holds up none behind it', async () => {
      workshop = await Workshop.open(database, { clock });
      await workshop.drop('a.csv', csv('name,phone', 'A,12'));
      const [failed] = await workshop.import();
      workshop.sandbox.fault({ kind: 'omit command', match: 'bulk', index: 0, applied: true, times: 1 });
      await workshop.drop('b.csv', contactsCsv(2, 10));
      const second = await workshop.engine.requestPass('drop');
      await workshop.until(second, (run) => run.totals.created === 1);
      const retried = await workshop.engine.requestRetry(failed?.id ?? '');
      expect(await workshop.untilEnded([retried])).toMatchObject([{ totals: { failed: 1 } }]);
      expect(await workshop.until(second, () => true)).toMatchObject([{ status: 'delivering' }]);
    });

    it('by the settings of today, when it could not read anything by those that it was asked for with', async () => {
      const shop = await openCrmWorkshop(database, { clock });
      ({ workshop } = shop);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Dr' });
      await shop.pass();
      shop.crm.trouble = new FatalError({ code: 'unknown_field', message: 'No Titel.', fix: 'Correct the mapping.' });
      await shop.restart({ mapping: { name: 'Name', phone: 'Phone', title: 'Titel' } });
      const first = await workshop.engine.requestPass('drop');
      await workshop.until(first, (run) => run.status === 'waiting');
      shop.crm.trouble = undefined;
      await shop.restart({ mapping: { name: 'Name', phone: 'Phone', city: 'Title' } });
      expect(await workshop.untilEnded(first)).toMatchObject([{ rows: 1, totals: { updated: 1 } }]);
      expect(shop.contacts()).toMatchObject([{ title: 'Dr', city: 'Dr' }]);
      expect(await shop.pass()).toMatchObject({ rows: 0 });
    });

    it('by other options of its source, and the next one reads everything', async () => {
      const shop = await openCrmWorkshop(database, { clock, connection: { stopAfterFailures: 5000 } });
      ({ workshop } = shop);
      const selecting = { connector: { ...shop.crm.connector, selectedBy: ['where'] } };
      await shop.restart(selecting);
      for (let n = 0; n < 1100; n += 1) shop.crm.put(`R${n}`, { Name: `R${n}`, Phone: '12' });
      shop.crm.blockAt = 1050;
      const first = await workshop.engine.requestPass('drop');
      await workshop.until(first, (run) => run.rows > 0);
      await shop.restart({ options: { where: 'narrow' } });
      shop.crm.blockAt = undefined;
      await workshop.untilEnded(first);
      await shop.restart({ options: {} });
      expect(await shop.pass()).toMatchObject({ rows: 1100 });
      expect(await shop.pass()).toMatchObject({ rows: 0 });
    });

    it('no more, when its settings are not those of today and it cannot be read on by them: it has failed', async () => {
      const shop = await openCrmWorkshop(database, { clock, connection: { stopAfterFailures: 5000 } });
      ({ workshop } = shop);
      for (let n = 0; n < 1100; n += 1) shop.crm.put(`R${n}`, { Name: `R${n}`, Phone: '12' });
      shop.crm.blockAt = 1050;
      const first = await workshop.engine.requestPass('drop');
      await workshop.until(first, (run) => run.rows > 0);
      shop.crm.trouble = new FatalError({ code: 'unknown_field', message: 'No Title.', fix: 'Correct the mapping.' });
      await shop.restart();
      shop.crm.blockAt = undefined;
      await workshop.until(first, (run) => run.status === 'waiting');
      await shop.restart({ mapping: { name: 'Name', phone: 'Phone' } });
      expect(await workshop.untilEnded(first)).toMatchObject([{ status: 'failed', error: { code: 'unknown_field' } }]);
      shop.crm.trouble = undefined;
      expect(await shop.pass()).toMatchObject({ rows: 1100 });
    });

    it('when its source is out of reach, from the last page on, without holding up other work', async () => {
      const shop = await openCrmWorkshop(database, { clock });
      ({ workshop } = shop);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.trouble = new RetryableError({ code: 'crm_away', message: 'The CRM is away.', fix: 'Wait.' });
      const ids = await workshop.engine.requestPass('drop');
      const [waiting] = await workshop.until(ids, (run) => run.status === 'waiting');
      expect(waiting).toMatchObject({ waiting: { code: 'crm_away' }, rows: 0 });
      shop.crm.trouble = undefined;
      clock.advance(MINUTE);
      expect(await workshop.untilEnded(ids)).toMatchObject([{ status: 'completed', totals: { created: 1 } }]);
    });

    it('when an attribute of the mapping is missing: as failed, with what to create, and nothing is sent', async () => {
      const shop = await openCrmWorkshop(database, {
        clock,
        connection: { mapping: { name: 'Name', phone: 'Phone', attributes: { Shoe: 'Shoe' } } },
      });
      ({ workshop } = shop);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Shoe: '44' });
      expect(await shop.pass()).toMatchObject({ status: 'failed', error: { code: 'unknown_attribute' }, rows: 0 });
      expect(workshop.sandbox.contacts()).toEqual([]);
    });
  });

  describe('what is kept of the account', () => {
    it('is read again when it has grown old: a new agent is known after ten minutes, on whatever page', async () => {
      const agents = Array.from({ length: 1500 }, (_, id) => ({ id: id + 1, email: `agent.${id}@example.com` }));
      workshop = await Workshop.open(database, { clock, sandbox: { agents } });
      const agentReads = (): number =>
        workshop.sandbox.operations.filter(({ path }) => path.startsWith('/agents')).length;
      const file = (title: string): string =>
        csv('name,phone,title,favorite_agent', `A,${phoneOf(1)},${title},Agent.1499@example.com`);
      await workshop.drop('a.csv', file('One'));
      expect(await workshop.import()).toMatchObject([{ totals: { created: 1 } }]);
      expect(workshop.sandbox.contacts()).toMatchObject([{ favorite_agent: 'agent.1499@example.com' }]);
      expect(agentReads()).toBe(2);
      await workshop.drop('b.csv', file('Two'));
      await workshop.import();
      expect(agentReads()).toBe(2);
      clock.advance(10 * MINUTE);
      agents[1200] = { id: 1201, email: 'new.agent@example.com' };
      await workshop.drop('c.csv', file('Three').replace('Agent.1499', 'new.agent'));
      expect(await workshop.import()).toMatchObject([{ totals: { updated: 1, failed: 0 } }]);
      expect(agentReads()).toBe(4);
    });

    it('is read again by a retry, and by an import that is asked for more than a minute later', async () => {
      const agents = ['first', 'nobody', 'nobody'].map((name, id) => ({ id: id + 1, email: `${name}@example.com` }));
      workshop = await Workshop.open(database, { clock, sandbox: { agents } });
      const file = (name: string, phone: number): string =>
        csv('name,phone,favorite_agent', `${name},${phoneOf(phone)},${name}@example.com`);
      await workshop.drop('first.csv', file('first', 1));
      await workshop.import();
      agents[1] = { id: 2, email: 'second@example.com' };
      clock.advance(MINUTE + 1000);
      await workshop.drop('second.csv', file('second', 2));
      expect(await workshop.import()).toMatchObject([{ totals: { created: 1 } }]);
      await workshop.drop('third.csv', file('third', 3));
      const [refused] = await workshop.import();
      expect(refused).toMatchObject({ totals: { failed: 1 } });
      agents[2] = { id: 3, email: 'third@example.com' };
      clock.advance(1000);
      const retried = await workshop.engine.requestRetry(refused?.id ?? '');
      expect(await workshop.untilEnded([retried])).toMatchObject([{ totals: { created: 1 } }]);
    });

    it('includes the contacts: one that came or went in CloudTalk is known after the directory’s age', async () => {
      workshop = await Workshop.open(database, { clock, account: { directoryMaxAge: MINUTE } });
      await workshop.drop('a.csv', csv('name,phone', `A,${phoneOf(1)}:${phoneOf(2)}`));
      await workshop.import();
      const id = workshop.sandbox.add({ name: 'Theirs', ContactNumber: [{ public_number: 421905000005 }] });
      clock.advance(2 * MINUTE);
      await workshop.drop('b.csv', csv('name,phone', `B,${phoneOf(5)}`));
      expect(await workshop.import()).toMatchObject([{ totals: { updated: 1 } }]);
      workshop.sandbox.remove(id);
      clock.advance(2 * MINUTE);
      await workshop.drop('c.csv', csv('name,email,phone', `C,c@example.com,${phoneOf(5)}`, `D,,${phoneOf(2)}`));
      await workshop.import();
      expect(workshop.sandbox.contacts()).toMatchObject([
        { name: 'D', phones: [phoneOf(1), phoneOf(2)] },
        { name: 'C', phones: [phoneOf(5)] },
      ]);
    });
  });
});
