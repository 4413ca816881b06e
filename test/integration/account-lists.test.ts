import { beforeEach, expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { ShiftedClock } from '../support/shifted-clock.js';

const ALICE = 'alice.agent@example.com';

forEachDatabase((openFresh) => {
  const clock = new ShiftedClock();
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, { clock }, (opened) => {
    shop = opened;
  });

  beforeEach(async () => {
    const attributes = { Tier: 'Level' };
    await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent: 'Owner', attributes } });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Owner: ALICE, Level: 'Gold' });
    await shop.pass();
  });

  /** Makes the kept list of agents an old one, of these e-mails. */
  const keep = async (...emails: readonly string[]): Promise<void> => {
    const items = emails.map((email, index) => ({ id: index + 101, email }));
    const query = `UPDATE lookups SET read_at = '2020-01-01', items = CASE kind WHEN 'agents' THEN $1::jsonb ELSE items END`;
    await shop.workshop.database.dataSource.query(query, [JSON.stringify(items)]);
  };

  it('an unchanged record needs no newer list of agents and attributes', async () => {
    await keep(ALICE);
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Owner: ALICE, Level: 'Gold', Unmapped: 'new' });
    expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 }, operations: 0 });
  });

  it('a record of an agent whom an old list does not have is held against a new one', async () => {
    await keep('bob.agent@example.com');
    shop.crm.put('A', { Name: 'Anna', Phone: phoneOf(1), Owner: ALICE, Level: 'Gold' });
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
  });

  it('a record of an agent whom only an old list has is refused, and not sent', async () => {
    await keep(ALICE, 'former.agent@example.com');
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Owner: 'former.agent@example.com', Level: 'Gold' });
    const run = await shop.pass();
    expect(run).toMatchObject({ totals: { failed: 1 } });
    expect((await shop.workshop.operator.rows(run.id, 1))[0]?.issues).toMatchObject([{ code: 'agent_not_found' }]);
    await keep(ALICE, 'former.agent@example.com');
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Owner: 'bob.agent@example.com', Level: 'Gold' });
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
  });

  it('a record that failed for its agent goes in as soon as that is one, also when nothing else changed', async () => {
    const fields = { Name: 'Ann', Phone: phoneOf(1), Owner: 'bob.agent@example.com', Level: 'Gold' };
    await keep(ALICE);
    await shop.workshop.database.dataSource.query('UPDATE lookups SET read_at = now()');
    shop.crm.put('A', fields);
    expect(await shop.pass()).toMatchObject({ totals: { failed: 1 } });
    await keep(ALICE);
    shop.crm.put('A', { ...fields, Unmapped: 'new' });
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
  });

  it('a record of an agent who has left is unchanged, wherever it stands among new ones', async () => {
    await keep('bob.agent@example.com');
    await shop.workshop.database.dataSource.query('UPDATE lookups SET read_at = now()');
    shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), Owner: 'bob.agent@example.com' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Owner: ALICE, Level: 'Gold', Unmapped: 'new' });
    shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3), Owner: ALICE });
    expect(await shop.pass()).toMatchObject({ totals: { created: 1, unchanged: 1, failed: 1 } });
  });

  it('versions of a record with and without an agent who has left are folded, and go in', async () => {
    await keep('bob.agent@example.com');
    await shop.workshop.database.dataSource.query('UPDATE lookups SET read_at = now()');
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Owner: ALICE, Level: 'Gold' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Level: 'Gold', Title: 'New' });
    expect(await shop.pass()).toMatchObject({ totals: { failed: 0, updated: 1 } });
    expect(shop.contacts()[0]?.title).toBe('New');
  });

  it('a record whose agent left before it was sent goes in once the agent is back, though nothing else changed', async () => {
    const fields = { Name: 'Anna', Phone: phoneOf(1), Owner: 'bob.agent@example.com', Level: 'Gold' };
    const query = `UPDATE lookups SET read_at = now() + interval '1 minute', items = CASE kind WHEN 'agents' THEN '[]' ELSE items END`;
    shop.workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk', times: 1 });
    shop.crm.put('A', fields);
    const ids = await shop.workshop.engine.requestPass('drop');
    await shop.workshop.until(ids, ({ status }) => status === 'waiting');
    await shop.workshop.database.dataSource.query(query);
    clock.advance(60_000);
    const [run] = await shop.workshop.untilEnded(ids);
    expect(run).toMatchObject({ totals: { failed: 1 } });
    await keep(ALICE, 'bob.agent@example.com');
    shop.crm.put('A', { ...fields, Unmapped: 'new' });
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
  });

  it('an unchanged failure is told in the same words, and needs no list unless it was one for its agent', async () => {
    const fields = { Name: 'Ann', Phone: '12', Owner: ALICE, Level: 'Gold' };
    const issues = async (): Promise<unknown> => {
      const run = await shop.pass();
      const [row] = await shop.workshop.operator.rows(run.id, 1);
      return [run.operations, row?.issues.map(({ code }) => code)];
    };
    await keep(ALICE);
    shop.crm.put('A', { ...fields, Unmapped: '1' });
    expect(await issues()).toEqual([2, ['phone_too_short']]);
    await keep('bob.agent@example.com');
    shop.crm.put('A', { ...fields, Unmapped: '2' });
    expect(await issues()).toEqual([0, ['phone_too_short']]);
    shop.crm.put('A', { ...fields, Owner: 'carol@example.com' });
    expect(await issues()).toEqual([2, ['agent_not_found', 'phone_too_short']]);
    await keep(ALICE);
    shop.crm.put('A', { ...fields, Owner: 'carol@example.com', Unmapped: '3' });
    expect(await issues()).toEqual([2, ['agent_not_found', 'phone_too_short']]);
  });

  it('an attribute that only an old list has stops the import before anything fails', async () => {
    const attributes = { Tier: 'Level', Former: 'Level' };
    const items = JSON.stringify([
      { id: 1, title: 'Tier' },
      { id: 2, title: 'Former' },
    ]);
    const query = `UPDATE lookups SET read_at = '2020-01-01', items = $1::jsonb WHERE kind = 'attributes'`;
    await shop.restart({ mapping: { ...CRM_MAPPING, attributes } });
    await shop.workshop.database.dataSource.query(query, [items]);
    expect(await shop.pass()).toMatchObject({ status: 'failed', error: { code: 'unknown_attribute' }, rows: 0 });
  });

  it('an attribute that an old list does not have is looked for in a new one', async () => {
    await shop.workshop.database.dataSource.query(`UPDATE lookups SET items = '[]', read_at = '2020-01-01'`);
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Owner: ALICE, Level: 'Silver' });
    expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
  });
});
