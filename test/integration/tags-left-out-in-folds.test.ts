import type { SyncConnection } from '@cloudtalk-sync/sync';
import { expect, it } from 'vitest';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, openCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';
import { useDatabase } from '../support/workshop.js';

/** Records of one contact, and versions of one record, that come in one import and of which some must not be called. */
forEachDatabase((openFresh) => {
  const mapping = { ...CRM_MAPPING, tags: [{ value: 'crm' }, 'Campaign'] };
  const settings: Partial<SyncConnection> = { mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } };
  let shop: CrmWorkshop;

  useDatabase(
    openFresh,
    () => shop.workshop,
    async (given) => {
      shop = await openCrmWorkshop(given, { connection: settings });
    },
  );

  const put = (id: string, fields: object) => shop.crm.put(id, { Name: 'Ann', Phone: phoneOf(1), ...fields });
  const tags = () => shop.contacts()[0]?.tags.toSorted();
  /** Makes the next pass read all records again. */
  const readAll = (company: string) => shop.restart({ mapping: { ...mapping, company } });

  it('a record that is folded keeps tags off also for a row behind it that comes to the contact by its e-mail', async () => {
    put('Z', { Mail: 'a@example.com' });
    await shop.pass();
    put('A', { Campaign: 'spring' });
    put('C', { NoCall: true });
    shop.crm.put('E', { Name: 'Ann', Mail: 'a@example.com', Title: 'E', Campaign: 'autumn' });
    await shop.pass();
    expect(shop.contacts()).toMatchObject([{ title: 'E', tags: [] }]);
  });

  it('a record that may be called in its last version of an import leaves nothing behind', async () => {
    put('A', { Campaign: 'spring' });
    put('B', { NoCall: true });
    put('B', { Mail: 'b@example.com', Campaign: 'autumn' });
    await shop.pass();
    shop.crm.erase('B');
    put('B', { Mail: 'b@example.com', Campaign: 'autumn' });
    await readAll('Company');
    await shop.pass();
    expect(tags()).toEqual(['autumn', 'crm', 'spring']);
  });

  it.each([
    ['of one that is new', ['B', 'C', 'A']],
    ['of one that came twice', ['C', 'C', 'A']],
    ['of one that is the last', ['A', 'B', 'C']],
  ])('tags come back for a record that was folded before another left them out no more: %s', async (_, order) => {
    const bring = (ids: readonly string[]) => {
      for (const id of ids) put(id, id === 'A' ? {} : { Campaign: `campaign ${id}` });
    };
    put('A', { NoCall: true });
    await shop.pass();
    bring(order);
    await shop.pass();
    shop.crm.changes.splice(0);
    bring([...new Set(order)]);
    await readAll('Company');
    await shop.pass();
    const campaigns = [...new Set(order)].filter((id) => id !== 'A').map((id) => `campaign ${id}`);
    expect(tags()).toEqual([...campaigns, 'crm']);
  });

  it('a record that may be called in the last of its versions in one import has its tags, as has one between them', async () => {
    put('B', { NoCall: true, Campaign: 'spring' });
    put('C', { Campaign: 'autumn' });
    put('B', { Campaign: 'spring' });
    await shop.pass();
    shop.crm.changes.splice(0);
    put('C', { Campaign: 'autumn' });
    put('B', { Campaign: 'spring' });
    await readAll('Company');
    await shop.pass();
    expect(tags()).toEqual(['autumn', 'crm', 'spring']);
  });

  it('versions of one record in one import are one row for CloudTalk where tags are but added', async () => {
    put('B', { Campaign: 'spring' });
    put('B', { Campaign: 'autumn' });
    expect(await shop.pass()).toMatchObject({ totals: { created: 1, merged: 1 } });
    expect(tags()).toEqual(['autumn', 'crm', 'spring']);
  });

  it('tags that are replaced are those of the last version of a record in one import', async () => {
    await shop.restart({ lists: { numbers: 'union', emails: 'union', tags: 'replace', attributes: 'managed' } });
    put('B', { Campaign: 'spring' });
    put('B', { Campaign: 'autumn' });
    await shop.pass();
    expect(tags()).toEqual(['autumn', 'crm']);
  });
});
