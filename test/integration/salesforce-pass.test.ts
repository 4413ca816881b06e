import type { Database } from '@cloudtalk-sync/store';
import type { SyncConnection } from '@cloudtalk-sync/sync';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../apps/sandbox/src/salesforce/server.js';
import { salesforce } from '../../libs/connectors/src/salesforce/salesforce.js';
import { phoneOf } from '../builders/csv.js';
import { emptyDatabase, forEachDatabase } from '../support/databases.js';
import { Workshop } from '../support/workshop.js';

forEachDatabase((openFresh) => {
  let database: Database;
  let crm: SalesforceSandbox;
  let shop: Workshop;

  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    crm = await startSalesforceSandbox();
  });
  afterEach(async () => {
    await shop.close();
    await crm.close();
    expect(shop.errors).toEqual([]);
  });

  async function open(connection: Partial<SyncConnection>, options: object = {}): Promise<object> {
    const auth = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' };
    const parsed = salesforce.optionsSchema.parse({ loginUrl: crm.url, auth, ...options });
    const mapping = { name: 'LastName', phone: 'Phone' };
    shop = await Workshop.open(database, {
      connection: { connector: salesforce, options: parsed, mapping, ...connection },
    });
    return parsed;
  }

  it.each([
    ['condition', { where: "LeadSource = 'Web'" }, {}, 'Old'],
    ['object', {}, { object: 'Lead' }, 'Lea'],
  ])('another %s makes the next pass read everything', async (_what, before, after, name) => {
    const [old, ...recent] = [new Date('2026-10-01T00:00:00Z'), new Date('2026-11-01T00:00:00Z')];
    let now = old;
    await crm.close();
    crm = await startSalesforceSandbox({ clock: () => now ?? new Date() });
    crm.put('Contact', { LastName: 'Old', Phone: phoneOf(1), LeadSource: 'Other' });
    crm.put('Lead', { LastName: 'Lea', Phone: phoneOf(2) });
    [now] = recent;
    crm.put('Contact', { LastName: 'Ann', Phone: phoneOf(3), LeadSource: 'Web' });
    const options = await open({}, before);
    await shop.import();
    await shop.stop();
    Object.assign(options, { where: undefined, ...after });
    await shop.start();
    await shop.import();
    expect(shop.sandbox.contacts().map((contact) => contact.name)).toContain(name);
  });

  describe('a record that its condition lets through no more', () => {
    it('keeps its contact as it was, until it is deleted', async () => {
      const id = crm.put('Contact', { LastName: 'Ann', Phone: phoneOf(1), LeadSource: 'Web' });
      await open({ onDelete: 'delete' }, { where: "LeadSource = 'Web'" });
      await shop.import();
      crm.edit(id, { LastName: 'Anna', LeadSource: 'Other' });
      await shop.import();
      expect(shop.sandbox.contacts().map(({ name }) => name)).toEqual(['Ann']);
      crm.remove(id);
      const [last] = await shop.import();
      expect(last?.totals).toMatchObject({ removed: 1 });
      expect(shop.sandbox.contacts()).toEqual([]);
    });

    it('hands its contact on when it is a converted lead, also where only open ones are read', async () => {
      const lead = crm.put('Lead', { LastName: 'Lea', Phone: phoneOf(1) });
      await open({}, { object: 'Lead', where: 'IsConverted = false' });
      await shop.import();
      const contact = crm.convert(lead);
      const [run] = await shop.import();
      expect(run?.rows).toBe(1);
      const [link] = await database.dataSource.query<readonly { gone: unknown }[]>('SELECT gone FROM links');
      expect(link?.gone).toMatchObject({ how: 'converted', into: contact });
    });
  });
});
